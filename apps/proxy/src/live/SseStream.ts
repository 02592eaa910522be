import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Sse from "effect/encoding/Sse"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { counted, events, merged, streams } from "./LiveMetrics.ts"
import { problemEvent, rotateEvent, type SseEvent } from "./SseEvents.ts"
import type { SubscriptionEnd, Subscription } from "./Subscriptions.ts"
import { type Listen, untilReady } from "./untilReady.ts"

/** The events of one reader, and its position among them. */
export interface EventFeed {
  /** Takes the next events of the reader; `undefined` if there are none. The first call begins the stream. */
  readonly next: () => EventBatch | undefined
  /** Calls the listener whenever there may be more events. */
  readonly listen: Listen
}

/** A stream to open. */
export interface SseStreamOptions {
  readonly feed: EventFeed
  readonly subscription: Subscription
  readonly proxy_request_id: string
}

/** The time after which a client opens a broken stream anew, as the format's field `retry`. */
const retry = new TextEncoder().encode(
  Sse.encoder.write(new Sse.Retry({ duration: Duration.seconds(3), lastEventId: undefined }))
)

const comment = new TextEncoder().encode(":\n\n")

/** First bytes of streams, by their first frame. Streams that begin alike share them, since each keeps its last write. */
const openings = new WeakMap<Uint8Array, Uint8Array>()

const opened = (first: Uint8Array): Uint8Array => {
  const known = openings.get(first)
  if (known !== undefined) return known
  const made = Buffer.concat([retry, first])
  openings.set(first, made)
  return made
}

/** The next events of a reader. */
export interface EventBatch {
  readonly events: ReadonlyArray<SseEvent>
  /** States that the reader was too slow for. */
  readonly merged: number
  readonly isLast: boolean
}

/**
 * Events as bytes. The stream makes each piece when the reader has taken the one before, so a slow reader gets the
 * newest state and none before it. A comment goes out after a heartbeat without events, and one at once, so that the
 * reader knows that the stream gets through.
 *
 * One pull makes the stream, instead of combined streams: its parts stay for as long as it lasts, and there are many
 * streams.
 *
 * @source HTML, section 9.2, server-sent events
 */
export const sseStream = ({
  proxy_request_id,
  subscription,
  feed
}: SseStreamOptions): Effect.Effect<Stream.Stream<Uint8Array>, never, Scope.Scope> => {
  /** Whether the stream has begun, and whether its last event is written. */
  const reader = { isOpen: false, hasAll: false }

  /** The next piece for the reader; `undefined` if there is none. */
  const ready = (): EventBatch | undefined => {
    const end = subscription.end()
    const hasRight = end === undefined || typeof end === "string"
    const news = hasRight ? feed.next() : undefined
    if (news !== undefined) return news
    if (end !== undefined) return goodbye(end, proxy_request_id)
    return !reader.isOpen || subscription.isHeartbeatDue() ? nothing : undefined
  }
  const write = (piece: EventBatch) => {
    subscription.touch()
    const frames = piece.events.length === 0 ? [comment] : piece.events.map(({ frame }) => frame)
    const bytes: Uint8Array = frames.length === 1 ? frames[0]! : Buffer.concat(frames)
    const written: readonly [Uint8Array] = [reader.isOpen ? bytes : opened(bytes)]
    reader.isOpen = true
    reader.hasAll = piece.isLast
    return Effect.as(countedOf(piece), written)
  }
  const attempt = () => {
    const piece = ready()
    return piece === undefined ? undefined : write(piece)
  }
  const pull = Effect.suspend((): Effect.Effect<readonly [Uint8Array], Cause.Done> =>
    reader.hasAll ? Cause.done() : untilReady(attempt, feed.listen, subscription.onWake)
  )
  return Effect.as(counted(streams), Stream.fromPull(Effect.succeed(pull)))
}

/** A heartbeat. */
const nothing: EventBatch = { events: [], merged: 0, isLast: false }

const goodbye = (end: SubscriptionEnd, proxy_request_id: string): EventBatch => {
  const event = typeof end === "string" ? rotateEvent(end) : problemEvent(end, proxy_request_id)
  return { events: [event], merged: 0, isLast: true }
}

const countedOf = ({ events: said, merged: passedOver }: EventBatch) =>
  Effect.andThen(
    Effect.forEach(said, ({ name }) => Metric.update(events[name], 1), {
      discard: true
    }),
    Metric.update(merged, passedOver)
  )
