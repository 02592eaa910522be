import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Exit, Metric, Redacted, Schedule, Stream } from "effect"
import { Redis } from "effect/persistence"
import { needs } from "../../../../debian.ts"
import { RedisLink, type RedisLinkOptions } from "../../src/store/RedisLink.ts"
import { makeRedisServer } from "./RedisServer.ts"
import { addressAt } from "./StoreOf.ts"

const linked = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  { url, ...access }: Pick<RedisLinkOptions, "password"> & { readonly url: string }
) =>
  effect.pipe(
    Effect.provide(
      RedisLink.layer({
        prefix: "test:",
        timeLimit: Duration.millis(250),
        channels: ["channel"],
        ...addressAt(url),
        ...access
      })
    ),
    Effect.provideService(Metric.MetricRegistry, new Map())
  )

const get = Redis.Redis.use((redis) => redis.send<string | null>("GET", "test:key"))
const set = (value: string) => Redis.Redis.use((redis) => redis.send("SET", "test:key", value))

/** Until it succeeds, and not for ever. */
const inTheEnd = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.retry(effect, Schedule.spaced("50 millis").pipe(Schedule.upTo({ times: 800 })))

const isDegraded = Effect.map(Metric.snapshot, (snapshots) => {
  const state = snapshots.find(({ id }) => id === "cbr_proxy_redis_degraded")?.state
  return state !== undefined && "value" in state && state.value === 1
})
const degraded = inTheEnd(Effect.flatMap(isDegraded, (is) => (is ? Effect.void : Effect.fail("not degraded"))))
const healed = inTheEnd(Effect.flatMap(isDegraded, (is) => (is ? Effect.fail("degraded") : Effect.void)))

/** Operations that took too long. */
const slow = Effect.map(Metric.snapshot, (snapshots) => {
  const state = snapshots.find(
    ({ attributes, id }) => id === "cbr_proxy_redis_failures_total" && attributes?.["reason"] === "slow"
  )?.state
  return state !== undefined && "count" in state ? Number(state.count) : 0
})

/** That an operation fails. */
const fails = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.exit(effect), (exit) => assert.isTrue(Exit.isFailure(exit)))

describe("RedisLink", { timeout: 60_000, ...needs("redis-server") }, () => {
  it.live("a Redis that is killed and comes back is used again", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      yield* linked(
        Effect.gen(function* () {
          yield* inTheEnd(set("one"))
          assert.strictEqual(yield* inTheEnd(get), "one")
          yield* server.kill
          yield* fails(get)
          yield* degraded
          yield* server.start
          yield* inTheEnd(set("two"))
          assert.strictEqual(yield* inTheEnd(get), "two")
          yield* healed
        }),
        server
      )
    })
  )

  it.live("a Redis that hangs costs the time limit three times, then nothing, until it goes on", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      yield* linked(
        Effect.gen(function* () {
          yield* inTheEnd(set("one"))
          yield* server.hang
          yield* degraded
          const before = yield* slow
          for (let n = 0; n < 100; n++) yield* fails(get)
          assert.isAtMost((yield* slow) - before, 2)
          yield* server.resume
          assert.strictEqual(yield* inTheEnd(get), "one")
          yield* healed
        }),
        server
      )
    })
  )

  it.live("and neither keeps the proxy from ending", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      yield* linked(Effect.andThen(inTheEnd(set("one")), server.hang), server)
      yield* server.kill
      yield* linked(fails(get), server)
    })
  )

  it.live("a Redis that is full is left alone until it has room", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer("--maxmemory-policy", "noeviction")
      yield* linked(
        Effect.gen(function* () {
          yield* inTheEnd(set("one"))
          yield* server.cli("config", "set", "maxmemory", "1")
          yield* fails(set("two"))
          yield* degraded
          yield* server.cli("config", "set", "maxmemory", "0")
          yield* inTheEnd(set("three"))
          yield* healed
        }),
        server
      )
    })
  )

  it.live("a wrong password is as good as no Redis, until it is right there", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer("--requirepass", "right")
      yield* linked(
        Effect.gen(function* () {
          yield* fails(get)
          yield* degraded
          yield* server.cli("-a", "right", "--no-auth-warning", "config", "set", "requirepass", "other")
          yield* inTheEnd(set("one"))
          yield* healed
        }),
        { url: server.url, password: Redacted.make("other") }
      )
    })
  )

  it.live("a Redis that is there later than the proxy is found", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      yield* server.kill
      yield* linked(
        Effect.gen(function* () {
          yield* fails(get)
          yield* server.start
          yield* inTheEnd(set("one"))
        }),
        server
      )
    })
  )

  it.live("messages come through, also after a restart", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      yield* linked(
        Effect.gen(function* () {
          const { messages } = yield* RedisLink
          const told: Array<string> = []
          yield* messages("channel").pipe(
            Stream.runForEach((message) => Effect.sync(() => told.push(message))),
            Effect.forkChild
          )
          const hears = (count: number) =>
            inTheEnd(Effect.suspend(() => (told.length === count ? Effect.void : Effect.fail("not told yet"))))
          const publish = (message: string) =>
            inTheEnd(
              Effect.flatMap(server.cli("publish", "test:channel", message), (heard) =>
                heard === "1" ? Effect.void : Effect.fail("no replica listens")
              )
            )
          yield* publish("before")
          // A message that a server sent just before its death may be lost with it.
          yield* hears(1)
          yield* server.kill
          yield* server.start
          yield* publish("after")
          yield* hears(2)
          assert.deepStrictEqual(told, ["before", "after"])
        }),
        server
      )
    })
  )
})
