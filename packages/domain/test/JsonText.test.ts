import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { JsonText } from "../src/index.ts"

const example = readFileSync(new URL("fixtures/show-backup.json", import.meta.url), "utf8")

/** The tokens of a JSON text, found by another road than the code under test. */
const tokens = (text: string) => text.match(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+/g) ?? []

describe("JsonText.indent", () => {
  const cases: ReadonlyArray<readonly [text: string, indented: string]> = [
    ["1", "1"],
    [` "a b" `, `"a b"`],
    ["{ }", "{}"],
    ["[\n]", "[]"],
    ["[ [ ] , { } ]", "[\n  [],\n  {}\n]"],
    [`{"a":1e2,"b":[-0.0,1E+5]}`, `{\n  "a": 1e2,\n  "b": [\n    -0.0,\n    1E+5\n  ]\n}`],
    [`{"id":9007199254740993}`, `{\n  "id": 9007199254740993\n}`],
    [`{"a":1,"a":2}`, `{\n  "a": 1,\n  "a": 2\n}`],
    [
      String.raw`["\u4e2d\/","\\","\"]"]`,
      String.raw`[` + "\n" + String.raw`  "\u4e2d\/",` + "\n" + String.raw`  "\\",` + "\n" + String.raw`  "\"]"` + "\n]"
    ],
    [`\uFEFF{"a":1}`, `{\n  "a": 1\n}`]
  ]
  it.each(cases)("lays out %j", (text, indented) => {
    assert.strictEqual(JsonText.indent(text), indented)
  })

  it("lays a shallow value out as JSON.stringify does", () => {
    assert.strictEqual(JsonText.indent(example), JSON.stringify(JSON.parse(example), null, 2))
  })

  it.prop("keeps every token, whatever the white space was", [Schema.Json], ([json]) => {
    for (const text of [JSON.stringify(json), JSON.stringify(json, null, "\t "), JSON.stringify(json, null, "\r\n")]) {
      assert.deepStrictEqual(tokens(JsonText.indent(text)), tokens(text))
      assert.deepStrictEqual(JSON.parse(JsonText.indent(text)), JSON.parse(text))
    }
  })

  it.prop("is idempotent", [Schema.Json], ([json]) => {
    const once = JsonText.indent(JSON.stringify(json))
    assert.strictEqual(JsonText.indent(once), once)
  })

  it("makes of a deep text one that grows no faster than its length", () => {
    const levels = 900
    const text = `${"[".repeat(levels)}${"1,".repeat(10_000)}1${"]".repeat(levels)}`
    const indented = JsonText.indent(text)
    assert.isBelow(indented.length, 40 * text.length)
    assert.strictEqual(indented.split("\n").length, 2 * levels + 10_001)
    assert.isTrue(indented.includes(`\n${" ".repeat(32)}1,\n`))
    assert.deepStrictEqual(tokens(indented), tokens(text))
  })

  it.prop("does not throw on text that is no JSON", [Schema.String], ([text]) => {
    for (const broken of [text, `}}]${text}`, `"${text}`]) assert.isString(JsonText.indent(broken))
  })
})

describe("JsonText.compact", () => {
  it("keeps every token and drops the space between them", () => {
    assert.strictEqual(
      JsonText.compact('\uFEFF{ "a" : 1.50,\n\t"a": [ 9007199254740993, "x  y\\" z" ] }\r\n'),
      '{"a":1.50,"a":[9007199254740993,"x  y\\" z"]}'
    )
  })
})

describe("JsonText.nesting", () => {
  const cases: ReadonlyArray<readonly [text: string, levels: number]> = [
    ["", 0],
    ["1", 0],
    ["{}", 1],
    ["[[],[[]]]", 3],
    [`{"a":{"b":[1]}}`, 3],
    [`"[[["`, 0],
    [String.raw`["\"[[", "\\", {}]`, 2],
    [`"an unclosed string [[`, 0]
  ]
  it.each(cases)("counts the levels of %j", (text, levels) => {
    assert.strictEqual(JsonText.nesting(text), levels)
  })

  const depth = (json: unknown): number =>
    typeof json === "object" && json !== null ? 1 + Math.max(0, ...Object.values(json).map(depth)) : 0

  it.prop("is the depth of the value", [Schema.Json], ([json]) => {
    assert.strictEqual(JsonText.nesting(JSON.stringify(json)), depth(json))
  })
})

describe("JsonText.nestsDeeperThan", () => {
  it("counts levels, not brackets", () => {
    assert.isFalse(JsonText.nestsDeeperThan(`[[],[],[],"[[[",{}]`, 2))
    assert.isTrue(JsonText.nestsDeeperThan("[[],[[]],[]]", 2))
    assert.isTrue(JsonText.nestsDeeperThan(`{"a":{"b":{}}}`, 2))
    assert.isTrue(JsonText.nestsDeeperThan(`{"a":[{}]}`, 2))
  })

  it.prop("agrees with the nesting", [Schema.Json], ([json]) => {
    const text = JSON.stringify(json)
    for (const levels of [0, 1, 2, 3, 4]) {
      assert.strictEqual(JsonText.nestsDeeperThan(text, levels), JsonText.nesting(text) > levels)
    }
  })
})
