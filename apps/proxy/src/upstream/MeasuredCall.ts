import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import { stage } from "../observability/ExchangeRecord.ts"
import * as Metrics from "../observability/Metrics.ts"

/** A call to the cloud, timed for the metrics and for the request that waits for it. */
export const measured = <A, E extends { readonly _tag: string }, R>(
  region: string,
  call: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.flatMap(Clock.currentTimeNanos, (start) =>
    Effect.onExit(call, (exit) =>
      Effect.flatMap(Clock.currentTimeNanos, (end) =>
        Metric.update(
          Metric.withAttributes(Metrics.upstreamSeconds, { region, outcome: outcomeOf(exit) }),
          Number(end - start) / 1e9
        )
      )
    )
  ).pipe(stage("upstream"))

/** What became of it: the tag of its error, or `Interrupted` where nobody waited for the end. */
const outcomeOf = <A, E extends { readonly _tag: string }>(exit: Exit.Exit<A, E>): string =>
  Exit.isSuccess(exit)
    ? "Success"
    : Option.match(Exit.findErrorOption(exit), { onNone: () => "Interrupted", onSome: ({ _tag }) => _tag })
