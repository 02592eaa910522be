import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"
import { makeReplayCache } from "./ReplayCache.ts"
import { Store } from "./Store.ts"
import { makeTokenBuckets } from "./TokenBuckets.ts"

/**
 * The store of one process that is no other's replica. Its cache, its single
 * flights and its credentials are in memory anyway, so of those nothing is
 * written a second time: every lease is granted, and nothing is found.
 */
const makeMemoryStore = Effect.gen(function* () {
  const revocations = yield* PubSub.sliding<string>(1)
  const buckets = makeTokenBuckets()
  const names = makeReplayCache()
  const revoked = new Set<string>()
  return Store.of({
    isShared: false,
    claim: () => Effect.succeed({ _tag: "Granted" }),
    look: () => Effect.succeed(undefined),
    renew: () => Effect.void,
    release: () => Effect.void,
    take: (bucket, quota, now) => Effect.succeed(buckets.take(bucket, quota, now)),
    useOnce: (used, milliseconds) => Effect.map(Clock.currentTimeMillis, (now) => names.use(used, milliseconds, now)),
    revoke: (id) =>
      Effect.suspend(() => {
        revoked.add(id)
        return Effect.asVoid(PubSub.publish(revocations, id))
      }),
    revoked: Effect.sync(() => [...revoked]),
    notices: (channel) => (channel === "revocations" ? Stream.fromPubSub(revocations) : Stream.empty),
    restored: Stream.empty,
    troubles: () => []
  })
})

/** One process, by itself. */
export const layer: Layer.Layer<Store> = Layer.effect(Store, makeMemoryStore)
