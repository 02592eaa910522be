import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { BackupResp, diff } from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import * as JsonValues from "../../src/jmespath/JsonValue.ts"
import { parseExpression } from "../../src/jmespath/parseExpression.ts"
import { QueryFault, type QueryFaultReason } from "../../src/jmespath/QueryFault.ts"

const search = (expression: string, value: string): JsonValues.JsonValue =>
  parseExpression(expression).of(JsonValues.parse(value))

const reasonOf = (evaluate: () => unknown): QueryFaultReason => {
  try {
    evaluate()
  } catch (error) {
    if (error instanceof QueryFault) return error.reason
    throw error
  }
  return assert.fail("the expression is taken")
}

interface Suite {
  readonly given: JsonValues.JsonValue
  readonly cases: ReadonlyArray<{ readonly expression: string; readonly result?: unknown; readonly error?: string }>
}

/** The public compliance suite, as the JavaScript package of JMESPath's author carries it. */
const compliance = join(dirname(fileURLToPath(import.meta.resolve("jmespath/package.json"))), "test/compliance")

describe("the public compliance suite", () => {
  const files = readdirSync(compliance)

  it("is whole", () => {
    const cases = files.flatMap((file) => suites(file).flatMap((suite) => suite.cases))
    assert.lengthOf(cases, 851)
  })

  it.each(files)("of %s is met", (file) => {
    for (const { cases, given } of suites(file)) {
      for (const { error, expression, result } of cases) {
        if (error === undefined) assert.deepStrictEqual(parseExpression(expression).of(given), result, expression)
        else reasonOf(() => parseExpression(expression).of(given))
      }
    }
  })
})

const suites = (file: string) => JSON.parse(readFileSync(join(compliance, file), "utf8")) as ReadonlyArray<Suite>

describe("what newer editions of the suite add", () => {
  it.each([
    ["@ && a", `{"a":5}`, 5],
    ["b || a", `{"a":5,"b":[]}`, 5],
    ["!b", `{"b":{}}`, true],
    ["!zero", `{"zero":0}`, false],
    ["none < one", `{"none":[],"one":1}`, null],
    ["one < flag", `{"one":1,"flag":true}`, null],
    ["one < two || three < one", `{"one":1,"two":2,"three":3}`, true],
    ["[?weight > `44.4`].weight", `[{"weight":44.4},{"weight":55.5}]`, [55.5]],
    ["[?!!key]", `[{"key":0},{"key":[]}]`, [{ key: 0 }]],
    ["max_by(`[]`, &age)", "null", null],
    ["to_number('1e21')", "null", 1e21],
    ["to_number('')", "null", null],
    ["to_number('0x10')", "null", null],
    [String.raw`'\z'`, "null", String.raw`\z`],
    [String.raw`'\\'`, "null", String.raw`\\`],
    ["none.{a: b}", `{}`, null],
    ["sort(@)", "[10,9,2,1]", [1, 2, 9, 10]],
    ["max_by(@, &at).at", `[{"at":"2026-01-01"},{"at":"2026-02-01"}]`, "2026-02-01"],
    ['contains(@, `{"a":1}`)', `[{"a":1}]`, true],
    ["let $region = region in copies[?to == $region].id", `{"region":"a","copies":[{"to":"a","id":7}]}`, [7]],
    ["group_by(@, &status).error[].id", `[{"id":1,"status":"error"},{"id":2,"status":"available"}]`, [1]],
    ["replace(@, 'a', 'b', `1`)", `"aa"`, "ba"],
    ["trim_left('xxa', 'x')", "null", "a"]
  ] as ReadonlyArray<[string, string, unknown]>)("%s of %s", (expression, value, expected) => {
    assert.deepStrictEqual(search(expression, value), expected)
  })
})

describe("an expression that is none", () => {
  it.each([
    "",
    "[?status = 'error']",
    "a = b",
    "@=",
    "let $a = b",
    "let $a = b, in a",
    "a b",
    "[a b]",
    "[a,]",
    "{a: b c: d}",
    "{}",
    "'open",
    "`1",
    '"open',
    "`bare`",
    "foo[1-2]",
    "foo[]]",
    "length(a b)",
    "length(a,)",
    "foo-bar",
    "a + b",
    "&a",
    "[:::]",
    "[::0]",
    "@(foo)",
    '"foo"(bar)',
    "foo.$bar"
  ])("%s is refused before it is asked of anything", (expression) => {
    reasonOf(() => parseExpression(expression))
  })

  it("names what stands in the way, and where", () => {
    assert.deepStrictEqual(
      reasonOf(() => parseExpression("backup.children[?status = 'error']")),
      { code: "unexpected", text: "=", at: 25 }
    )
    assert.deepStrictEqual(
      reasonOf(() => parseExpression("lenght(@)")),
      { code: "unknown-function", name: "lenght", near: "length", at: 1 }
    )
    for (const [expression, at] of [
      ["backup.name == 'open", 16],
      ["backup.", 8]
    ] as const) {
      assert.deepStrictEqual(
        reasonOf(() => parseExpression(expression)),
        { code: "unfinished", at }
      )
    }
    assert.deepStrictEqual(
      reasonOf(() => parseExpression("name == `bare`")),
      { code: "not-json", text: "bare", at: 9 }
    )
    assert.deepStrictEqual(
      reasonOf(() => search("length(@)", "9007199254740993")),
      { code: "type", name: "length", argument: 1, types: ["string", "array", "object"], found: "number" }
    )
  })

  it("may nest without end, and so may a value", () => {
    assert.deepStrictEqual(
      reasonOf(() => parseExpression("(".repeat(100_000))),
      { code: "too-deep" }
    )
  })
})

