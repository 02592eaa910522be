import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Schema, SchemaAST } from "effect"
import { decoderOf } from "../codegen/decoderOf.ts"
import { readBackupResp } from "../src/BackupDecoder.generated.ts"
import { BackupResp } from "../src/index.ts"
import * as LenientDecoder from "../src/LenientDecoder.ts"

const encode = Schema.encodeSync(BackupResp)

/** Reads an object twice, by the reader and by the schemas, and holds one to the other: values, order, prototypes. */
const agree = (json: string) => {
  const fast = readBackupResp(JSON.parse(json))
  const forgiving = LenientDecoder.decode(BackupResp, JSON.parse(json), "", [])
  assert.deepStrictEqual(fast, forgiving, json)
  assert.deepStrictEqual(shapeOf(fast), shapeOf(forgiving), json)
  return fast
}

/** All keys in their order with the prototype that holds them, at any depth. */
const shapeOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null
    ? [Object.getPrototypeOf(value), Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)])]
    : typeof value

/** Values as they stand in a body: of every type, and what a service should not send. */
const tokens = [
  "null",
  "true",
  "0",
  "-0",
  "40",
  "1e2",
  "12.5",
  "9007199254740991",
  "9007199254740993",
  "1e400",
  `""`,
  `"available"`,
  `"new"`,
  `"2019-05-10T07:59:12.085+00:00"`,
  `"2019-02-30"`,
  `"\\ud800"`,
  "[]",
  `[null,1,"x",[],{},{"id":"i","image_id":"i","status":1}]`,
  "{}",
  `{"__proto__":{"id":"p"},"auto_trigger":true,"progress":3,"id":"x"}`
]

/** Every struct of a body: where it stands, and the names of its fields. */
const structs: ReadonlyArray<readonly [place: (object: string) => string, ast: SchemaAST.AST]> = (() => {
  const found: Array<readonly [(object: string) => string, SchemaAST.AST]> = []
  const within = (ast: SchemaAST.AST, place: (object: string) => string) => {
    if (!SchemaAST.isObjects(ast)) return
    found.push([place, ast])
    for (const { name, type } of ast.propertySignatures) {
      const inner = (object: string) => place(`{${JSON.stringify(name)}:${object}}`)
      if (SchemaAST.isArrays(type)) within(type.rest[0]!, (object) => inner(`[${object}]`))
      else within(type, inner)
    }
  }
  within(BackupResp.ast, (object) => object)
  return found
})()

const fieldsOf = (ast: SchemaAST.AST) =>
  SchemaAST.isObjects(ast) ? ast.propertySignatures.map(({ name }) => String(name)) : []

const anyName = Schema.Literals([
  ...new Set(structs.flatMap(([, ast]) => fieldsOf(ast))),
  "__proto__",
  "constructor",
  "new_field"
])

/** An object's pairs; a name may come twice, and a value is a token or an object again, alone or in a list. */
interface Pair {
  readonly name: string
  readonly value: string | ReadonlyArray<Pair>
  readonly isListed: boolean
}
const Pair: Schema.Codec<Pair> = Schema.Struct({
  name: anyName,
  value: Schema.Union([Schema.Literals(tokens), Schema.Array(Schema.suspend((): Schema.Codec<Pair> => Pair))]),
  isListed: Schema.Boolean
})

const textOf = (pairs: ReadonlyArray<Pair>): string =>
  `{${pairs
    .map(({ isListed, name, value }) => {
      const text = typeof value === "string" ? value : textOf(value)
      return `${JSON.stringify(name)}:${isListed ? `[${text}]` : text}`
    })
    .join(",")}}`

describe("readBackupResp", () => {
  it("is what its generator writes (else: `pnpm codegen` in packages/domain)", () => {
    assert.strictEqual(
      readFileSync(new URL("../src/BackupDecoder.generated.ts", import.meta.url), "utf8"),
      decoderOf(BackupResp.ast)
    )
  })

  it("agrees with the schemas on every field, whatever comes in it", () => {
    assert.isAbove(structs.length, 4)
    for (const [place, ast] of structs) {
      for (const field of fieldsOf(ast)) {
        for (const token of tokens) {
          agree(place(`{${JSON.stringify(field)}:${token}}`))
          agree(place(`{${JSON.stringify(field)}:${tokens[0]},${JSON.stringify(field)}:${token}}`))
        }
      }
    }
  })

  it.prop("gives what the schema's own decoding gives, in its order, of what fits", [BackupResp], ([sample]) => {
    const body: unknown = JSON.parse(JSON.stringify(encode(sample)))
    const reversed = Object.fromEntries(Object.entries(body as object).toReversed())
    const decoded = Schema.decodeUnknownSync(BackupResp)(body)
    for (const came of [body, reversed]) {
      const read = agree(JSON.stringify(came))
      assert.deepStrictEqual(read, decoded)
      assert.strictEqual(JSON.stringify(read), JSON.stringify(decoded))
    }
  })

  it.prop(
    "agrees with the schemas on drifting and hostile bodies",
    [Schema.Array(Pair)],
    ([pairs]) => {
      agree(textOf(pairs))
    },
    { arbitrary: { runs: 2_000 } }
  )
})

describe("readerOf", () => {
  const named = (field: Schema.Top) => Schema.Struct({ field }).annotate({ identifier: "Named" })
  const unreadable: ReadonlyArray<readonly [name: string, schema: Schema.Top]> = [
    ["no struct", Schema.String],
    ["a struct without a name", Schema.Struct({ id: Schema.String })],
    ["a number that is no integer", named(Schema.Number)],
    ["a text with a check", named(Schema.String.check(Schema.isMinLength(1)))],
    ["a list of texts", named(Schema.Array(Schema.String))],
    ["a union", named(Schema.Union([Schema.String, Schema.Boolean]))],
    ["a transformed value without a name", named(Schema.NumberFromString)]
  ]
  it.each(unreadable)("refuses %s, rather than read it wrongly", (_name, { ast }) => {
    assert.throws(() => decoderOf(ast))
  })
})
