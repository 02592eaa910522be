import { assert, describe, it } from "@effect/vitest"
import { refusals } from "../../src/edge/Refusal.ts"

describe("refusals", () => {
  it.each(Object.entries(refusals))("%s has a title and a hint in both languages", (_, { hint, title }) => {
    for (const { en, zh } of [title, hint]) {
      assert.match(en, /^[\x20-\x7e]{5,}$/)
      assert.match(zh, /\p{Script=Han}{2,}/u)
      assert.notMatch(zh, /\p{Script=Han}[,;:?()]|[,;:?()]\p{Script=Han}/u, "punctuation is of full width")
    }
  })
})
