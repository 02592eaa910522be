import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Redacted, Result } from "effect"
import { needs } from "../../../../debian.ts"
import type { SealingKey } from "../../src/crypto/Encryption.ts"
import { answers, ask, makeCloud, request } from "../cache/Cloud.ts"
import { makeRedisServer, type RedisServer } from "./RedisServer.ts"
import { makeReplica, type Replica } from "./Replicas.ts"
import { backupOf, eventually, underLoad } from "./UnderLoad.ts"

/** The name under which Redis keeps what there is of {@link request}. */
const place = `test:{answer:region/credential/${request.project_id}/${request.backup_id}}`

const unusable = ({ count }: Replica) => count("cbr_proxy_redis_unusable_values_total")

const pair = (server: RedisServer, timeLimit = Duration.millis(20)) =>
  Effect.all([makeReplica({ ...server, timeLimit }), makeReplica({ ...server, timeLimit })])

describe("under load", { timeout: 60_000, ...needs("redis-server") }, () => {
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
      const { faults } = yield* underLoad(server.address, fault(server))
      assert.deepStrictEqual(faults, [])
    })
  )
})

describe("rubbish in Redis", { timeout: 60_000, ...needs("redis-server") }, () => {
  const kinds: ReadonlyArray<readonly [string, (server: RedisServer) => Effect.Effect<unknown>]> = [
    ["no JSON", ({ cli }) => cli("hset", place, "value", "rubbish")],
    ["no backup", ({ cli }) => cli("hset", place, "value", '{"key":"x","raw":"[]"}')],
    [
      "another key's answer",
      ({ cli }) =>
        Effect.flatMap(cli("hget", place, "value"), (value) =>
          cli("hset", place, "value", value.replace(request.backup_id, backupOf(1).backup_id))
        )
    ],
    ["no lifetime", ({ cli }) => cli("hset", place, "life", "soon")],
    ["no end", ({ cli }) => cli("persist", place)],
    ["another type", ({ cli }) => Effect.andThen(cli("del", place), cli("set", place, "rubbish"))],
    ["a lock for ever", ({ cli }) => Effect.andThen(cli("del", place), cli("set", `${place}:lease`, "x"))]
  ]

  it.live.each(kinds)("%s is as good as nothing, and is replaced", ([, spoil]) =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const [one, other] = yield* pair(server, Duration.seconds(1))
      const third = yield* makeReplica(server)
      const cloud = makeCloud(answers.available)
      yield* one.run(ask(cloud.upstream))
      yield* eventually(Effect.map(server.cli("exists", place), (exists) => exists === "1"))
      yield* spoil(server)
      const shown = yield* other.run(ask(cloud.upstream))
      assert.isTrue(Result.isSuccess(shown.outcome))
      assert.strictEqual(cloud.calls, 2)
      yield* eventually(Effect.map(server.cli("type", place), (type) => type === "hash"))
      yield* eventually(Effect.map(third.run(ask(cloud.upstream, "only-if-cached")), ({ status }) => status.hit))
      assert.strictEqual(cloud.calls, 2)
    })
  )

  it.live("a notice that is none is passed over", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const replica = yield* makeReplica(server)
      yield* eventually(Effect.map(server.cli("publish", "test:answers", "rubbish"), (heard) => heard === "1"))
      yield* eventually(Effect.map(unusable(replica), (count) => count >= 1))
      const cloud = makeCloud(answers.available)
      yield* replica.run(ask(cloud.upstream))
      assert.isTrue((yield* replica.run(ask(cloud.upstream))).status.hit)
    })
  )
})

/** The sealed text with another byte in its middle: its last character may hold bits that stand for nothing. */
const withOtherByte = (sealed: string) => {
  const middle = sealed.lastIndexOf(".") + 5
  return sealed.slice(0, middle) + (sealed[middle] === "A" ? "B" : "A") + sealed.slice(middle + 1)
}

describe("with keys", { timeout: 60_000, ...needs("redis-server") }, () => {
  const keyOf = (id: string, byte: number): SealingKey => ({ id, key: Redacted.make(new Uint8Array(32).fill(byte)) })
  const old = keyOf("old", 1)
  const fresh = keyOf("fresh", 2)

  const readers: ReadonlyArray<readonly [string, ReadonlyArray<SealingKey>, reads: boolean]> = [
    ["the same key", [old], true],
    ["a newer key beside it", [fresh, old], true],
    ["another key", [fresh], false],
    ["another key of that name", [keyOf("old", 2)], false],
    ["no key", [], false]
  ]

  it.live.each(readers)("what is sealed, for a replica that has %s", ([, keys, reads]) =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const writer = yield* makeReplica({ ...server, keys: [old] })
      const reader = yield* makeReplica({ ...server, keys })
      const cloud = makeCloud(answers.available)
      yield* writer.run(ask(cloud.upstream))
      yield* eventually(Effect.map(server.cli("exists", place), (exists) => exists === "1"))
      assert.match(yield* server.cli("hget", place, "value"), /^sealed\.old\./)
      assert.isTrue(Result.isSuccess((yield* reader.run(ask(cloud.upstream))).outcome))
      assert.strictEqual(cloud.calls, reads ? 1 : 2)
      // The value, and the notice of it.
      yield* eventually(Effect.map(unusable(reader), (count) => count === (reads ? 0 : 2)))
    })
  )

  it.live("a notice that another client of Redis publishes forgets nothing", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const reader = yield* makeReplica({ ...server, keys: [old] })
      const cloud = makeCloud(answers.available)
      yield* reader.run(ask(cloud.upstream))
      const key = /\{answer:(.*)\}/.exec(place)?.[1]?.replaceAll("/", "\n")
      yield* server.cli("publish", "test:answers", `forged:${JSON.stringify({ _tag: "Forgotten", key })}`)
      yield* eventually(Effect.map(unusable(reader), (count) => count === 1))
      assert.isTrue((yield* reader.run(ask(cloud.upstream, "only-if-cached"))).status.hit)
    })
  )

  it.live("a value that was moved or changed cannot be decrypted", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const writer = yield* makeReplica({ ...server, keys: [old] })
      const reader = yield* makeReplica({ ...server, keys: [old] })
      const cloud = makeCloud(answers.available)
      yield* writer.run(ask(cloud.upstream))
      yield* eventually(Effect.map(server.cli("exists", place), (exists) => exists === "1"))
      const moved = place.replace(request.backup_id, backupOf(1).backup_id)
      yield* server.cli("copy", place, moved)
      const value = yield* server.cli("hget", place, "value")
      yield* server.cli("hset", place, "value", withOtherByte(value))
      yield* reader.run(ask(cloud.upstream, "", { request: backupOf(1) }))
      yield* reader.run(ask(cloud.upstream))
      assert.strictEqual(yield* unusable(reader), 2)
      assert.strictEqual(cloud.calls, 3)
    })
  )

  it.live("what is not sealed counts for nothing", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const writer = yield* makeReplica(server)
      const reader = yield* makeReplica({ ...server, keys: [old] })
      const cloud = makeCloud(answers.available)
      yield* writer.run(ask(cloud.upstream))
      yield* eventually(Effect.map(server.cli("exists", place), (exists) => exists === "1"))
      yield* reader.run(ask(cloud.upstream))
      assert.strictEqual(cloud.calls, 2)
    })
  )
})
