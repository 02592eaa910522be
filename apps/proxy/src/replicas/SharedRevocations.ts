import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"
import { Revocations } from "../callers/Revocations.ts"
import { RedisLink } from "./RedisLink.ts"

const channel = "revocations"

/** A revocation is kept for so long after it; by then every replica must have a file of keys without the key. */
const kept = Duration.days(90)

/** Adds a key's hash to those that are revoked, drops the oldest and tells everybody. */
const add = Redis.script(
  (set: string, sha256: string, now: number, oldest: number, channel: string) => [set, sha256, now, oldest, channel],
  {
    numberOfKeys: 1,
    lua: `
redis.call("ZADD", KEYS[1], ARGV[2], ARGV[1])
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", ARGV[3])
redis.call("PUBLISH", ARGV[4], "")
return 1
`
  }
).withReturnType<number>()

/** Has every replica refuse the key of this SHA-256, in hex, whatever its file of keys says. */
export const revoke = Effect.fn("SharedRevocations.revoke")(function* (sha256: string) {
  const { prefix } = yield* RedisLink
  const redis = yield* Redis.Redis
  const now = yield* Clock.currentTimeMillis
  yield* redis.eval(add)(prefix + channel, sha256, now, now - Duration.toMillis(kept), prefix + channel)
})

/** What was revoked at any replica. A revocation once heard of holds while the process runs, whatever Redis forgets. */
export const layer: Layer.Layer<never, never, RedisLink | Redis.Redis> = Layer.effect(
  Revocations,
  Effect.gen(function* () {
    const { events, messages, prefix } = yield* RedisLink
    const redis = yield* Redis.Redis
    const revoked = new Set<string>()
    const changes = yield* PubSub.sliding<void>(1)

    const learn = redis.send<ReadonlyArray<string>>("ZRANGE", prefix + channel, "0", "-1").pipe(
      Effect.flatMap((all) => {
        const before = revoked.size
        for (const sha256 of all) revoked.add(sha256)
        return revoked.size === before ? Effect.void : Effect.asVoid(PubSub.publish(changes, undefined))
      }),
      Effect.ignore
    )
    yield* learn
    yield* Effect.forkScoped(
      Stream.runForEach(Stream.merge(messages(channel), events), () => learn),
      { startImmediately: true }
    )
    return { isRevoked: (sha256) => revoked.has(sha256), changes: Stream.fromPubSub(changes) }
  })
)
