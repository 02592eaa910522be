import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { paint, displayWidth } from "../../src/text/Style.ts"
import { layOutTable } from "../../src/text/TableLayout.ts"
import { clip, wrap } from "../../src/text/wrap.ts"

const text = (lines: ReadonlyArray<Parameters<typeof paint>[0]>) => lines.map((line) => paint(line, false))

describe("wrap", () => {
  it("wrap breaks at blanks, and goes on below the place where the text began", () => {
    assert.deepStrictEqual(text(wrap(["why:  ", "no credentials were found in the environment"], 6, 24)), [
      "why:  no credentials",
      "      were found in the",
      "      environment"
    ])
  })

  it("wrap breaks between Chinese characters, and begins no line with punctuation", () => {
    assert.deepStrictEqual(text(wrap(["原因: 备份早已删除,或从未存在。"], 6, 16)), [
      "原因: 备份早已删",
      "      除,或从未",
      "      存在。"
    ])
  })

  it("wrap begins no line with punctuation of full width", () => {
    assert.deepStrictEqual(text(wrap(["备份早已删除，或从未存在；请检查"], 0, 13)), [
      "备份早已删",
      "除，或从未存",
      "在；请检查"
    ])
  })

  it("wrap leaves no bracket behind", () => {
    assert.deepStrictEqual(text(wrap(["it holds nothing (expected a day)"], 0, 18)), [
      "it holds nothing",
      "(expected a day)"
    ])
    assert.deepStrictEqual(text(wrap(["没有内容(应为一天)"], 0, 9)), ["没有内容", "(应为一", "天)"])
  })

  it("wrap cuts a word that is longer than a line", () => {
    assert.deepStrictEqual(text(wrap(["id ", "6df2b54c-dd62-4059"], 3, 12)), ["id 6df2b54c-", "   dd62-4059"])
  })

  it("wrap cuts a path and a list after a part of it", () => {
    assert.deepStrictEqual(text(wrap(["GET ", "/v3/projects/backups"], 4, 18)), ["GET /v3/projects/", "    backups"])
    assert.deepStrictEqual(text(wrap([`{"id":1,"name":"a"}`], 2, 14)), [`{"id":1,`, `  "name":"a"}`])
  })

  it("wrap leaves a line whole in a pipe", () => {
    assert.deepStrictEqual(text(wrap(["x".repeat(300)], 4, undefined)), ["x".repeat(300)])
  })

  it.prop("wrap is never wider than the terminal, and loses no more than blanks", [Schema.String], ([said]) => {
    const lines = text(wrap(["label: ", { text: said, tone: "bad" }], 7, 20))
    for (const line of lines) assert.isAtMost(displayWidth(line), 20)
    const bare = (all: string) => all.replaceAll(/\s/g, "")
    assert.strictEqual(bare(lines.join("")), bare(text([["label: ", said]]).join("")))
  })
})

describe("clip", () => {
  it("clip ends a line that it cuts with …, to the column", () => {
    assert.deepStrictEqual(text([clip(["状态", "  available and more"], 12)]), ["状态  avail…"])
    assert.deepStrictEqual(text([clip(["short"], 12)]), ["short"])
  })
})

describe("layOutTable", () => {
  it("layOutTable goes on in the last column, though that begins past the middle", () => {
    assert.strictEqual(
      layOutTable([["a".repeat(50), "one two three four five six seven"]], { colour: false, width: 80 }),
      `${"a".repeat(50)}  one two three four five six\n${" ".repeat(52)}seven`
    )
  })

  it("layOutTable lets the last column go on below itself", () => {
    assert.strictEqual(
      layOutTable(
        [
          ["dns", "found"],
          ["tcp", "no connection to it at all"]
        ],
        { colour: false, width: 20 }
      ),
      "dns  found\ntcp  no connection\n     to it at all"
    )
  })

  it("layOutTable lets the widest column go on below itself, and a sentence stand in no column", () => {
    assert.strictEqual(
      layOutTable(
        [["9", "a difference was found, or a condition can no longer come true", "no"], ["A sentence about them all."]],
        { colour: false, width: 40 }
      ),
      [
        "9  a difference was found, or a       no",
        "   condition can no longer come true",
        "A sentence about them all."
      ].join("\n")
    )
  })

  it("layOutTable puts the last column below its row, where names leave it no room", () => {
    const path = "replication_records[0].status"
    assert.strictEqual(
      layOutTable(
        [
          ["wrong type", path, "expected string, got number 7"],
          ["wrong type", "id", ""]
        ],
        { colour: false, width: 50 }
      ),
      [`wrong type  ${path}`, "    expected string, got number 7", "wrong type  id"].join("\n")
    )
  })

  it.prop(
    "layOutTable is never wider than the terminal",
    [Schema.Array(Schema.Array(Schema.String).check(Schema.isMinLength(1), Schema.isMaxLength(4)))],
    ([rows]) => {
      for (const line of layOutTable(rows, { colour: false, width: 40 }).split("\n"))
        assert.isAtMost(displayWidth(line), 40)
    }
  )
})
