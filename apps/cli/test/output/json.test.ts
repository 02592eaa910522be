import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { json } from "../../src/output/json.ts"
import { printed } from "./printed.ts"

const shown = (raw: string, isTerminal: boolean) => printed(json, [raw], { isTerminal })

describe("json", () => {
  it("raw control characters that JSON allows stay in a file, and are escaped on a terminal", () => {
    const raw = `{"backup":{"name":"\u009b31m\u007f\u202e"}}`
    assert.include(shown(raw, false), "\u009b31m\u007f\u202e")
    assert.include(shown(raw, true), String.raw`"\u009b31m\u007f\u202e"`)
  })

  it.prop("on a terminal no value is changed", [Schema.Record(Schema.String, Schema.String)], ([tags]) => {
    const body = { backup: { tags } }
    assert.deepStrictEqual(JSON.parse(shown(JSON.stringify(body), true)), body)
  })
})
