import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Redis from "effect/persistence/Redis"
import { sayingOf } from "./RedisFailure.ts"
import { RedisLink, type RedisLinkOptions } from "./RedisLink.ts"
import * as Scripts from "./RedisScripts.ts"
import { type Channel, type Held, type Slot, Store, StoreUnavailable, type Written } from "./Store.ts"

/** On which replicas tell each other something. */
const channels: ReadonlyArray<Channel> = ["answers", "credentials", "revocations"]

/** A revocation is kept for so long after it; by then every replica must have a file without the credential. */
const revokedFor = Duration.days(90)

/** Those that nobody waits for, and that must not fail for a reply that is a little late. */
const patience = Duration.seconds(1)

/**
 * What several replicas have in common, in Redis: one server, the master that
 * sentinels name, or a cluster. What is changed in one step lies in one slot of
 * a cluster: the part of a name that stands in braces decides about that.
 *
 * @source Redis cluster specification, "Hash tags"
 */
const makeRedisStore = Effect.gen(function* () {
  const link = yield* RedisLink
  const redis = yield* Redis.Redis
  const { prefix } = link
  const patient = link.patient(patience)
  const limiter = yield* RateLimiter.RateLimiter

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
  const channelOf = ({ kind }: Slot) => `${prefix}${kind}s`
  const heldIn = ([, version, value, life, left]: readonly ["found", string, string, string, number]): Held => ({
    version,
    value,
    life: Number(life),
    left
  })
  const writing = (slot: Slot, { milliseconds, notice, token, value }: Written) =>
    [...placesOf(slot), { token, value, milliseconds, channel: channelOf(slot), notice }] as const

  const run = {
    claim: redis.eval(Scripts.claim),
    look: redis.eval(Scripts.look),
    renew: redis.eval(Scripts.renew),
    store: redis.eval(Scripts.store),
    overrule: redis.eval(Scripts.overrule),
    release: redis.eval(Scripts.release),
    forget: redis.eval(Scripts.forget),
    revoke: patient.eval(Scripts.revoke)
  }
  const revocations = `${prefix}revocations`

  return Store.of({
    isShared: true,
    claim: (slot, { known, milliseconds, token }) =>
      ofSlot(slot)(run.claim(...placesOf(slot), known, token, milliseconds)).pipe(
        Effect.map((reply) =>
          reply[0] === "found"
            ? { _tag: "Found", held: heldIn(reply) }
            : reply[0] === "granted"
              ? { _tag: "Granted" }
              : { _tag: "Taken", left: reply[1] }
        )
      ),
    look: (slot) =>
      ofSlot(slot)(run.look(placesOf(slot)[0])).pipe(
        Effect.map((reply) => (reply.length === 0 ? undefined : heldIn(reply)))
      ),
    renew: (slot, token, milliseconds) =>
      ofSlot(slot)(Effect.asVoid(run.renew(placesOf(slot)[1], token, milliseconds))),
    write: (slot, written) => ofSlot(slot)(Effect.asVoid(run.store(...writing(slot, written)))),
    overrule: (slot, written) => ofSlot(slot)(Effect.asVoid(run.overrule(...writing(slot, written)))),
    release: (slot, end) =>
      ofSlot(slot)(Effect.asVoid(run.release(...placesOf(slot), { ...end, channel: channelOf(slot) }))),
    forget: (slot, notice) => ofSlot(slot)(Effect.asVoid(run.forget(...placesOf(slot), channelOf(slot), notice))),
    take: (bucket, quota, tokens) =>
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
        ),
    useOnce: (name, milliseconds) =>
      carriedOut("signatures")(
        redis.send<string | null>("SET", `${prefix}signature:${name}`, "", "NX", "PX", String(milliseconds))
      ).pipe(Effect.map((reply) => reply !== null)),
    revoke: (id) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        carriedOut("revocations")(
          Effect.asVoid(run.revoke(revocations, id, now, now - Duration.toMillis(revokedFor), revocations))
        )
      ),
    revoked: carriedOut("revocations")(patient.send<ReadonlyArray<string>>("ZRANGE", revocations, "0", "-1")),
    notices: link.messages,
    restored: link.restored,
    troubles: link.troubles
  })
})

/** The store in this Redis. */
export const layer = (options: Omit<RedisLinkOptions, "channels">): Layer.Layer<Store> =>
  Layer.effect(Store, makeRedisStore).pipe(
    Layer.provide(RateLimiter.layer),
    Layer.provide(RateLimiter.layerStoreRedis({ prefix: `${options.prefix}quota:` })),
    Layer.provide(RedisLink.layer({ ...options, channels }))
  )
