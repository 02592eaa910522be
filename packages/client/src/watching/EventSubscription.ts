import type { ShowBackupResponse } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { BackupClient } from "../calls/BackupClient.ts"
import { isRetryable } from "../errors/ErrorTable.ts"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"
import type { Events, StreamEvent } from "../events/EventSource.ts"
import type { Observation } from "./Observation.ts"
import type { ObservationTracker } from "./ObservationTracker.ts"

/**
 * Opens the stream that a look was offered; `undefined` where it was offered none.
 *
 * @param lastEventId id of the newest event that was heard, if any was
 */
export type OpenEvents = (lastEventId: string | undefined) => Events | undefined

/** The use of an event for a watch: tell it, look at the backup, or pass over the event. */
export type Heed = (
  event: Extract<StreamEvent, { readonly _tag: "State" | "Gone" | "Listed" }>
) => "tell" | "look" | "pass"

/** The source of a watch: its looks and its events. */
export interface WatchSource {
  /** One look. */
  readonly look: Effect.Effect<ShowBackupResponse, ShowBackupError, BackupClient>
  /** The events that the last look offered, also if the look failed. */
  readonly events: OpenEvents
  readonly heed: Heed
}

/** The events of a watch between two looks. */
export interface EventSubscription {
  /** Takes the offer that came with a look's answer. */
  readonly offered: (events: OpenEvents) => void
  /** Whether the next observation comes by itself. */
  readonly isListening: () => boolean
  /** The next observation; `undefined` when there is nothing to hear, or no more, and it is time to look. */
  readonly next: Effect.Effect<Observation | undefined, ShowBackupError>
}

/** A proxy says something each 15 s. All of these are milliseconds. */
const silence = 40_000

/** A stream that does not begin by then is held back on the way. */
const beginning = 10_000

/** A stream that ends before counts as broken at once. */
const least = 3_000

/**
 * Listens for as long as the scope lasts. A stream that ends by itself is
 * opened anew; one that breaks is followed by a look, whose answer offers the
 * next. After a stream that broke at once a look's offer is let pass, and
 * twice as many after each that follows, up to 32.
 */
export const makeEventSubscription = Effect.fnUntraced(function* (
  sightings: ObservationTracker,
  heed: Heed
): Effect.fn.Return<EventSubscription, never, Scope.Scope> {
  const lifetime = yield* Effect.scope
  let offer: OpenEvents | undefined
  let lastEventId: string | undefined
  let open: Open | undefined
  let penalty = 0
  let passing = 0

  const isListening = () => offer !== undefined

  const start = Effect.gen(function* () {
    const scope = yield* Scope.fork(lifetime)
    const pull = yield* Scope.provide(Stream.toPull(offer!(lastEventId)!), scope)
    return (open = { pull, scope, since: yield* Clock.currentTimeMillis, queue: [], patience: beginning })
  })

  const end = Effect.fnUntraced(function* ({ patience, scope, since }: Open, isAgreed: boolean) {
    open = undefined
    yield* Scope.close(scope, Exit.void)
    const isShort = patience === beginning || (yield* Clock.currentTimeMillis) - since < least
    passing = penalty = isShort ? Math.min(penalty * 2 || 1, 32) : 0
    if (isShort || !isAgreed) offer = undefined
    // Subscribers that a proxy ends together do not return together.
    else yield* Effect.sleep((yield* Random.next) * 1_000)
  })

  const next: EventSubscription["next"] = Effect.gen(function* () {
    while (isListening()) {
      const stream: Open = open ?? (yield* start)
      const isFirst = stream.patience === beginning
      if (stream.queue.length === 0) {
        const nothing = Effect.succeed([])
        const chunks: ReadonlyArray<ReadonlyArray<StreamEvent>> = yield* stream.pull.pipe(
          Effect.timeoutOrElse({ duration: stream.patience, orElse: () => nothing }),
          // The look that follows tells the reason of the break.
          Effect.catchCause(() => nothing)
        )
        stream.queue.push(...chunks.flat())
      }
      const heard = stream.queue.shift()
      if (heard !== undefined) stream.patience = silence
      if (heard?._tag === "State" || heard?._tag === "Gone" || heard?._tag === "Listed") {
        lastEventId = heard.id
        const heeded = heed(heard)
        if (heeded === "tell" && heard._tag === "State") return sightings.saw(heard.response)
        if (heeded === "look") return undefined
        continue
      }
      if (heard?._tag === "Failure" && (heard.error._tag === "BackupNotFound" || isRetryable(heard.error))) {
        return yield* sightings.failed(heard.error)
      }
      if (heard?._tag === "Beat") {
        const unchanged = isFirst ? undefined : sightings.unchanged()
        if (unchanged !== undefined) return unchanged
        continue
      }
      yield* end(stream, heard?._tag === "Rotate")
    }
    return undefined
  })

  return {
    offered: (events) => {
      // A look because of an event keeps the open stream.
      if (open !== undefined) return
      if (events(undefined) === undefined || passing-- > 0) return
      offer = events
      lastEventId = undefined
    },
    isListening,
    next
  }
})

/** A stream that is being heard. */
interface Open {
  readonly pull: Effect.Effect<ReadonlyArray<ReadonlyArray<StreamEvent>>, unknown>
  readonly scope: Scope.Closeable
  /** In milliseconds since 1970. */
  readonly since: number
  /** Events that have come and are not told yet. */
  readonly queue: Array<StreamEvent>
  /** The longest wait for the next event, in milliseconds. */
  patience: number
}