const backupOf = Schema.decodeUnknownSync(BackupResp)

describe("the path of a difference", () => {
  it.prop("leads to what differs, whatever its id", [Schema.String], ([id]) => {
    const backup = { children: [{ id, status: "error" }] }
    const [change] = diff(backupOf({ children: [] }), backupOf(backup))
    assert.deepStrictEqual(search(change!.path, JSON.stringify(backup)), backup.children)
  })
})

/** Names that every object of JavaScript answers to. */
const inherited = [...Object.getOwnPropertyNames(Object.prototype), "prototype", "length"]

describe("a name that JavaScript's objects inherit", () => {
  it.each(inherited)("%s is null, and no function", (name) => {
    assert.isNull(search(name, "{}"))
    assert.isNull(search(`a."${name}"`, `{"a":{"b":1}}`))
    assert.isNull(search(name, "[]"))
    assert.isNull(search(name, `"text"`))
    assert.isNull(search(name, "1"))
    assert.isNull(search(name, "9007199254740993"))
    assert.isFalse(search(`${name} == \`1\``, "{}"))
    if (name !== "length") {
      assert.strictEqual(reasonOf(() => parseExpression(`${name}(@)`)).code, "unknown-function")
    }
    assert.deepStrictEqual(search(`sort_by(@, &not_null(${name}, '')).id`, `[{"id":1},{"id":2}]`), null)
    assert.deepStrictEqual(search(`[].${name}`, `[{},{"id":2}]`), [])
  })

  it.each(inherited)("%s is a field like any other where it came", (name) => {
    const own = `{"${name}":{"deep":1}}`
    const text = (expression: string, value = own) => JsonValues.stringify(search(expression, value), "line")
    assert.strictEqual(text(`"${name}".deep`), "1")
    assert.strictEqual(text("keys(@)"), `["${name}"]`)
    assert.strictEqual(text("merge(@, `{}`)"), own)
    assert.strictEqual(text("from_items(items(@))"), own)
    assert.strictEqual(text(`{"${name}": "${name}"}`), own)
    assert.strictEqual(text("group_by(@, &of)", `[{"of":"${name}"}]`), `{"${name}":[{"of":"${name}"}]}`)
    assert.strictEqual(text(`@ == \`${own}\``), "true")
    assert.strictEqual(text("@ == `{}`"), "false")
    assert.strictEqual(text("to_string(@)"), JSON.stringify(own))
  })
})

describe("a number beyond 2^53", () => {
  it.prop("compares, has a type and turns to text exactly", [Schema.Int, Schema.Int], ([high, low]) => {
    const base = 2n ** 53n + BigInt(Math.abs(high))
    const [one, other] = [`${base}`, `${base + BigInt(Math.abs(low) + 1)}`]
    const text = (expression: string) => JsonValues.stringify(search(expression, `[${other},${one}]`), "line")
    assert.strictEqual(text("[0]"), other)
    assert.strictEqual(text("[0] > [1]"), "true")
    assert.strictEqual(text(`[0] == \`${other}\``), "true")
    assert.strictEqual(text(`[0] == \`${one}\``), "false")
    assert.strictEqual(text(`[?@ < \`${other}\`]`), `[${one}]`)
    assert.strictEqual(text("sort(@)"), `[${one},${other}]`)
    assert.strictEqual(text("sort_by(@, &@)"), `[${one},${other}]`)
    assert.strictEqual(text("max(@)"), other)
    assert.strictEqual(text("min_by(@, &@)"), one)
    assert.strictEqual(text("[].type(@)"), `["number","number"]`)
    assert.strictEqual(text("[1].to_string(@)"), `"${one}"`)
    assert.strictEqual(text(`to_number('${one}')`), one)
    assert.strictEqual(text("contains(@, `1`)"), "false")
    assert.strictEqual(text(`contains(@, \`${one}\`)`), "true")
    assert.strictEqual(text("sum(@)"), `${BigInt(one) + BigInt(other)}`)
    assert.strictEqual(text("[0].abs(@)"), other)
    assert.strictEqual(text(`abs(\`-${other}\`)`), other)
  })

  it.each([
    ["9007199254740993.0", "9007199254740993"],
    ["9007199254740.993e3", "9007199254740993"],
    ["-900719925474099300e-2", "-9007199254740993"],
    ["1e400", `1${"0".repeat(400)}`],
    ["1e21", "1e+21"],
    ["9007199254740992", "9007199254740992"],
    // A number is just this, and its own text is another.
    ["18014398509481992", "18014398509481992"]
  ])("spelt %s is the same number", (spelt, text) => {
    assert.strictEqual(JsonValues.stringify(search("@", spelt), "line"), text)
    assert.isTrue(search(`@ == \`${spelt}\``, spelt))
    assert.strictEqual(search("type(@)", spelt), "number")
  })

  it("is not made of a fraction, and no short text makes one of gigabytes", () => {
    assert.strictEqual(search("@", "0.1"), 0.1)
    assert.strictEqual(search("@", "1.50"), 1.5)
    assert.strictEqual(search("@", "5e-324"), 5e-324)
    assert.strictEqual(typeof search("@", "1e999999999"), "number")
  })

  it("is a number among fractions and small ones", () => {
    assert.isTrue(search("@ > `1.5`", "9007199254740993"))
    assert.isFalse(search("@ == `9007199254740992`", "9007199254740993"))
    assert.strictEqual(search("sum(@)", "[9007199254740993,-9007199254740992]"), 1)
    assert.strictEqual(search("avg(@)", "[9007199254740993,9007199254740995]"), 9007199254740994)
    assert.strictEqual(search("avg(@)", "[1,2]"), 1.5)
  })
})
