import { assert, describe, it } from "@effect/vitest"
import { Effect, PubSub, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import { BackupCache } from "../../src/cache/BackupCache.ts"
import { keyOf } from "../../src/cache/CacheKey.ts"
import type { SharedAnswers, SharedEntry } from "../../src/cache/SharedAnswers.ts"
import type { Change } from "../../src/store/LeasedValues.ts"
import { responseOf } from "./backupOf.ts"
import { answers, ask, makeCloud, request, withCache } from "./Cloud.ts"

/** Replicas that tell by hand, and give what they have after so long. */
const replicas = Effect.gen(function* () {
  const told = yield* PubSub.unbounded<Change>()
  const state = { looks: 0, delay: 0, found: undefined as SharedEntry | undefined }
  const shared: SharedAnswers["Service"] = {
    acquire: () => Effect.succeed({ _tag: "Granted", version: "token", release: () => Effect.void }),
    look: () =>
      Effect.suspend(() => {
        state.looks++
        const { found } = state
        return Effect.delay(Effect.succeed(found), state.delay)
      }),
    forget: () => Effect.void,
    changes: Stream.fromPubSub(told)
  }
  return { state, shared, tell: (change: Change) => PubSub.publish(told, change) }
})

describe("what other replicas tell", () => {
  it.effect("does not wait for what is looked up for it: a purge behind many answers is heard at once", () =>
    Effect.gen(function* () {
      const { shared, state, tell } = yield* replicas
      yield* withCache(
        Effect.gen(function* () {
          const cloud = makeCloud(answers.available)
          yield* ask(cloud.upstream)
          const key = keyOf(cloud.upstream, request)
          const { store } = yield* BackupCache
          state.delay = 8
          for (let n = 0; n < 3_000; n++) yield* tell({ _tag: "Stored", key })
          yield* tell({ _tag: "Forgotten", key })
          yield* TestClock.adjust(0)
          assert.isUndefined(store.peek(key))
          yield* TestClock.adjust("1 minute")
          assert.isAtMost(state.looks, 2, "one backup is looked at once, however often it is told")
        }),
        shared
      )
    })
  )

  it.effect("is not brought back by a look that was on its way when it was forgotten", () =>
    Effect.gen(function* () {
      const { shared, state, tell } = yield* replicas
      yield* withCache(
        Effect.gen(function* () {
          const cloud = makeCloud(answers.available)
          yield* ask(cloud.upstream)
          const key = keyOf(cloud.upstream, request)
          const { store } = yield* BackupCache
          state.delay = 8
          state.found = {
            answer: Result.succeed(responseOf({ status: "available", name: "purged" })),
            wasLeaving: false,
            at: 0,
            version: "other"
          }
          yield* tell({ _tag: "Stored", key })
          yield* TestClock.adjust(1)
          yield* tell({ _tag: "Forgotten", key })
          yield* TestClock.adjust("1 second")
          assert.isUndefined(store.peek(key))
        }),
        shared
      )
    })
  )
})
