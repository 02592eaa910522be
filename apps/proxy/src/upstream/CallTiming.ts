import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import { CurrentRecord } from "../observability/ExchangeAnnotations.ts"
import * as Metrics from "../observability/Metrics.ts"

/** A call to the cloud, timed for the metrics and for the request that waits for it. */
export const measured = <A, E extends { readonly _tag: string }, R>(
  region: string,
  call: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.withFiber((fiber) => {
    const clock = fiber.getRef(Clock.Clock)
    const { stages } = fiber.getRef(CurrentRecord)
    const start = clock.currentTimeNanosUnsafe()
    return Effect.onExit(call, (exit) => {
      const nanoseconds = Number(clock.currentTimeNanosUnsafe() - start)
      stages["upstream"] = (stages["upstream"] ?? 0) + nanoseconds / 1e6
      secondsOf(region, outcomeOf(exit)).updateUnsafe(nanoseconds / 1e9, fiber.context)
      return Effect.void
    })
  })

/** Made once for each region and outcome. */
const histograms = new Map<string, Metric.Histogram<number>>()

const secondsOf = (region: string, outcome: string): Metric.Histogram<number> => {
  const name = `${region} ${outcome}`
  const known = histograms.get(name)
  if (known !== undefined) return known
  const made = Metrics.upstreamSeconds({ region, outcome })
  histograms.set(name, made)
  return made
}

/** What became of it: the tag of its error, or `Interrupted` where no caller waited for the end. */
const outcomeOf = <A, E extends { readonly _tag: string }>(exit: Exit.Exit<A, E>): string =>
  Exit.isSuccess(exit)
    ? "Success"
    : Option.match(Exit.findErrorOption(exit), { onNone: () => "Interrupted", onSome: ({ _tag }) => _tag })
