import { omitUndefined } from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"

describe("omitUndefined", () => {
  it("leaves out the keys whose value is undefined, and no other value", () => {
    const kept = omitUndefined({ a: undefined, b: null, c: false, d: 0, e: "" })
    assert.deepStrictEqual(kept, { b: null, c: false, d: 0, e: "" })
    assert.notProperty(kept, "a")
  })
})
