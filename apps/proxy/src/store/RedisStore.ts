import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as Clock from "effect/Clock"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Redis from "effect/persistence/Redis"
import * as Stream from "effect/Stream"
import { makeSeal, type SealingKey } from "../crypto/Encryption.ts"
import { sayingOf } from "./RedisFailure.ts"
import { RedisLink, type RedisLinkOptions } from "./RedisLink.ts"
import { makeRedisQuotas } from "./RedisQuotas.ts"
import * as Scripts from "./RedisScripts.ts"
import { makeReplayCache } from "./ReplayCache.ts"
import { type Channel, type Held, type Leased, type Slot, Store, StoreUnavailable } from "./Store.ts"

/** The options of a store that replicas share. */
export interface SharingOptions {
  /** The number of shares of a quota while Redis is unavailable; 1 by default. */
  readonly replicas?: number
  /** Keys that seal values and notices; without one they stay readable. */
  readonly sealingKeys?: ReadonlyArray<SealingKey>
}

/** The channels of the replicas' notices. */
const channels: ReadonlyArray<Channel> = ["answers", "credentials", "revocations"]

/** A revocation is kept for so long after it; by then every replica must have a file without the credential. */
const revokedFor = Duration.days(90)

/**
 * The store that replicas share, in Redis: one server, the master that
 * sentinels name, or a cluster. What is changed in one step lies in one slot of
 * a cluster: the part of a name that stands in braces decides about that. Where
 * there are keys, values and notices are sealed, each for the place where it
 * stands.
 *
 * @source Redis cluster specification, "Hash tags"
 */
