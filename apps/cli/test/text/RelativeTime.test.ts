import { assert, describe, it } from "@effect/vitest"
import { DateTime } from "effect"
import { en } from "../../src/messages/en.ts"
import { zh } from "../../src/messages/zh.ts"
import { relativeTime } from "../../src/text/RelativeTime.ts"

const now = DateTime.makeUnsafe("2026-06-01T00:00:00Z")

describe.each([en, zh])("relativeTime in $locale", (messages) => {
  const intl = new Intl.RelativeTimeFormat(messages.locale, { numeric: "always" })
  const at = (seconds: number) => relativeTime(DateTime.add(now, { seconds }), now, messages.fromNow)

  it.each([
    ["second", 1],
    ["minute", 60],
    ["hour", 3600],
    ["day", 86_400],
    ["month", 2_629_800],
    ["year", 31_557_600]
  ] as const)("agrees with Intl for %s", (unit, length) => {
    for (const count of [1, 2, 5, 11, ...(unit === "year" ? [999, 1000, 7973] : [])]) {
      assert.strictEqual(at(count * length), intl.format(count, unit))
      assert.strictEqual(at(-count * length), intl.format(-count, unit))
      assert.strictEqual(at((count + 0.9) * length), intl.format(count, unit))
    }
  })

  it("agrees with Intl for now, and for a moment before and after", () => {
    assert.strictEqual(at(0), intl.format(0, "second"))
    assert.strictEqual(at(0.5), intl.format(0, "second"))
    assert.strictEqual(at(-0.5), intl.format(-0, "second"))
  })
})
