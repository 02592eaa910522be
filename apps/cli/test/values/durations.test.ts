import { assert, describe, it } from "@effect/vitest"
import { Duration, Exit, Schema } from "effect"
import { Timeout } from "../../src/values/durations.ts"

const decode = Schema.decodeUnknownExit(Timeout)

describe("Timeout", () => {
  it.each([
    ["30s", 30_000],
    ["30", 30_000],
    ["1.5m", 90_000],
    ["500ms", 500],
    ["0.25", 250],
    ["24h", 86_400_000]
  ])("reads %s as %i ms", (text, millis) => {
    assert.strictEqual(
      Duration.toMillis(
        Exit.getSuccess(decode(text)).pipe((found) => (found._tag === "Some" ? found.value : Duration.zero))
      ),
      millis
    )
  })

  it.each(["", "0", "0ms", "-5", "+5", "5 s", "s", "1d", "1e3", "25h", "0x10", "NaN", "Infinity", "٣"])(
    "refuses %j",
    (text) => {
      assert.isTrue(Exit.isFailure(decode(text)))
    }
  )
})
