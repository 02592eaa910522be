import { assert, describe, it } from "@effect/vitest"
import { parsePointInTime } from "../../src/values/pointInTime.ts"

const now = Date.UTC(2026, 0, 31, 12, 30)

describe("a moment as it is typed", () => {
  it.each([
    ["12h", now - 43_200_000],
    ["7d", now - 604_800_000],
    ["2026-01-31T22:00:00+08:00", Date.UTC(2026, 0, 31, 14)],
    ["2026-01-31T22:00Z", Date.UTC(2026, 0, 31, 22)],
    ["2026-01-31 22:00:00.5z", Date.UTC(2026, 0, 31, 22, 0, 0, 500)],
    ["today", new Date(now).setHours(0, 0, 0, 0)]
  ])("%s is a moment", (text, at) => {
    assert.strictEqual(parsePointInTime(text, now), at)
  })

  it.each(["2026-01-31T22:00:00", "2026-01-31", "yesterday", "12", "", "2026-02-30T00:00:00Z", "2026-01-31T25:00:00Z"])(
    "%s is no moment: it may be meant in two ways, or is on no calendar",
    (text) => {
      assert.isUndefined(parsePointInTime(text, now))
    }
  )
})
