import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Result, Schedule } from "effect"
import { needs } from "../../../../debian.ts"
import { BackupCache } from "../../src/cache/BackupCache.ts"
import type { CacheResult } from "../../src/cache/CacheResult.ts"
import { makeRedisServer, type RedisServer } from "../store/RedisServer.ts"
import { makeReplica, type Replica } from "../store/Replicas.ts"
import { answers, ask, makeCloud, makeGate, request } from "./Cloud.ts"

const told = ({ outcome }: CacheResult): string =>
  Result.isSuccess(outcome)
    ? new TextDecoder().decode(outcome.success.identity.body)
    : outcome.failure._tag === "ProxyError"
      ? outcome.failure.reason
      : outcome.failure._tag

const body = (fields: object) => JSON.stringify({ backup: fields })
const available = body({ status: "available" })

const forked = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.forkChild(effect, { startImmediately: true })

/** Until it is so, and not for ever. */
const eventually = (is: Effect.Effect<boolean>) =>
  Effect.flatMap(is, (yes) => (yes ? Effect.void : Effect.fail("not yet"))).pipe(
    Effect.retry(Schedule.spaced("20 millis").pipe(Schedule.upTo({ times: 500 }))),
    Effect.orDie
  )

/** How many scripts Redis has run: one for each claim, and more. */
const scriptsRun = (server: RedisServer) =>
  Effect.map(server.cli("info", "commandstats"), (text) => Number(/cmdstat_evalsha:calls=(\d+)/.exec(text)?.[1] ?? 0))

const purge = (upstream: Parameters<BackupCache["Service"]["purge"]>[0]) =>
  BackupCache.use((backups) => backups.purge(upstream, request))

/** Asks every replica many times at once. */
const crowd = (
  replicas: ReadonlyArray<Replica>,
  each: number,
  effect: Effect.Effect<CacheResult, never, BackupCache>
) =>
  forked(
    Effect.all(
      replicas.flatMap(({ run }) => Array.from({ length: each }, () => run(effect))),
      { concurrency: "unbounded" }
    )
  )

const three = Effect.gen(function* () {
  const server = yield* makeRedisServer()
  const replicas = yield* Effect.all([makeReplica(server), makeReplica(server), makeReplica(server)])
  return { server, replicas }
})

