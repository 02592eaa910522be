import * as SchemaAST from "effect/SchemaAST"
import { documentedMembers } from "../src/OpenEnum.ts"

/**
 * The source of a reader for a struct and all structs in it: one constructor a
 * struct, one statement a field. What the field's schema would refuse is left
 * out, as `LenientDecoder` does.
 *
 * A struct, an enumeration and a transformed value are found by their
 * `identifier`, which is also the name of their type and of their file; the
 * file of a transformed value `X` has a function `readX`. A kind of schema that
 * is not known here fails: it is to be read rightly, or not at all.
 */
export const decoderOf = (root: SchemaAST.AST): string => {
  if (!SchemaAST.isObjects(root)) throw new Error(`no struct but a ${root._tag}`)
  const functions = new Map<string, string>()
  const types = new Set<string>()
  const readers = new Set<string>()

  const functionOf = (ast: SchemaAST.Objects): string => {
    const name = identifierOf(ast)
    if (!functions.has(name)) {
      types.add(name)
      // Kept at once, so that a struct within itself ends here.
      functions.set(name, "")
      const fields = ast.propertySignatures.map(({ name, type }) => statementOf(String(name), type))
      functions.set(
        name,
        `const ${name}Fields = function (this: Mutable<${name}>, source: Raw<${name}>) {
  let value
${fields.join("\n")}
} as unknown as FieldsOf<${name}>
${name}Fields.prototype = Object.prototype`
      )
    }
    return `${name}Fields`
  }

  const statementOf = (field: string, ast: SchemaAST.AST): string => {
    if (ast.encoding !== undefined) {
      const name = identifierOf(ast)
      readers.add(name)
      return `  value = read${name}(source.${field})
  if (value !== undefined) this.${field} = value`
    }
    const [fits, read] = readingOf(ast)
    return `  value = source.${field}
  if (${fits}) this.${field} = ${read}`
  }

  /** The test that `value` fits, and the expression that reads it. */
  const readingOf = (ast: SchemaAST.AST): readonly [fits: string, read: string] => {
    if (documentedMembers(ast) !== undefined) {
      const name = identifierOf(ast)
      types.add(name)
      return [`typeof value === "string"`, `value as ${name}`]
    }
    if (SchemaAST.isObjects(ast)) return ["isObject(value)", `new ${functionOf(ast)}(value)`]
    if (SchemaAST.isArrays(ast)) {
      const [element] = ast.rest.map((rest) => (SchemaAST.isSuspend(rest) ? rest.thunk() : rest))
      if (element !== undefined && SchemaAST.isObjects(element)) {
        return ["Array.isArray(value)", `objectsOf(value, ${functionOf(element)})`]
      }
    }
    if (SchemaAST.isString(ast) && ast.checks === undefined) return [`typeof value === "string"`, "value"]
    if (SchemaAST.isBoolean(ast) && ast.checks === undefined) return [`typeof value === "boolean"`, "value"]
    if (isInt(ast)) return [`typeof value === "number" && Number.isSafeInteger(value)`, "value"]
    throw new Error(`no way to read a ${ast._tag}`)
  }

  const constructor = functionOf(root)
  const type = identifierOf(root)
  const imports = [
    ...[...types].map((name) => [name, `import type { ${name} } from "./${name}.ts"`]),
    ...[...readers].map((name) => [name, `import { read${name} } from "./${name}.ts"`]),
    ["StructFields", `import { type FieldsOf, isObject, type Mutable, objectsOf, type Raw } from "./StructFields.ts"`]
  ].toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1))
  return `// Written by \`pnpm codegen\` from the schemas beside it: change those, and write it anew. Why: docs/decisions/0001.
// Constructors, since an engine makes room for the fields that one sets; an object that begins as \`{}\` is moved as it grows.
${imports.map(([, line]) => line).join("\n")}

${[...functions.values()].join("\n\n")}

export const read${type} = (source: Raw<${type}>): ${type} => new ${constructor}(source)
`
}

const identifierOf = (ast: SchemaAST.AST): string => {
  const identifier = ast.annotations?.["identifier"]
  if (typeof identifier !== "string") throw new Error(`a ${ast._tag} without an identifier`)
  return identifier
}

const isInt = (ast: SchemaAST.AST): boolean => {
  if (!SchemaAST.isNumber(ast) || ast.checks?.length !== 1) return false
  return (ast.checks[0].annotations?.["representation"] as { id?: unknown } | undefined)?.id === "effect/schema/isInt"
}
