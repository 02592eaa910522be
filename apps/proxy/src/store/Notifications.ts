import { ShowBackupError } from "@cbr/client"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type Channel, Store } from "./Store.ts"
import { unusableValues } from "./StoreMetrics.ts"

/** What a replica tells the others of a key. */
const Notice = Schema.fromJsonString(
  Schema.Union([
    Schema.TaggedStruct("Stored", { key: Schema.String }),
    Schema.TaggedStruct("Failed", { key: Schema.String, error: ShowBackupError }),
    Schema.TaggedStruct("Forgotten", { key: Schema.String }),
    /** Nothing came of a lease: the next may have it. */
    Schema.TaggedStruct("Withdrawn", { key: Schema.String })
  ])
)

/** What a replica tells the others of a key. */
export type Notice = typeof Notice.Type

/** A notice that tells of more than the end of a lease. */
export type Change = Exclude<Notice, { readonly _tag: "Withdrawn" }>

const decode = Schema.decodeUnknownOption(Notice)

/** A notice as it is published. */
export const write: (notice: Notice) => string = Schema.encodeSync(Notice)

/** What ends the waiting for a call: its failure, or nothing but a reason to look again. */
export type Ending = Extract<Change, { _tag: "Failed" }> | undefined

/** The notices of the other replicas, and the fibers that wait for one. */
export interface Notices {
  readonly changes: Stream.Stream<Change>
  /** What ends with the next notice of the key after this. */
  readonly next: (key: string) => Effect.Effect<Ending>
  /** No fiber waits for the key any more. */
  readonly leave: (key: string) => Effect.Effect<void>
}

/** The notices of a channel, from now on. */
export const makeNotifications = Effect.fnUntraced(function* (channel: Channel) {
  const store = yield* Store
  const changes = yield* PubSub.unbounded<Change>()
  const waiting = new Map<string, Deferred.Deferred<Ending>>()

  const wake = (key: string, ending: Ending) => {
    const ended = waiting.get(key)
    waiting.delete(key)
    if (ended !== undefined) Deferred.doneUnsafe(ended, Effect.succeed(ending))
  }

  yield* store.notices(channel).pipe(
    Stream.runForEach((message) => {
      const notice = Option.getOrUndefined(decode(message))
      if (notice === undefined) return Metric.update(unusableValues, 1)
      wake(notice.key, notice._tag === "Failed" ? notice : undefined)
      return notice._tag === "Withdrawn" ? Effect.void : PubSub.publish(changes, notice)
    }),
    Effect.forkScoped
  )

  // A notice that was told while there was no connection is lost: each fiber looks for itself.
  yield* store.restored.pipe(
    Stream.runForEach(() => Effect.sync(() => Array.from(waiting.keys(), (key) => wake(key, undefined)))),
    Effect.forkScoped({ startImmediately: true })
  )

  const notices: Notices = {
    changes: Stream.fromPubSub(changes),
    next: (key) => {
      const known = waiting.get(key) ?? Deferred.makeUnsafe<Ending>()
      waiting.set(key, known)
      return Deferred.await(known)
    },
    leave: (key) => Effect.sync(() => void waiting.delete(key))
  }
  return notices
})
