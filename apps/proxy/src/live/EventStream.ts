import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Sse from "effect/encoding/Sse"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Refusal } from "../edge/Refusal.ts"
import { counted, events, merged, streams } from "./LiveMetrics.ts"
import { LiveRules } from "./LiveRules.ts"
import type { Newest } from "./Newest.ts"
import type { Standing } from "./Standing.ts"
import { newsOf, problemEvent, rotateEvent, type Told, type WatchEvent } from "./WatchEvents.ts"

/** A stream that is to be opened. */
export interface EventStreamOptions {
  readonly newest: Newest<Standing>
  /** The standing that it begins with; not without a sighting or trouble. */
  readonly first: Standing
  readonly told: Told
  /** Succeeds when the reader has no right to more. */
  readonly denied: Effect.Effect<Refusal>
  /** Succeeds when the proxy wants the stream to end. */
  readonly leaving: Effect.Effect<void>
  readonly proxy_request_id: string
}

/** How long a client should wait before it opens a broken stream anew. */
const retry = Sse.encoder.write(new Sse.Retry({ duration: Duration.seconds(3), lastEventId: undefined }))

const comment = new TextEncoder().encode(":\n\n")

/**
 * The events of a backup as bytes, each chunk made when the reader has taken
 * the one before: a slow reader is told of the newest state and of none
 * before it. A comment goes out when there has been nothing to say for a beat,
 * and one at once, so that the reader knows that the stream gets through.
 *
 * @source HTML, section 9.2, server-sent events
 */
export const eventStream = Effect.fnUntraced(function* ({
  denied,
  first,
  leaving,
  newest,
  proxy_request_id,
  told
}: EventStreamOptions): Effect.fn.Return<Stream.Stream<Uint8Array>, never, Scope.Scope> {
  const rules = yield* LiveRules
  yield* counted(streams)
  const lifetime = Duration.times(rules.lifetime, 1 - (yield* Random.next) / 10)
  const ending = yield* Deferred.make<WatchEvent>()
  yield* Effect.forkScoped(
    Effect.raceAllFirst([
      Effect.as(Effect.sleep(lifetime), rotateEvent("age")),
      Effect.as(leaving, rotateEvent("draining")),
      Effect.map(denied, (refusal) => problemEvent(refusal, proxy_request_id))
    ]).pipe(Effect.flatMap((event) => Deferred.succeed(ending, event)))
  )

  const tell = (from: Reader, standing: Standing) => {
    const news = newsOf(from.told, standing, proxy_request_id)
    const reader: Reader = { told: news.told, standing, hasEnded: news.isLast }
    return Effect.as(Metric.update(merged, news.merged), [news.events, reader] as const)
  }
  const end = (from: Reader) => (event: WatchEvent) => [[event], { ...from, hasEnded: true }] as const

  /** What comes next for a reader: news, the end, or nothing within a beat. */
  const next = (from: Reader): Effect.Effect<readonly [ReadonlyArray<WatchEvent>, Reader]> =>
    from.standing === undefined
      ? tell(from, first)
      : Effect.raceFirst(
          Effect.flatMap(newest.unlike(from.standing), (standing) => tell(from, standing)),
          Effect.map(Deferred.await(ending), end(from))
        ).pipe(Effect.timeoutOrElse({ duration: rules.beat, orElse: () => Effect.succeed([[], from] as const) }))

  const chunk = Effect.fnUntraced(function* (from: Reader) {
    if (from.hasEnded) return undefined
    const [told, reader] = yield* next(from)
    for (const { name } of told) yield* Metric.update(Metric.withAttributes(events, { event: name }), 1)
    const frames = told.length === 0 ? [comment] : told.map(({ frame }) => frame)
    return [Buffer.concat(from.standing === undefined ? [Buffer.from(retry), ...frames] : frames), reader] as const
  })
  const start: Reader = { told, standing: undefined, hasEnded: false }
  return Stream.unfold(start, chunk)
})

/** How far a reader is. */
interface Reader {
  readonly told: Told
  /** The standing that it was last told of; `undefined` before the first. */
  readonly standing: Standing | undefined
  readonly hasEnded: boolean
}