describe("three replicas", { timeout: 60_000, ...needs("redis-server") }, () => {
  it.live("1,000 callers of one backup make one call, and later callers have its answer", () =>
    Effect.gen(function* () {
      const { replicas } = yield* three
      const gate = makeGate()
      const cloud = makeCloud(gate.answer)
      const asking = yield* crowd(replicas, 334, ask(cloud.upstream))
      yield* eventually(Effect.sync(() => cloud.calls === 1))
      yield* gate.open(answers.available)
      for (const shown of yield* Fiber.join(asking)) assert.strictEqual(told(shown), available)
      assert.strictEqual(cloud.calls, 1)
      for (const { run } of replicas) assert.isTrue((yield* run(ask(cloud.upstream))).status.hit)
    })
  )

  it.live("1,000 callers that ask at every interval make one call an interval", () =>
    Effect.gen(function* () {
      const { replicas } = yield* three
      const cloud = makeCloud(Effect.never)
      for (let interval = 1; interval <= 3; interval++) {
        // The interval begins with the answer, however long the crowd takes to have asked.
        const gate = makeGate()
        cloud.answer = gate.answer
        const asking = yield* crowd(replicas, 334, ask(cloud.upstream))
        yield* eventually(Effect.sync(() => cloud.calls === interval))
        yield* gate.open(answers.backup({ status: "restoring" }))
        for (const shown of yield* Fiber.join(asking)) assert.strictEqual(told(shown), body({ status: "restoring" }))
        assert.strictEqual(cloud.calls, interval)
        yield* Effect.sleep("2100 millis")
      }
    })
  )

  it.live("a failure answers every caller that waits, and none of them asks again", () =>
    Effect.gen(function* () {
      const { replicas, server } = yield* three
      const gate = makeGate()
      const cloud = makeCloud(gate.answer)
      const asking = yield* crowd(replicas, 10, ask(cloud.upstream))
      yield* eventually(Effect.map(scriptsRun(server), (claims) => claims >= 3))
      yield* gate.open(answers.ill)
      for (const shown of yield* Fiber.join(asking)) assert.strictEqual(told(shown), "ServiceUnavailable")
      assert.strictEqual(cloud.calls, 1)
    })
  )

  it.live("what one has fetched the others find, with its age", () =>
    Effect.gen(function* () {
      const { replicas, server } = yield* three
      const [one, other] = replicas
      const cloud = makeCloud(answers.backup({ status: "available", name: "备份" }))
      yield* one.run(ask(cloud.upstream))
      yield* eventually(Effect.map(server.cli("--scan", "--pattern", "test:{answer:*"), (keys) => keys !== ""))
      yield* Effect.sleep("1100 millis")
      const found = yield* other.run(ask(cloud.upstream))
      assert.strictEqual(told(found), body({ status: "available", name: "备份" }))
      assert.isTrue(found.status.hit)
      assert.isAtMost(found.status.ttl ?? 60, 58)
      assert.strictEqual(cloud.calls, 1)
      assert.strictEqual(yield* other.count("cbr_proxy_shared_calls_total", { result: "found" }), 1)
    })
  )

  it.live("that there is no such backup is found as well", () =>
    Effect.gen(function* () {
      const { replicas } = yield* three
      const [one, other] = replicas
      const cloud = makeCloud(answers.notFound)
      yield* one.run(ask(cloud.upstream))
      yield* eventually(Effect.map(other.run(ask(cloud.upstream, "only-if-cached")), ({ status }) => status.hit))
      const found = yield* other.run(ask(cloud.upstream))
      assert.strictEqual(told(found), "BackupNotFound")
      assert.strictEqual(cloud.calls, 1)
    })
  )

  it.live("a replica that wants a newer answer makes a call, and the others take it over", () =>
    Effect.gen(function* () {
      const { replicas } = yield* three
      const [one, other] = replicas
      const cloud = makeCloud(answers.available)
      yield* one.run(ask(cloud.upstream))
      cloud.answer = answers.backup({ status: "error" })
      yield* Effect.sleep("1100 millis")
      const bypassed = yield* other.run(ask(cloud.upstream, "no-cache", { mayBypass: true }))
      assert.strictEqual(told(bypassed), body({ status: "error" }))
      yield* eventually(Effect.map(one.run(ask(cloud.upstream)), (shown) => told(shown) === body({ status: "error" })))
      assert.strictEqual(cloud.calls, 2)
    })
  )

  it.live("a purge is everywhere, and keeps out what is on its way", () =>
    Effect.gen(function* () {
      const { replicas } = yield* three
      const [one, other, third] = replicas
      const cloud = makeCloud(answers.available)
      for (const { run } of replicas) yield* run(ask(cloud.upstream))
      const gate = makeGate()
      cloud.answer = gate.answer
      yield* Effect.sleep("1100 millis")
      const late = yield* forked(one.run(ask(cloud.upstream, "no-cache", { mayBypass: true })))
      yield* eventually(Effect.sync(() => cloud.calls === 2))
      yield* other.run(purge(cloud.upstream))
      const isForgotten = ({ run }: Replica) =>
        Effect.map(run(ask(cloud.upstream, "only-if-cached")), (shown) => told(shown) === "NotCached")
      for (const replica of replicas) yield* eventually(isForgotten(replica))
      yield* gate.open(answers.backup({ status: "error" }))
      assert.strictEqual(told(yield* Fiber.join(late)), body({ status: "error" }))
      for (const replica of replicas) assert.isTrue(yield* isForgotten(replica))
      cloud.answer = answers.available
      assert.strictEqual(told(yield* third.run(ask(cloud.upstream))), available)
    })
  )

  it.live("a right that the cloud took back ends what the others have", () =>
    Effect.gen(function* () {
      const { replicas } = yield* three
      const [one, other, third] = replicas
      const cloud = makeCloud(answers.available)
      for (const { run } of [one, other]) yield* run(ask(cloud.upstream))
      cloud.answer = answers.forbidden
      yield* Effect.sleep("1100 millis")
      assert.strictEqual(told(yield* one.run(ask(cloud.upstream, "no-cache", { mayBypass: true }))), "PermissionDenied")
      yield* eventually(
        Effect.map(other.run(ask(cloud.upstream, "only-if-cached")), (shown) => told(shown) === "NotCached")
      )
      assert.strictEqual(told(yield* third.run(ask(cloud.upstream))), "PermissionDenied")
    })
  )

  it.live("a replica that dies while it calls is replaced by one that waits", () =>
    Effect.gen(function* () {
      const { replicas, server } = yield* three
      const [one, other] = replicas
      const cloud = makeCloud(Effect.never)
      // Its lock is left behind, as by a process that is killed.
      const dying = yield* forked(one.run(ask(cloud.upstream)))
      yield* eventually(Effect.sync(() => cloud.calls === 1))
      const lock = yield* server.cli("keys", "test:*:lease")
      const token = yield* server.cli("get", lock)
      yield* Fiber.interrupt(dying)
      yield* eventually(Effect.map(server.cli("exists", lock), (exists) => exists === "0"))
      yield* server.cli("set", lock, token, "px", "3000")
      cloud.answer = answers.available
      assert.strictEqual(told(yield* other.run(ask(cloud.upstream))), available)
      assert.strictEqual(cloud.calls, 2)
    })
  )

  it.live("the lease of an abandoned call is free for other replicas at once", () =>
    Effect.gen(function* () {
      const { replicas, server } = yield* three
      const [one, other] = replicas
      const cloud = makeCloud(Effect.never)
      const leaving = yield* forked(one.run(ask(cloud.upstream)))
      yield* eventually(Effect.sync(() => cloud.calls === 1))
      const staying = yield* forked(other.run(ask(cloud.upstream)))
      yield* eventually(Effect.map(scriptsRun(server), (claims) => claims >= 2))
      cloud.answer = answers.available
      yield* Fiber.interrupt(leaving)
      assert.strictEqual(told(yield* Fiber.join(staying)), available)
    })
  )
})