const makeRedisStore = Effect.fnUntraced(function* ({ replicas = 1, sealingKeys = [] }: SharingOptions) {
  const link = yield* RedisLink
  const redis = yield* Redis.Redis
  const { patient, prefix } = link
  const limiter = yield* RateLimiter.RateLimiter
  const { close, open } = yield* Effect.orDie(makeSeal(sealingKeys))
  const random = yield* SecureRandom.SecureRandom
  /** Marks the notices of this replica, which it passes over itself. */
  const replica = Hex.encode(yield* random.randomBytes(8))

  const carriedOut =
    (operation: string) =>
    <A, R>(effect: Effect.Effect<A, Redis.RedisError, R>): Effect.Effect<A, StoreUnavailable, R> =>
      Effect.catchTag(link.noting(operation)(effect), "RedisError", (error) =>
        Effect.fail(new StoreUnavailable({ message: sayingOf(error) }))
      )
  const ofSlot = ({ kind }: Slot) => carriedOut(kind === "answer" ? "answers" : "credentials")

  const placesOf = ({ id, kind }: Slot) => {
    const place = `${prefix}{${kind}:${id}}`
    return [place, `${place}:lease`] as const
  }
  const channelOf = ({ kind }: Slot): Channel => `${kind}s`
  const sealPlaceOf = ({ id, kind }: Slot) => `${kind}:${id}`
  const heldIn = (slot: Slot, [, version, value, life, left]: Scripts.FoundReply): Effect.Effect<Held> =>
    Effect.map(open(value, sealPlaceOf(slot)), (opened) => ({ version, value: opened, life: Number(life), left }))
  const sealedNotice = (slot: Slot, notice: string) =>
    Effect.map(Effect.orDie(close(notice, channelOf(slot))), (sealed) => `${replica}:${sealed}`)

  const run = {
    claim: redis.eval(Scripts.claim),
    renew: redis.eval(Scripts.renew),
    release: redis.eval(Scripts.release),
    revoke: patient.eval(Scripts.revoke)
  }
  const revocations = `${prefix}revocations`

  const take = yield* makeRedisQuotas(replicas, (bucket, quota, tokens) =>
    limiter
      .consume({
        // Two keys are made of it, which change in one step.
        key: `{${bucket}}`,
        tokens,
        algorithm: "token-bucket",
        limit: quota.burst,
        window: Duration.seconds(quota.burst / quota.perSecond)
      })
      .pipe(
        Effect.map(({ remaining, resetAfter }) => ({
          _tag: "Taken" as const,
          left: remaining,
          fullAfter: Duration.toMillis(resetAfter)
        })),
        Effect.catchTag("RateLimiterError", ({ reason }) =>
          reason._tag === "RateLimitExceeded"
            ? Effect.succeed({ _tag: "Empty" as const, nextAfter: Duration.toMillis(reason.retryAfter) })
            : Effect.fail(new Redis.RedisError({ cause: reason.cause }))
        ),
        carriedOut("quotas")
      )
  )

  /** The names that this replica remembers by itself. */
  const own = makeReplayCache()
  const isFirstOfAll = (name: string, milliseconds: number) =>
    carriedOut("signatures")(
      redis.send<string | null>("SET", `${prefix}signature:${name}`, "", "NX", "PX", String(milliseconds))
    ).pipe(
      Effect.map((reply) => reply !== null),
      Effect.orElseSucceed(() => true)
    )

  return Store.of({
    isShared: true,
    claim: (slot, { known, milliseconds, token }) =>
      ofSlot(slot)(run.claim(...placesOf(slot), known, token, milliseconds)).pipe(
        Effect.flatMap((reply): Effect.Effect<Leased> =>
          reply[0] === "found"
            ? Effect.map(heldIn(slot, reply), (held) => ({ _tag: "Found", held }))
            : Effect.succeed(reply[0] === "granted" ? { _tag: "Granted" } : { _tag: "Taken", left: reply[1] })
        )
      ),
    look: (slot) =>
      ofSlot(slot)(run.claim(...placesOf(slot), "", "", 0)).pipe(
        Effect.flatMap((reply) => (reply[0] === "found" ? heldIn(slot, reply) : Effect.undefined))
      ),
    renew: (slot, token, milliseconds) => ofSlot(slot)(run.renew(placesOf(slot)[1], token, milliseconds)),
    release: Effect.fnUntraced(function* (slot, { notice, token = "", value }) {
      const change =
        typeof value === "string"
          ? { word: value, written: [] }
          : {
              word: "write",
              written: [value.version, yield* Effect.orDie(close(value.value, sealPlaceOf(slot))), value.milliseconds]
            }
      const told = [prefix + channelOf(slot), yield* sealedNotice(slot, notice)] as const
      yield* ofSlot(slot)(run.release(...placesOf(slot), token, change.word, ...told, ...change.written))
    }),
    take,
    useOnce: (used, milliseconds, permit = Effect.void) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        // Before anything is awaited, so that of two at once one is the first.
        own.use(used, milliseconds, now)
          ? Effect.andThen(permit, isFirstOfAll(used.name, milliseconds))
          : Effect.succeed(false)
      ),
    revoke: (id) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        carriedOut("revocations")(run.revoke(revocations, id, now, now - Duration.toMillis(revokedFor), revocations))
      ),
    revoked: carriedOut("revocations")(patient.send<ReadonlyArray<string>>("ZRANGE", revocations, "0", "-1")),
    notices: (channel) =>
      channel === "revocations"
        ? link.messages(channel)
        : link.messages(channel).pipe(
            Stream.filter((message) => !message.startsWith(`${replica}:`)),
            Stream.mapEffect((message) =>
              Effect.map(open(message.slice(message.indexOf(":") + 1), channel), (notice) => notice ?? "")
            )
          ),
    restored: link.restored,
    troubles: link.troubles
  })
})

/** The store in this Redis, which is shown nothing but sealed text where there are keys. */
export const layer = (options: Omit<RedisLinkOptions, "channels"> & SharingOptions): Layer.Layer<Store> =>
  Layer.effect(Store, makeRedisStore(options)).pipe(
    Layer.provide([NodeCrypto.layerAead, NodeCrypto.layerSecureRandom]),
    Layer.provide(RateLimiter.layer),
    Layer.provide(RateLimiter.layerStoreRedis({ prefix: `${options.prefix}quota:` })),
    Layer.provide(RedisLink.layer({ ...options, channels }))
  )
