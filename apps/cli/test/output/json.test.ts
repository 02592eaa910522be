import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { json } from "../../src/output/json.ts"
import { printed } from "./printed.ts"

const shown = (raw: string, isTerminal: boolean) => printed(json, [raw], { isTerminal })

describe("json", () => {
  it("json keeps raw control characters that JSON allows in a file, and escapes them on a terminal", () => {
    const raw = `{"backup":{"name":"\u009b31m\u007f\u202e"}}`
    assert.include(shown(raw, false), "\u009b31m\u007f\u202e")
    assert.include(shown(raw, true), String.raw`"\u009b31m\u007f\u202e"`)
  })

  it.prop("json changes no value on a terminal", [Schema.Record(Schema.String, Schema.String)], ([tags]) => {
    const body = { backup: { tags } }
    assert.deepStrictEqual(JSON.parse(shown(JSON.stringify(body), true)), body)
  })
})
