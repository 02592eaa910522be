import { ShowBackupError } from "@cbr/client"
import * as Clock from "effect/Clock"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { makeLeaseWaiters, type Waiting } from "./LeaseWaiters.ts"
import { makePendingDeletions } from "./PendingDeletions.ts"
import { type Held, type Slot, Store, type StoreUnavailable, type Written } from "./Store.ts"
import { unusableValues } from "./StoreMetrics.ts"

/** A message of one replica to the others about a key. */
const Notice = Schema.fromJsonString(
  Schema.Union([
    Schema.TaggedStruct("Stored", { key: Schema.String }),
    Schema.TaggedStruct("Failed", { key: Schema.String, error: ShowBackupError }),
    Schema.TaggedStruct("Forgotten", { key: Schema.String }),
    /** Nothing came of a lease: the next may have it. */
    Schema.TaggedStruct("Withdrawn", { key: Schema.String })
  ])
)
const decode = Schema.decodeUnknownOption(Notice)
const encode = Schema.encodeSync(Notice)

/** A notice that tells of more than the end of a lease. */
export type Change = Exclude<typeof Notice.Type, { readonly _tag: "Withdrawn" }>

/** The outcome of a wish for a lease. */
export type Acquired<A> =
  /** This replica has the lease, until it writes or releases. */
  | { readonly _tag: "Granted"; readonly token: string }
  /** The store cannot tell. What comes of the wish is settled all the same: the lease may yet have been granted. */
  | { readonly _tag: "Alone"; readonly token: string }
  /** A value was there; `isAwaited` when it was not there yet as the lease was asked for. */
  | { readonly _tag: "Found"; readonly value: A; readonly isAwaited: boolean }
  /** The replica that had the lease failed while this one waited for it. */
  | { readonly _tag: "Failed"; readonly error: ShowBackupError }

/** A wish for a lease. */
interface Wish<A> {
  /** The version of a value that will not do. */
  readonly known?: string | undefined
  /** The time after which a lease ends that no replica renews. */
  readonly milliseconds: number
  /** Reads a value; returns `undefined` if it is unusable, as if it were the known one. */
  readonly read: (held: Held) => Effect.Effect<A | undefined>
}

/** Values in the store by key, each written by the replica that has its lease; and the notices about them. */
export interface LeasedValues {
  /** Asks for the lease of a key, unless there is a value other than the known one; waits while another replica has it. */
  readonly acquire: <A>(key: string, wish: Wish<A>) => Effect.Effect<Acquired<A>>
  /** The value of a key; `undefined` also while the store is unavailable. */
  readonly look: (key: string) => Effect.Effect<Held | undefined>
  readonly renew: (key: string, token: string, milliseconds: number) => Effect.Effect<void, StoreUnavailable>
  /** Writes under the lease of a token; without one, whichever replica has the lease. */
  readonly write: (
    key: string,
    written: Pick<Written, "value" | "milliseconds"> & { readonly token?: string }
  ) => Effect.Effect<void, StoreUnavailable>
  /** Ends a lease of which no value came; after a failure that `isLast`, what stood there before is of no use either. */
  readonly release: (
    key: string,
    token: string,
    failure?: { readonly error: ShowBackupError; readonly isLast: boolean }
  ) => Effect.Effect<void, StoreUnavailable>
  /** Forgets a value at every replica. While the store cannot be had, this replica asks it nothing of the key. */
  readonly forget: (key: string) => Effect.Effect<void>
  /** Changes by the other replicas, from now on. */
  readonly changes: Stream.Stream<Change>
}

/** A wish asks the store again after this long, in milliseconds, since a notice may be lost. */
const maxWait = 1_000

