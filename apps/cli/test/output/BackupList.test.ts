import { assert, describe, it } from "@effect/vitest"
import { en } from "../../src/messages/en.ts"
import { zh } from "../../src/messages/zh.ts"
import { table } from "../../src/output/table.ts"
import { displayWidth } from "../../src/text/Style.ts"
import { printed } from "./printed.ts"

const body = (backup: object) => JSON.stringify({ backup })

const disk = body({ id: "a", resource_name: "ecs-1", status: "available", created_at: "2026-05-30T00:00:00" })
const server = body({
  id: "server-id",
  name: "unnamed resource",
  status: "available",
  protected_at: "2026-05-31T23:00:00",
  children: [{ status: "error" }]
})

describe("several backups in a table", () => {
  it("several backups in a table are a line each under one header, aligned, with the verdict", () => {
    assert.strictEqual(
      printed(table, [disk, server, body({})]),
      [
        "Verdict  Time                     ID         Resource          Why",
        "healthy  2026-05-30 00:00:00 UTC  a          ecs-1             it is available, and how it can be restored is not said",
        "failed   2026-05-31 23:00:00 UTC  server-id  unnamed resource  1 of 1 child is in error (children[0])",
        "unknown                                                        its status is not said"
      ].join("\n")
    )
  })

  const long = body({ id: "b", resource_name: "x".repeat(100), status: "error", created_at: "2026-05-31T23:58:01" })

  it("several backups in a table have ages on a terminal, in its width, and long names cut", () => {
    const lines = printed(table, [disk, server, long], { isTerminal: true, width: 104 }).split("\n")
    assert.strictEqual(lines[0], "Verdict  Age  ID         Resource                      Why")
    assert.match(lines[1] ?? "", /^healthy {2}2d {3}a {10}ecs-1 {25}it is available, and how it can be rest.*…$/)
    assert.match(lines[3] ?? "", /^failed {8}b {10}x{27}… {2}its status is error$/)
    for (const line of lines) assert.isAtMost(displayWidth(line), 104)
  })

  it("tell on a terminal that the time of a backup lies in the future", () => {
    const ahead = body({ id: "c", status: "available", created_at: "2026-06-01T01:00:00" })
    for (const [words, text] of [
      [en, /^healthy {2}in future {2}c /],
      [zh, /^健康 {2}在将来 {2}c /]
    ] as const) {
      const [, line = ""] = printed(table, [ahead, disk], { isTerminal: true, width: 104, messages: words }).split("\n")
      assert.match(line, text)
    }
  })

  it("several backups in a table have no reasons on a narrow terminal, which has no room for one that says anything", () => {
    const lines = printed(table, [disk, server, long], { isTerminal: true, width: 80 }).split("\n")
    assert.strictEqual(lines[0], "Verdict  Age  ID         Resource")
    assert.match(lines[3] ?? "", /^failed {8}b {10}x{21}…$/)
    assert.notInclude(lines.slice(0, 3).join("\n"), "…")
  })

  it("several backups in a table are told in Chinese as well, aligned all the same", () => {
    const lines = printed(table, [disk, server], { messages: zh }).split("\n")
    assert.match(lines[0] ?? "", /^结论 {2}时间 /)
    assert.match(lines[2] ?? "", /^失败 {2}2026.*1 个子备份中有 1 个异常（children\[0\]）$/)
  })

  it("colour the verdict where colour is wanted, and nothing of the service's", () => {
    const hostile = body({ id: "a", resource_name: "\u001b[31m\nred", status: "error" })
    const out = printed(table, [hostile, disk], { colour: true })
    assert.include(out, "\u001b[31mfailed\u001b[39m")
    assert.include(out, String.raw`\u001b[31m\nred`)
    assert.lengthOf(out.split("\n"), 3)
  })

  it("print nothing if there are none", () => {
    assert.strictEqual(printed(table, []), "")
  })

  it("several backups in a table come before the last where there are many, under one header", () => {
    const out = printed(
      table,
      Array.from({ length: 1200 }, () => disk)
    ).split("\n")
    assert.lengthOf(out, 1201)
    assert.lengthOf(
      out.filter((line) => line.startsWith("Verdict")),
      1
    )
  })
})

describe("one backup in a table", () => {
  it("one backup in a table is printed as a card", () => {
    assert.match(printed(table, [disk]), /^healthy: [^\n]+\nBackup {8}not said\nID {12}a\n/)
  })
})
