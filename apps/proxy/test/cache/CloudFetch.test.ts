import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Result, Stream } from "effect"
import { BackupCache } from "../../src/cache/BackupCache.ts"
import { keyOf } from "../../src/cache/CacheKey.ts"
import type { CacheResult } from "../../src/cache/CacheResult.ts"
import { makeCacheStore } from "../../src/cache/CacheStore.ts"
import { makeCloudFetch } from "../../src/cache/CloudFetch.ts"
import { SharedAnswers } from "../../src/cache/SharedAnswers.ts"
import { RateLimits } from "../../src/callers/RateLimits.ts"
import { defaultCachePolicy } from "../../src/policy/CachePolicy.ts"
import { defaultLimitsPolicy } from "../../src/policy/LimitsPolicy.ts"
import { answers, ask, listOf, makeCloud, request, withCache } from "./Cloud.ts"

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

/** Replicas that never answer. */
const silent = Layer.succeed(SharedAnswers, {
  acquire: () => Effect.never,
  look: () => Effect.never,
  forget: () => Effect.void,
  changes: Stream.never
})

describe("a look at what other replicas have", () => {
  it.live("leaves nothing behind when it is interrupted", () =>
    Effect.gen(function* () {
      const { look } = yield* makeCloudFetch(makeCacheStore(defaultCachePolicy), defaultLimitsPolicy)
      const interrupted = Effect.gen(function* () {
        // A key whose end can be told: of a string it cannot.
        const key = Object("key") as string
        const fiber = yield* Effect.forkChild(look(key), { startImmediately: true })
        yield* Fiber.interrupt(fiber)
        return new WeakRef(key as unknown as object)
      })
      const key = yield* interrupted
      // A WeakRef keeps its object to the end of the turn.
      yield* Effect.sleep("10 millis")
      collect()
      assert.isUndefined(key.deref())
      // What would keep the key is still there.
      assert.isFunction(look)
    }).pipe(Effect.provide([silent, RateLimits.layerMemory]))
  )
})

describe("a defect", () => {
  const told = ({ outcome }: CacheResult) =>
    Result.isFailure(outcome) && outcome.failure._tag === "ProxyError" ? outcome.failure.reason : outcome._tag

  it.effect("before a call's first step is answered, and the next request makes a call of its own", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        let isBroken = true
        const upstream: typeof cloud.upstream = {
          ...cloud.upstream,
          showBackup: (of) => {
            if (isBroken) throw new Error("broken")
            return cloud.upstream.showBackup(of)
          }
        }
        assert.strictEqual(told(yield* ask(upstream)), "InternalError")
        assert.strictEqual(told(yield* ask(upstream, "no-store")), "InternalError")
        isBroken = false
        assert.strictEqual(told(yield* ask(upstream)), "Success")
        assert.strictEqual(cloud.calls, 1)
      })
    )
  )

  it.effect("in a look for a cached answer is answered as a cache that has none", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        assert.strictEqual(told(yield* ask(cloud.upstream, "only-if-cached")), "NotCached")
        assert.strictEqual(cloud.calls, 0)
      }),
      {
        acquire: () => Effect.never,
        look: () => Effect.die("broken"),
        forget: () => Effect.void,
        changes: Stream.never
      }
    )
  )
})

describe("a call for all replicas", () => {
  it.effect("has its answer cached, and outdated ones forgotten, before another replica hears of it", () => {
    const list = { project_id: request.project_id, limit: 10 }
    const cloud = makeCloud(answers.available)
    cloud.list = listOf({ id: request.backup_id, status: "deleting" })
    const keys = [request, list].map((of) => keyOf(cloud.upstream, of))
    const heard: Array<ReadonlyArray<boolean>> = []
    let cached = (_key: string): boolean => false
    const shared: SharedAnswers["Service"] = {
      acquire: () =>
        Effect.succeed({
          _tag: "Granted",
          version: "token",
          release: () => Effect.sync(() => void heard.push(keys.map(cached)))
        }),
      look: () => Effect.undefined,
      forget: () => Effect.void,
      changes: Stream.never
    }
    return withCache(
      Effect.gen(function* () {
        const { store } = yield* BackupCache
        cached = (key) => store.peek(key) !== undefined
        assert.isTrue(Result.isSuccess((yield* ask(cloud.upstream)).outcome))
        assert.isTrue(Result.isSuccess((yield* ask(cloud.upstream, "", { request: list })).outcome))
        assert.deepStrictEqual(heard, [
          [true, false],
          [false, true]
        ])
      }),
      shared
    )
  })
})
