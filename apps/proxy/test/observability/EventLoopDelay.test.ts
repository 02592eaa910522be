import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { EventLoopDelay, layer } from "../../src/observability/EventLoopDelay.ts"

describe("the delay of the event loop", () => {
  it.live("shows while the process is busy, and no more when it rests", () =>
    Effect.gen(function* () {
      const { p99 } = yield* EventLoopDelay
      assert.strictEqual(Duration.toMillis(p99()), 0)
      const busy = Effect.sync(() => {
        const end = performance.now() + 150
        while (performance.now() < end);
      })
      const isLate = () => Duration.toMillis(p99()) > 100
      yield* Effect.repeat(Effect.andThen(busy, Effect.sleep("1 millis")), { until: isLate })
      yield* Effect.repeat(Effect.sleep("100 millis"), { until: () => !isLate() })
    }).pipe(Effect.provide(layer))
  )
})
