import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { CliOutput } from "effect/cli"
import { escapeControls, isPrintableAscii } from "../../src/text/escapeControls.ts"

describe("escapeControls", () => {
  it.each([
    ["\u001b]0;title\u0007", String.raw`\u001b]0;title\u0007`],
    ["\u009b31m", String.raw`\u009b31m`],
    ["a\r\n\tb", String.raw`a\r\n\tb`],
    ["\u202egnp.exe", String.raw`\u202egnp.exe`],
    ["\u{e0041}", String.raw`\udb40\udc41`],
    ["half \ud83d of a pair", String.raw`half \ud83d of a pair`],
    ["备份 café 💾 \\n", "备份 café 💾 \\n"]
  ])("%j becomes %j", (text, expected) => {
    assert.strictEqual(escapeControls(text), expected)
  })

  it.prop("nothing active is left in any text, and nothing is left to do", [Schema.String], ([text]) => {
    const once = escapeControls(text)
    assert.notMatch(once, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
    assert.strictEqual(escapeControls(once), once)
  })
})

describe("isPrintableAscii", () => {
  it.prop(
    "isPrintableAscii accepts only texts that need no escape and are as wide as they are long",
    [Schema.String],
    ([text]) => {
      const visible = text.replace(/[^ -~]/g, "")
      assert.isTrue(isPrintableAscii(visible))
      assert.strictEqual(escapeControls(visible), visible)
      assert.strictEqual(CliOutput.displayWidth(visible), visible.length)
      assert.strictEqual(isPrintableAscii(text), visible === text)
    }
  )
})
