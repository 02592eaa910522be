import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Redacted, Result, Schedule } from "effect"
import type { CachedBackups } from "../../src/cache/CachedBackups.ts"
import type { Shown } from "../../src/cache/Shown.ts"
import type { SealingKey } from "../../src/replicas/SealedText.ts"
import { answers, ask, makeCloud, request } from "../cache/Cloud.ts"
import { makeRedisServer, type RedisServer } from "./RedisServer.ts"
import { makeReplica, type Replica } from "./Replicas.ts"

const backupOf = (n: number) => ({ ...request, backup_id: `6df2b54c-dd62-4059-a07c-${String(n).padStart(12, "0")}` })

/** A cloud in which each backup is named for its id and told as seldom, so that a wrong answer shows. */
const makeNamingCloud = () => {
  const cloud = {
    calls: 0,
    upstream: {
      ...makeCloud(Effect.never).upstream,
      showBackup: ({ backup_id }: typeof request) => {
        cloud.calls++
        return Effect.delay(answers.backup({ status: "restoring", name: backup_id }), "5 millis")
      }
    }
  }
  return cloud
}

/** 40 callers who ask for 10 backups for ever, and find fault with everything but the right answer. */
const load = (replicas: ReadonlyArray<Replica>, cloud: ReturnType<typeof makeNamingCloud>) =>
  Effect.gen(function* () {
    const seen = { answers: 0, faults: [] as Array<string> }
    const caller = (n: number) =>
      Effect.gen(function* () {
        const asked = backupOf(n % 10)
        const { outcome } = yield* replicas[n % replicas.length]!.run(
          ask(cloud.upstream, "max-age=1", { request: asked })
        )
        seen.answers++
        const text = Result.isSuccess(outcome)
          ? new TextDecoder().decode(outcome.success.identity.body)
          : outcome.failure._tag
        if (!text.includes(asked.backup_id)) seen.faults.push(text)
        yield* Effect.sleep("2 millis")
      })
    yield* Effect.forkChild(
      Effect.forEach(Array.from({ length: 40 }), (_, n) => Effect.forever(caller(n)), { concurrency: "unbounded" })
    )
    return seen
  })

const pair = (server: RedisServer, timeLimit = Duration.millis(20)) =>
  Effect.all([makeReplica({ ...server, timeLimit }), makeReplica({ ...server, timeLimit })])

const isDegraded = ({ value }: Replica) => Effect.map(value("cbr_proxy_redis_degraded"), (value) => value === 1)
const eventually = (is: Effect.Effect<boolean>) =>
  Effect.flatMap(is, (yes) => (yes ? Effect.void : Effect.fail("not yet"))).pipe(
    Effect.retry(Schedule.spaced("20 millis").pipe(Schedule.upTo({ times: 500 }))),
    Effect.orDie
  )

describe("under load", () => {
  const faults: ReadonlyArray<
    readonly [
      string,
      (server: RedisServer) => { readonly begin: Effect.Effect<unknown>; readonly end: Effect.Effect<unknown> }
    ]
  > = [
    ["is killed with -9 and starts anew", ({ kill, start }) => ({ begin: kill, end: start })],
    ["hangs and goes on", ({ hang, resume }) => ({ begin: hang, end: resume })],
    [
      "is full and is given room",
      ({ cli }) => ({
        begin: cli("config", "set", "maxmemory", "1"),
        end: cli("config", "set", "maxmemory", "0")
      })
    ]
  ]

  it.live.each(faults)("a Redis that %s: every caller has the right answer", ([, fault]) =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer("--maxmemory-policy", "noeviction")
      const replicas = yield* pair(server)
      const { begin, end } = fault(server)
      const cloud = makeNamingCloud()
      const seen = yield* load(replicas, cloud)
      yield* eventually(Effect.sync(() => seen.answers > 500))
      yield* begin
      for (const replica of replicas) yield* eventually(isDegraded(replica))
      const during = seen.answers
      yield* eventually(Effect.sync(() => seen.answers > during + 500))
      yield* end
      for (const replica of replicas) yield* eventually(Effect.map(isDegraded(replica), (is) => !is))
      const led = replicas[1].count("cbr_proxy_shared_calls_total", { result: "led" })
      const after = yield* led
      yield* eventually(Effect.map(led, (led) => led > after))
      assert.deepStrictEqual(seen.faults, [])
    })
  )
})
