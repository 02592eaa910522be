import * as Clock from "effect/Clock"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { type FetchLease, type FetchLeaseResult, type SharedEntry, SharedCache } from "../cache/SharedCache.ts"
import { makeNotifications, write } from "../store/Notifications.ts"
import { type Held, type Slot, Store } from "../store/Store.ts"
import { sharedCalls, unusableValues } from "../store/StoreMetrics.ts"
import * as AnswerCodec from "./AnswerCodec.ts"

/** How long a lock outlives a replica that has died, and how often one that lives renews it, in milliseconds. */
const lockLife = 3_000
const renewal = 1_000

/** How long a notice is waited for before one looks again: a notice may be lost. */
const patience = 1_000

/** An answer stays so long at least, in milliseconds, for the replicas that wait for it, even if no later request may use it. */
const shortestLife = 1_000

const make = Effect.gen(function* () {
  const store = yield* Store
  const scope = yield* Effect.scope
  const random = yield* SecureRandom.SecureRandom
  const notices = yield* makeNotifications("answers")
  /** What is to be forgotten and could not be: until then the store knows too much. */
  const unforgotten = new Set<string>()

  const slotOf = (key: string): Slot => ({ kind: "answer", id: key.replaceAll("\n", "/") })

  /** What stands in the store, with the time since it was put there, by the store's clock alone. */
  const shared = Effect.fnUntraced(function* (
    key: string,
    { left, life, value, version }: Held
  ): Effect.fn.Return<SharedEntry | undefined> {
    const answered = value === undefined ? undefined : yield* AnswerCodec.read(key, value)
    const age = life - left
    if (answered !== undefined && left >= 0 && age >= 0) {
      return { ...answered, version, at: (yield* Clock.currentTimeMillis) - age }
    }
    yield* Metric.update(unusableValues, 1)
    return undefined
  })

  const settled = Effect.fnUntraced(function* (key: string, token: string, settlement: FetchLeaseResult) {
    const slot = slotOf(key)
    const letGo = { token, forgets: false, notice: write({ _tag: "Withdrawn", key }) }
    switch (settlement._tag) {
      case "Answered": {
        const value = AnswerCodec.write(key, settlement.answered)
        const milliseconds = Math.max(shortestLife, Math.floor(settlement.milliseconds))
        const notice = write({ _tag: "Stored", key })
        return yield* store
          .write(slot, { token, value, milliseconds, notice })
          .pipe(Effect.catch(() => store.release(slot, letGo)))
      }
      case "Failed": {
        const notice = write({ _tag: "Failed", key, error: settlement.error })
        return yield* store.release(slot, { token, forgets: settlement.isLast, notice })
      }
      case "Withdrawn":
        return yield* store.release(slot, letGo)
    }
  })

  /** The right to call, until it is settled or the scope ends. */
  const granted = Effect.fnUntraced(function* (key: string, token: string) {
    let isSettled = false
    const release = (settlement: FetchLeaseResult) =>
      Effect.suspend(() => {
        if (isSettled) return Effect.void
        isSettled = true
        return Effect.asVoid(Effect.forkIn(Effect.ignore(settled(key, token, settlement)), scope))
      })
    yield* Effect.addFinalizer(() => release({ _tag: "Withdrawn" }))
    yield* store
      .renew(slotOf(key), token, lockLife)
      .pipe(Effect.ignore, Effect.schedule(Schedule.spaced(renewal)), Effect.forkScoped)
    const claim: FetchLease = { _tag: "Granted", version: token, release }
    return claim
  })

  const claim = Effect.fnUntraced(
    function* (key: string, known: string | undefined) {
      const token = Hex.encode(yield* random.randomBytes(16))
      let isKnown = known ?? ""
      let isAwaited = false
      while (true) {
        // Before the claim, so that no notice falls between the two.
        const notice = notices.next(key)
        const reply = unforgotten.has(key)
          ? undefined
          : Option.getOrUndefined(
              yield* Effect.option(store.claim(slotOf(key), { known: isKnown, token, milliseconds: lockLife }))
            )
        switch (reply?._tag) {
          case "Found": {
            const found = yield* shared(key, reply.held)
            // What cannot be used is as good as known: the next answer takes its place.
            isKnown = reply.held.version
            if (found === undefined) break
            yield* Metric.update(sharedCalls[isAwaited ? "followed" : "found"], 1)
            const claim: FetchLease = { _tag: "Found", shared: found, isAwaited }
            return claim
          }
          case "Taken": {
            isAwaited = true
            const wait = Math.max(1, Math.min(reply.left, patience))
            const ending = yield* Effect.timeoutOption(notice, Duration.millis(wait))
            const failed = Option.getOrUndefined(ending)
            if (failed === undefined) break
            yield* Metric.update(sharedCalls.followed, 1)
            const claim: FetchLease = { _tag: "Failed", error: failed.error }
            return claim
          }
          case "Granted":
            yield* Metric.update(sharedCalls.led, 1)
            return yield* granted(key, token)
          case undefined:
            // A claim that came too late may yet have been granted, so it is settled all the same.
            yield* Metric.update(sharedCalls.alone, 1)
            return yield* granted(key, token)
        }
      }
    },
    (effect, key) => Effect.ensuring(effect, notices.leave(key))
  )

  const forget = Effect.fnUntraced(function* (key: string) {
    const notice = write({ _tag: "Forgotten", key })
    const forgotten = yield* Effect.option(store.forget(slotOf(key), notice))
    if (Option.isSome(forgotten)) unforgotten.delete(key)
    else unforgotten.add(key)
  })

  yield* store.restored.pipe(
    Stream.runForEach(() => Effect.forEach([...unforgotten], forget, { discard: true })),
    Effect.forkScoped({ startImmediately: true })
  )

  return SharedCache.of({
    acquire: claim,
    look: Effect.fnUntraced(function* (key) {
      const held = Option.getOrUndefined(yield* Effect.option(store.look(slotOf(key))))
      return held === undefined ? undefined : yield* shared(key, held)
    }),
    forget,
    changes: notices.changes
  })
})

/** Answers and calls shared through the store. */
export const layer: Layer.Layer<never, never, Store | SecureRandom.SecureRandom> = Layer.effect(SharedCache, make)
