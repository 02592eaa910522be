import { ShowBackupError } from "@cbr/client"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Change } from "../cache/SharedAnswers.ts"
import type { Seal } from "../crypto/SealedText.ts"
import { type Channel, Store } from "../store/Store.ts"
import { unusableValues } from "../store/StoreMetrics.ts"

/** What a replica tells the others of a key. */
const Notice = Schema.fromJsonString(
  Schema.Struct({
    /** The replica that tells it. */
    from: Schema.String,
    key: Schema.String,
    what: Schema.Literals(["stored", "failed", "withdrawn", "forgotten"]),
    /** Why, sealed, of what failed. */
    why: Schema.optionalKey(Schema.String)
  })
)

/** What a replica tells the others of a key. */
export type Notice = typeof Notice.Type

const Failure = Schema.fromJsonString(ShowBackupError)
const decode = Schema.decodeUnknownOption(Notice)
const decodeFailure = Schema.decodeUnknownOption(Failure)

/** A notice as it is published. */
export const write: (notice: Notice) => string = Schema.encodeSync(Notice)

/** A failure as it is sealed. */
export const writeFailure: (error: ShowBackupError) => string = Schema.encodeSync(Failure)

/** Where a failure's text stands, so that it opens as nothing else. */
export const placeOfFailure = (key: string): string => `failure of ${key}`

/** What ends the waiting for a call: its end, or nothing but a reason to look again. */
export type Ending = Extract<Change, { _tag: "Failed" }> | undefined

/** A name for a replica, by which its notices are told from those of others. */
export const newId = Effect.gen(function* () {
  const random = yield* SecureRandom.SecureRandom
  return Hex.encode(yield* random.randomBytes(8))
})

/** The notices of the other replicas, and those who wait for one. */
export const makeNotices = Effect.fnUntraced(function* (replica: string, channel: Channel, seal: Seal) {
  const store = yield* Store
  const changes = yield* PubSub.unbounded<Change>()
  const waiting = new Map<string, Deferred.Deferred<Ending>>()

  const wake = (key: string, ending: Ending) =>
    Effect.suspend(() => {
      const ended = waiting.get(key)
      waiting.delete(key)
      return ended === undefined ? Effect.void : Effect.asVoid(Deferred.succeed(ended, ending))
    })

  const changeOf = Effect.fnUntraced(function* ({ key, what, why }: Notice): Effect.fn.Return<Change | undefined> {
    switch (what) {
      case "stored":
        return { _tag: "Stored", key }
      case "forgotten":
        return { _tag: "Forgotten", key }
      case "withdrawn":
        return undefined
      case "failed": {
        const text = yield* seal.open(why ?? "", placeOfFailure(key))
        const error = Option.getOrUndefined(decodeFailure(text))
        if (error !== undefined) return { _tag: "Failed", key, error }
        yield* Metric.update(unusableValues, 1)
        return undefined
      }
    }
  })

  yield* store.notices(channel).pipe(
    Stream.runForEach(
      Effect.fnUntraced(function* (message) {
        const notice = Option.getOrUndefined(decode(message))
        if (notice === undefined) return yield* Metric.update(unusableValues, 1)
        if (notice.from === replica) return
        const change = yield* changeOf(notice)
        yield* wake(notice.key, change?._tag === "Failed" ? change : undefined)
        if (change !== undefined) yield* PubSub.publish(changes, change)
      })
    ),
    Effect.forkScoped
  )

  // What was told while there was no connection is lost: each looks for itself.
  yield* store.restored.pipe(
    Stream.runForEach(() => Effect.forEach([...waiting.keys()], (key) => wake(key, undefined), { discard: true })),
    Effect.forkScoped({ startImmediately: true })
  )

  return {
    changes: Stream.fromPubSub(changes),
    /** What ends with the next notice of the key after this. */
    next: (key: string): Effect.Effect<Ending> => {
      const known = waiting.get(key) ?? Deferred.makeUnsafe<Ending>()
      waiting.set(key, known)
      return Deferred.await(known)
    },
    /** Nobody waits for the key any more. */
    leave: (key: string): Effect.Effect<void> => Effect.sync(() => void waiting.delete(key))
  }
})
