import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import * as Option from "effect/Option"
import type { Member } from "./Member.ts"
import { countsOf, merged } from "./MergedMetrics.ts"

/** How long a worker has to tell its metrics, which a scraper waits for. */
const patience = Duration.seconds(1)

/** The metrics of this process and of all workers, those that have ended among them, as Prometheus text. */
export const makeGatheredMetrics = () => {
  let countsOfEnded = ""
  return {
    ended: (member: Member) => {
      countsOfEnded = merged([{ text: countsOfEnded }, { text: countsOf(member.metrics) }])
    },
    of: Effect.fnUntraced(function* (members: () => ReadonlyArray<Member>) {
      yield* Effect.forEach(
        members().filter(({ isServing }) => isServing),
        (member) =>
          Effect.timeoutOption(member.line.ask("metrics"), patience).pipe(
            Effect.map((text) => {
              // One that is too busy to answer shows as it was.
              if (Option.isSome(text)) member.metrics = text.value
            }),
            Effect.raceFirst(Effect.asVoid(member.ended))
          ),
        { concurrency: "unbounded", discard: true }
      )
      return merged([
        { text: yield* PrometheusMetrics.format() },
        { text: countsOfEnded },
        ...members().map(({ metrics, slot }) => ({ worker: String(slot), text: metrics }))
      ])
    })
  }
}
