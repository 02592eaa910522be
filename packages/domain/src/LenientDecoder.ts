import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import type { Drift, DriftActual, DriftExpected } from "./Drift.ts"
import { documentedMembers } from "./OpenEnum.ts"
import { isObject } from "./StructFields.ts"

/**
 * Decodes as much of a value as fits a schema of structs, arrays and scalars.
 *
 * A value that does not fit is left out and added to `drift`; `null` is left out
 * silently, since the service may send it for any field. In a list of structs
 * a struct without fields keeps the place of either, so that the list keeps
 * its length. On a value that fits,
 * the result is what the schema itself decodes to; `undefined` says that not
 * even the outermost type fits. `path` is where the value stands, `""` at the
 * top. Recursion is as deep as the documented part of the value: cap its
 * nesting first.
 *
 * @example
 * ```ts
 * const drift: Array<Drift> = []
 * read(BackupResp, { id: "6df2…", resource_size: "40" }, "backup", drift)
 * // { id: "6df2…" }, and drift[0].path is "backup.resource_size"
 * ```
 */
export const decode = <T>(
  schema: Schema.Codec<T, unknown>,
  value: unknown,
  path: string,
  drift: Array<Drift>
): T | undefined => {
  const fitting = readNode(schema.ast, value, path, drift)
  return fitting === absent ? undefined : (fitting as T)
}

const absent = Symbol("absent")

const readNode = (ast: SchemaAST.AST, value: unknown, path: string, drift: Array<Drift>): unknown => {
  // A node with an encoding or of any other kind is a leaf: its own decoder decides.
  if (ast.encoding === undefined) {
    if (ast._tag === "Suspend") return readNode(ast.thunk(), value, path, drift)
    if (ast._tag === "Objects") return readObject(ast, value, path, drift)
    if (ast._tag === "Arrays") return readArray(ast, value, path, drift)
  }
  const decoded = Schema.decodeUnknownExit(Schema.make<Schema.Codec<unknown>>(ast))(value)
  if (Exit.isFailure(decoded)) return wrongType(ast, value, path, drift)
  const members = documentedMembers(ast)
  if (members !== undefined && typeof value === "string" && !members.has(value)) {
    drift.push({
      kind: "UndocumentedValue",
      path,
      expected: { code: "one-of", members: [...members] },
      actual: describe(value)
    })
  }
  return decoded.value
}

const readObject = (ast: SchemaAST.Objects, value: unknown, path: string, drift: Array<Drift>): unknown => {
  if (!isObject(value)) return wrongType(ast, value, path, drift)
  const source = value as Record<string, unknown>
  const documented = new Map(ast.propertySignatures.map(({ name, type }) => [String(name), type]))
  const fitting = new Map<string, unknown>()
  for (const key of Object.keys(source)) {
    const name = isPlainKey.test(key) ? key : JSON.stringify(key)
    const at = path === "" ? name : `${path}.${name}`
    const field = documented.get(key)
    if (field === undefined) {
      drift.push({ kind: "UndocumentedField", path: at, expected: { code: "no-field" }, actual: describe(source[key]) })
    } else if (source[key] !== null) {
      const read = readNode(field, source[key], at, drift)
      if (read !== absent) fitting.set(key, read)
    }
  }
  // Drift is in the body's order; the fields are in the schema's, as its own decoding gives them.
  const names = [...documented.keys()].filter((name) => fitting.has(name))
  return Object.fromEntries(names.map((name) => [name, fitting.get(name)]))
}

const readArray = (ast: SchemaAST.Arrays, value: unknown, path: string, drift: Array<Drift>): unknown => {
  const [element] = ast.rest
  if (!Array.isArray(value) || element === undefined) return wrongType(ast, value, path, drift)
  const out: Array<unknown> = []
  value.forEach((item, index) => {
    const read = item === null ? absent : readNode(element, item, `${path}[${index}]`, drift)
    if (read !== absent) out.push(read)
    else if (isStruct(element)) out.push({})
  })
  return out
}

const isStruct = (ast: SchemaAST.AST): boolean =>
  ast._tag === "Suspend" ? isStruct(ast.thunk()) : ast._tag === "Objects"

const wrongType = (ast: SchemaAST.AST, value: unknown, path: string, drift: Array<Drift>): typeof absent => {
  drift.push({ kind: "WrongType", path, expected: expectation(ast), actual: describe(value) })
  return absent
}

const isPlainKey = /^[A-Za-z_][A-Za-z0-9_]*$/

const expectation = (ast: SchemaAST.AST): DriftExpected =>
  ast._tag === "Declaration"
    ? { code: "time" }
    : { code: "type", types: [...new Set(typesOf(SchemaAST.toEncoded(ast)))] }

const typesOf = (encoded: SchemaAST.AST): Extract<DriftExpected, { code: "type" }>["types"] => {
  switch (encoded._tag) {
    case "Objects":
      return ["object"]
    case "Arrays":
      return ["array"]
    case "Boolean":
      return ["boolean"]
    case "Number":
      return ["integer"]
    case "Union":
      return encoded.types.flatMap(typesOf)
    default:
      return ["string"]
  }
}

const longest = 60

/** A JSON value: its type and, when it is short, the value itself. */
const describe = (value: unknown): DriftActual => {
  if (value === null) return { code: "null" }
  if (Array.isArray(value)) return { code: "array", length: value.length }
  if (typeof value === "object") return { code: "object" }
  // Parsing has rounded it: what came stands in the raw text alone.
  if (typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER) return { code: "large-number" }
  const text = JSON.stringify(value)
  const type = typeof value as "string" | "number" | "boolean"
  return { code: "value", type, text: text.length > longest ? `${text.slice(0, longest)}…` : text }
}
