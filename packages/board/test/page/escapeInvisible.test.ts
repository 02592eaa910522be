import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { escapeInvisible } from "../../src/page/escapeInvisible.ts"

describe("a text of the service", () => {
  it.each([
    ["\u202Egnp.exe", "\\u202egnp.exe"],
    ["\u001b[31mred\u0007", "\\u001b[31mred\\u0007"],
    ["a\r\nb\u2028c", "a\\u000d\\u000ab\\u2028c"],
    ["服务器-数据库 é 🗄", "服务器-数据库 é 🗄"],
    ["zero\u200bwidth", "zero\\u200bwidth"]
  ])("%j is shown as %j", (text, shown) => {
    assert.strictEqual(escapeInvisible(text), shown)
  })

  it.prop("has nothing unseen left, and keeps all that can be seen", [Schema.String], ([text]) => {
    assert.notMatch(escapeInvisible(text), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    if (/^[\p{L}\p{N}]*$/u.test(text)) assert.strictEqual(escapeInvisible(text), text)
  })
})
