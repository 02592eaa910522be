import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { parse as parseYaml } from "yaml"
import { csv } from "../../src/output/csv.ts"
import { json } from "../../src/output/json.ts"
import { ndjson } from "../../src/output/ndjson.ts"
import { openmetrics } from "../../src/output/openmetrics.ts"
import { table } from "../../src/output/table.ts"
import { tree } from "../../src/output/tree.ts"
import { tsv } from "../../src/output/tsv.ts"
import { value } from "../../src/output/value.ts"
import { yaml } from "../../src/output/yaml.ts"
import { commandLine } from "../CommandLine.ts"
import { printed } from "./printed.ts"

const exact = `{ "backup": { "id": "a", "size": 9007199254740993, "ratio": 1.50, "x": 1, "x": 2, "gone": null } }`
const failed = { _tag: "Failed", id: "b", error: { kind: "backup-not-found", exit: 5 } } as const

describe("json", () => {
  it("json prints many as one array, in which a failure is an element", () => {
    const out = printed(json, [exact, failed])
    assert.include(out, `"size": 9007199254740993,\n    "ratio": 1.50,\n    "x": 1,\n    "x": 2`)
    assert.deepStrictEqual(JSON.parse(out)[1], { id: "b", error: failed.error })
  })

  it("json prints an empty array for none", () => {
    assert.strictEqual(printed(json, []), "[]")
  })
})

describe("ndjson", () => {
  it("ndjson prints a line for each, with every token as it came", () => {
    assert.strictEqual(
      printed(ndjson, [exact, failed]),
      `{"backup":{"id":"a","size":9007199254740993,"ratio":1.50,"x":1,"x":2,"gone":null}}\n` +
        `{"id":"b","error":{"kind":"backup-not-found","exit":5}}`
    )
  })
})

describe("yaml", () => {
  it("yaml prints a document for each, with whole integers", () => {
    const out = printed(yaml, [exact, failed])
    assert.include(out, "size: 9007199254740993\n")
    assert.strictEqual(out.split("\n---\n").length, 2)
  })

  it.prop("yaml holds what the JSON holds", [Schema.Record(Schema.String, Schema.String)], ([tags]) => {
    assert.deepStrictEqual(parseYaml(printed(yaml, [JSON.stringify({ backup: { tags } })])), { backup: { tags } })
  })
})

describe("csv", () => {
  it("csv has one header, and quotes what needs it", () => {
    const out = printed(csv, [`{"backup":{"id":"a","name":"x, \\"y\\""}}`, `{"backup":{"id":"b"}}`])
    const [header, first, second, ...more] = out.split("\n")
    assert.match(header ?? "", /^id,name,status,/)
    assert.match(first ?? "", /^a,"x, ""y""",,/)
    assert.match(second ?? "", /^b,,/)
    assert.deepStrictEqual(more, [])
  })

  it("csv makes text of what a spreadsheet would compute", () => {
    const out = printed(csv, [{ _tag: "Value", value: [{ a: "=1+1", b: "@x", c: "-2", d: "-2+cmd" }] }])
    assert.strictEqual(out, "a,b,c,d\n'=1+1,'@x,-2,'-2+cmd")
  })
})

describe("tsv", () => {
  it("spells out what would break a row", () => {
    const out = printed(tsv, [{ _tag: "Value", value: [{ a: "x\ty", b: "1\n2", c: "\\" }] }])
    assert.strictEqual(out, "a\tb\tc\nx\\ty\t1\\n2\t\\\\")
  })

  it("tsv makes text of what a spreadsheet would compute, as CSV does", () => {
    const out = printed(tsv, [{ _tag: "Value", value: [{ a: "=1+1", b: "@x", c: "-2", d: "-2+cmd", e: "\t=1" }] }])
    assert.strictEqual(out, "a\tb\tc\td\te\n'=1+1\t'@x\t-2\t'-2+cmd\t'\\t=1")
  })
})

describe("value", () => {
  it("value prints scalars bare, and lists a line each", () => {
    assert.strictEqual(printed(value, [{ _tag: "Value", value: "available" }]), "available")
    assert.strictEqual(printed(value, [{ _tag: "Value", value: ["a", 1, null] }]), "a\n1\n")
  })

  it("value prints nothing of an empty list", () => {
    assert.strictEqual(printed(value, [{ _tag: "Value", value: [] }]), "")
  })

  it.prop(
    "value prints one line for a value, and a plain value as it is",
    [Schema.NonEmptyArray(Schema.String)],
    ([values]) => {
      const spoilt = values.map((text, index) => (index % 2 === 0 ? `${text}\r\n${text}\u2028` : text))
      const lines = printed(value, [{ _tag: "Value", value: spoilt }]).split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/)
      assert.lengthOf(lines, values.length)
      values.forEach((text, index) => {
        if (index % 2 === 1 && /^[ -~]*$/.test(text)) assert.strictEqual(lines[index], text)
      })
    }
  )
})