/** The values of one kind, followed as long as the scope lasts. */
export const makeLeasedValues = Effect.fnUntraced(function* (kind: Slot["kind"]) {
  const store = yield* Store
  const random = yield* SecureRandom.SecureRandom
  const changes = yield* PubSub.unbounded<Change>()
  const waiters = makeLeaseWaiters()
  const unforgotten = makePendingDeletions(yield* Clock.Clock)

  const newToken = Effect.map(random.randomBytes(16), Hex.encode)
  const slotOf = (key: string): Slot => ({ kind, id: key.replaceAll("\n", "/") })

  const tellForgotten = Effect.fnUntraced(function* (key: string) {
    const forgotten = yield* Effect.result(
      store.release(slotOf(key), { token: undefined, value: "forget", notice: encode({ _tag: "Forgotten", key }) })
    )
    if (forgotten._tag === "Success") unforgotten.delete(key)
  })

  const forget = (key: string) =>
    Effect.suspend(() => {
      unforgotten.add(key)
      return tellForgotten(key)
    })

  yield* store.notices(`${kind}s`).pipe(
    Stream.runForEach((message) => {
      const notice = Option.getOrUndefined(decode(message))
      if (notice === undefined) return Metric.update(unusableValues, 1)
      waiters.wake(notice.key, notice._tag === "Failed" ? notice.error : undefined)
      return notice._tag === "Withdrawn" ? Effect.void : PubSub.publish(changes, notice)
    }),
    Effect.forkScoped
  )

  // A notice that was told while there was no connection is lost: each fiber looks for itself.
  yield* store.restored.pipe(
    Stream.runForEach(() => {
      waiters.wakeAll()
      return Effect.forEach(unforgotten.keys(), tellForgotten, { discard: true })
    }),
    Effect.forkScoped({ startImmediately: true })
  )

  const claim = Effect.fnUntraced(function* <A>(
    key: string,
    { known = "", milliseconds, read }: Wish<A>,
    entered: Waiting
  ): Effect.fn.Return<Acquired<A>> {
    const token = yield* newToken
    let seen = known
    let isAwaited = false
    while (true) {
      // Before the claim, so that no notice falls between the two.
      const { notice } = entered
      const reply = unforgotten.has(key)
        ? undefined
        : Option.getOrUndefined(yield* Effect.option(store.claim(slotOf(key), { known: seen, token, milliseconds })))
      switch (reply?._tag) {
        case "Found": {
          const value = unforgotten.isUsable(reply.held) ? yield* read(reply.held) : undefined
          if (value !== undefined) return { _tag: "Found", value, isAwaited }
          seen = reply.held.version
          break
        }
        case "Taken": {
          isAwaited = true
          const wait = Duration.millis(Math.max(1, Math.min(reply.left, maxWait)))
          const error = Option.getOrUndefined(yield* Effect.timeoutOption(Deferred.await(notice), wait))
          if (error !== undefined) return { _tag: "Failed", error }
          break
        }
        case "Granted":
          return { _tag: "Granted", token }
        case undefined:
          return { _tag: "Alone", token }
      }
    }
  })

  const values: LeasedValues = {
    acquire: (key, wish) =>
      Effect.acquireUseRelease(
        Effect.sync(() => waiters.enter(key)),
        (entered) => claim(key, wish, entered),
        (entered) => Effect.sync(() => waiters.leave(key, entered))
      ),
    look: (key) =>
      unforgotten.has(key)
        ? Effect.undefined
        : store.look(slotOf(key)).pipe(
            Effect.map((held) => (held !== undefined && unforgotten.isUsable(held) ? held : undefined)),
            Effect.orElseSucceed(() => undefined)
          ),
    renew: (key, token, milliseconds) => store.renew(slotOf(key), token, milliseconds),
    write: (key, { milliseconds, token, value }) =>
      Effect.flatMap(token === undefined ? newToken : Effect.succeed(token), (version) =>
        store.release(slotOf(key), {
          token,
          value: { version, value, milliseconds },
          notice: encode({ _tag: "Stored", key })
        })
      ),
    release: (key, token, failure) =>
      store.release(slotOf(key), {
        token,
        value: failure?.isLast === true ? "forget" : "keep",
        notice: encode(
          failure === undefined ? { _tag: "Withdrawn", key } : { _tag: "Failed", key, error: failure.error }
        )
      }),
    forget,
    changes: Stream.fromPubSub(changes)
  }
  return values
})
