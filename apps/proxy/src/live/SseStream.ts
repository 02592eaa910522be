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

/** What one reader is told, and how far it is. */
export interface EventFeed {
  /** Takes the next events of the reader; `undefined` if there are none. The first call begins the stream. */
  readonly next: () => EventBatch | undefined
  /** Calls whenever there may be more to tell, until it is told to stop. */
  readonly listen: (listener: () => void) => () => void
}

/** A stream that is to be opened. */
export interface SseStreamOptions {
  readonly feed: EventFeed
  readonly subscription: Subscription
  readonly proxy_request_id: string
}

/** How long a client should wait before it opens a broken stream anew. */
const retry = new TextEncoder().encode(
  Sse.encoder.write(new Sse.Retry({ duration: Duration.seconds(3), lastEventId: undefined }))
)

const comment = new TextEncoder().encode(":\n\n")

/** What a stream begins with; the same bytes for all that begin alike, since each stream keeps what it wrote last. */
const openings = new WeakMap<Uint8Array, Uint8Array>()

const opened = (first: Uint8Array): Uint8Array => {
  const known = openings.get(first)
  if (known !== undefined) return known
  const made = Buffer.concat([retry, first])
  openings.set(first, made)
  return made
}

/** What a reader gets next. */
export interface EventBatch {
  readonly events: ReadonlyArray<SseEvent>
  /** States that the reader was too slow for. */
  readonly merged: number
  readonly isLast: boolean
}

/**
 * Events as bytes, each piece made when the reader has taken the one before: a
 * slow reader is told of the newest state and of none before it. A comment goes out when there has been nothing to say for a beat,
 * and one at once, so that the reader knows that the stream gets through.
 *
 * One pull makes it rather than streams put together: what a stream is made of
 * stays for as long as it lasts, and there are many of them.
 *
 * @source HTML, section 9.2, server-sent events
 */
export const sseStream = ({
  proxy_request_id,
  subscription,
  feed
}: SseStreamOptions): Effect.Effect<Stream.Stream<Uint8Array>, never, Scope.Scope> => {
  /** How far the reader is. */
  const reader = { isOpen: false, hasAll: false }

  /** What there is for the reader at this moment. */
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
  const pull = Effect.callback<readonly [Uint8Array], Cause.Done>((resume) => {
    if (reader.hasAll) return resume(Cause.done())
    const look = () => {
      const piece = ready()
      if (piece === undefined) return
      leave()
      resume(write(piece))
    }
    const stop = feed.listen(look)
    const leave = () => {
      stop()
      subscription.onWake(undefined)
    }
    subscription.onWake(look)
    look()
    return Effect.sync(leave)
  })
  return Effect.as(counted(streams), Stream.fromPull(Effect.succeed(pull)))
}

/** Nothing but a sign of life. */
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