describe("tree", () => {
  it("tree marks what is well, what is not, and what is under way", () => {
    const backup = {
      name: "server",
      status: "available",
      children: [{ name: "disk", status: "error", resource_size: 40, id: "c" }],
      replication_records: [{ status: "replicating", destination_region: "eu-west-0", extra_info: { progress: 62 } }]
    }
    assert.strictEqual(
      printed(tree, [JSON.stringify({ backup })]),
      "✗ server  available\n│ failed: 1 of 1 child is in error (disk); replication to eu-west-0 is under way, 62%\n" +
        "├─ ✗ disk  error  40 GB  c\n└─ … → eu-west-0  replicating  62%"
    )
  })

  it("tree draws any value", () => {
    assert.strictEqual(printed(tree, [{ _tag: "Value", value: { a: { b: 1 }, c: ["x"] } }]), "a\n└─ b: 1\nc\n└─ 0: x")
  })
})

describe("openmetrics", () => {
  it("groups the samples of a family, says which could not be shown, and ends with EOF", () => {
    const body = (id: string) => JSON.stringify({ backup: { id, status: "odd", resource_size: 1, name: 'a"b\\' } })
    const out = printed(openmetrics, [body("a"), body("b"), failed])
    const names = out.split("\n").flatMap((line) => (line.startsWith("#") ? [] : [line.split("{")[0]]))
    const changes = names.filter((name, index) => name !== names[index - 1])
    assert.strictEqual(new Set(changes).size, changes.length)
    assert.include(out, String.raw`name="a\"b\\"`)
    assert.include(out, `cbr_backup_status{id="a",status="odd"} 1`)
    assert.include(out, `cbr_backup_up{id="b"} 0`)
    assert.include(out, 'cbr_backup_size_bytes{id="a"} 1073741824')
    assert.isTrue(out.endsWith("\n# EOF"))
  })
})

describe("table", () => {
  it("table aligns wide characters", () => {
    const rows = [
      { 名称: "备份一", n: "1" },
      { 名称: "b", n: "2" }
    ]
    assert.strictEqual(printed(table, [{ _tag: "Value", value: rows }]), "名称    n\n备份一  1\nb       2")
  })

  it("colours only where colour is wanted, and never by the text of the service", () => {
    const hostile = JSON.stringify({ backup: { name: "\u001b[31mred", status: "error" } })
    assert.notInclude(printed(table, [hostile]), "\u001b")
    const coloured = printed(table, [hostile], { colour: true })
    assert.include(coloured, "\u001b[31merror\u001b[39m")
    assert.include(coloured, String.raw`\u001b[31mred`)
  })

  it("table tells times relative to now on a terminal alone", () => {
    const body = JSON.stringify({ backup: { created_at: "2026-05-30T00:00:00Z" } })
    assert.include(printed(table, [body], { isTerminal: true }), "2026-05-30 00:00:00 UTC (2 days ago)")
    assert.notInclude(printed(table, [body]), "ago")
  })
})

describe("every format", () => {
  it.effect.each(["table", "json", "yaml", "ndjson", "tree", "csv", "tsv", "value"])(
    "prints nothing, as %s, for a name that JavaScript's objects inherit",
    (format) =>
      Effect.gen(function* () {
        const stdin = `{"backup":{"id":"a","rows":[{"constructor":1},{"y":2}]}}`
        const printed = (query: string) =>
          Effect.map(commandLine(["show", "--from", "-", "-o", format, "--query", query], { stdin }), ({ out }) => out)
        for (const name of ["constructor", "__proto__", "toString", "id.length"]) {
          assert.strictEqual(yield* printed(`backup.${name}`), yield* printed("backup.nothing"), name)
        }
        assert.notMatch(yield* printed("backup.rows"), /undefined|function|native/)
      })
  )

  it("a format of rows leaves a cell empty if its row has no such field", () => {
    const rows = { _tag: "Value", value: [{ constructor: 1 }, { y: 2 }] } as const
    assert.strictEqual(printed(csv, [rows]), "constructor,y\n1,\n,2")
    assert.strictEqual(printed(tsv, [rows]), "constructor\ty\n1\t\n\t2")
  })
})
