import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { cut } from "./LiveMetrics.ts"
import { LiveRules } from "./LiveRules.ts"

/** What is known of an answer on its way. */
interface Answer {
  /** Bytes that the system has not taken yet. */
  readonly writableLength: number
  readonly destroy: () => unknown
}

/**
 * Cuts an answer whose reader has left more unread, from one beat to the next,
 * than it may. One event can be more than that, so it is given a beat.
 */
export const cutWhenSlow = (response: Answer): Effect.Effect<never> =>
  Effect.gen(function* () {
    const { beat, unread } = yield* LiveRules
    let wasSlow = false
    while (true) {
      yield* Effect.sleep(beat)
      const isSlow = response.writableLength > unread
      if (isSlow && wasSlow) {
        yield* Metric.update(cut, 1)
        response.destroy()
        return yield* Effect.never
      }
      wasSlow = isSlow
    }
  })
