import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Context, Duration, Effect, Layer, Metric, Redacted, Schedule } from "effect"
import { needs } from "../../../../debian.ts"
import { addressOf } from "../../src/app/ConfiguredRedis.ts"
import type { RedisAddress } from "../../src/store/RedisAddress.ts"
import * as RedisStore from "../../src/store/RedisStore.ts"
import { type Slot, Store } from "../../src/store/Store.ts"
import { configurationWith } from "../configuration/read.ts"
import { temporaryFolder } from "../TemporaryFolder.ts"
import { makeCluster, makeSentinelGroup } from "./RedisGroups.ts"
import { makeRedisServer, type RedisServer } from "./RedisServer.ts"
import { underLoad } from "./UnderLoad.ts"

const eventually = (is: Effect.Effect<boolean, unknown>) =>
  Effect.flatMap(is, (yes) => (yes ? Effect.void : Effect.fail("not yet"))).pipe(
    Effect.retry(Schedule.spaced("50 millis").pipe(Schedule.upTo({ times: 300 }))),
    Effect.orDie
  )

const storeOf = (address: RedisAddress) =>
  RedisStore.layer({ ...address, prefix: "test:", timeLimit: Duration.seconds(5) }).pipe(
    Layer.build,
    Effect.map((context) => Context.get(context, Store)),
    Effect.provideService(Metric.MetricRegistry, new Map())
  )

/** Everything that the proxy asks of a store, once. */
const everything = Effect.fnUntraced(function* (store: Store["Service"], id: string) {
  for (const kind of ["answer", "credential"] as const) {
    const slot: Slot = { kind, id: `${kind} ${id}` }
    const write = (token: string | undefined, version: string, value: string) =>
      store.release(slot, { token, value: { version, value, milliseconds: 60_000 }, notice: "notice" })
    const claim = (token: string) => store.claim(slot, { known: "", token, milliseconds: 5_000 })
    assert.strictEqual((yield* claim("a"))._tag, "Granted")
    assert.strictEqual((yield* claim("b"))._tag, "Taken")
    yield* store.renew(slot, "a", 5_000)
    yield* write("a", "a", "value")
    assert.deepInclude(yield* store.look(slot), { version: "a", value: "value", life: 60_000 })
    assert.strictEqual((yield* claim("c"))._tag, "Found")
    yield* write(undefined, "d", "other")
    assert.deepInclude(yield* store.look(slot), { version: "d", value: "other" })
    yield* store.release(slot, { token: undefined, value: "forget", notice: "notice" })
    assert.isUndefined(yield* store.look(slot))
    assert.strictEqual((yield* claim("e"))._tag, "Granted")
    yield* store.release(slot, { token: "e", value: "forget", notice: "notice" })
  }
  const quota = { perSecond: 1, burst: 2 }
  const taken = Effect.flatMap(Clock.currentTimeMillis, (now) => store.take(`caller:${id}`, quota, now))
  for (const tag of ["Taken", "Taken", "Empty"]) assert.strictEqual((yield* taken)._tag, tag)
  assert.isTrue(yield* store.useOnce({ owner: "AK", name: id }, 5_000))
  assert.isFalse(yield* store.useOnce({ owner: "AK", name: id }, 5_000))
  yield* store.revoke(id)
  assert.include(yield* store.revoked, id)
})

const works = Effect.fnUntraced(function* (address: RedisAddress) {
  const store = yield* storeOf(address)
  yield* eventually(Effect.as(Effect.retry(store.revoked, { times: 0 }), true))
  for (let n = 0; n < 20; n++) yield* everything(store, `${n}`)
  yield* eventually(Effect.sync(() => store.troubles().length === 0))
})

/** The least rights: those of docs/operations.md. */
const rights = (() => {
  const text = readFileSync(new URL("../../../../docs/operations.md", import.meta.url), "utf8")
  const line = /^ACL SETUSER cbr-proxy on >PASSWORD (.*)$/m.exec(text)?.[1]
  assert.isDefined(line)
  return line.replaceAll("cbr-proxy:", "test:").split(" ")
})()

const granted = ({ cli }: RedisServer, ...more: ReadonlyArray<string>) =>
  cli("acl", "setuser", "cbr-proxy", "on", ">Canary-password", ...rights, ...more)

const asUser: Pick<RedisAddress, "username" | "password"> = {
  username: "cbr-proxy",
  password: Redacted.make("Canary-password")
}

describe("the store in one server", { timeout: 60_000, ...needs("redis-server", "openssl") }, () => {
  it.live("carries everything out with the least rights that the documentation has", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      assert.strictEqual(yield* granted(server), "OK")
      yield* works({ ...server.address, ...asUser })
    }).pipe(Effect.scoped)
  )

  it.live.each([
    ["-zrange", "revocations: NOPERM"],
    ["-evalsha", "answers: NOPERM"],
    ["-subscribe", "channels: NOPERM"],
    ["resetchannels", "channels: NOPERM"]
  ] as const)("says what does not work for a user with %s", ([change, trouble]) =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      yield* granted(server, change)
      const store = yield* storeOf({ ...server.address, ...asUser })
      const tried = Effect.all([
        Effect.exit(store.revoked),
        Effect.exit(store.look({ kind: "answer", id: "x" })),
        Effect.exit(store.useOnce({ owner: "AK", name: "x" }, 1))
      ])
      yield* eventually(
        Effect.andThen(
          tried,
          Effect.sync(() => store.troubles().some((told) => told.startsWith(trouble)))
        )
      )
      assert.notInclude(store.troubles().join(), "Canary")
      yield* granted(server)
      yield* eventually(
        Effect.andThen(
          tried,
          Effect.sync(() => store.troubles().length === 0)
        )
      )
    }).pipe(Effect.scoped)
  )

  it.live("says by its cause why nothing works", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer("--requirepass", "right", "--maxmemory-policy", "noeviction")
      const replica = yield* makeRedisServer("--replicaof", "127.0.0.1", "1", "--replica-read-only", "yes")
      const told = Effect.fnUntraced(function* (address: RedisAddress, cause: string) {
        const store = yield* storeOf(address)
        yield* eventually(Effect.sync(() => store.troubles().some((trouble) => trouble.includes(cause))))
      })
      yield* told({ ...server.address, password: Redacted.make("wrong") }, "WRONGPASS")
      yield* told(server.address, "NOAUTH")
      yield* told(replica.address, "READONLY")
      yield* server.cli("-a", "right", "--no-auth-warning", "config", "set", "maxmemory", "1")
      yield* told({ ...server.address, password: Redacted.make("right") }, "OOM")
    }).pipe(Effect.scoped)
  )

  it.live("is reached over TLS with the certificate that it asks of its clients, and not without", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const openssl = (...words: ReadonlyArray<string>) =>
        execFileSync("openssl", words, { cwd: folder, stdio: "ignore" })
      const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
      openssl("req", "-x509", ...ec, "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem")
      for (const name of ["server", "client"]) {
        openssl(
          "req",
          "-new",
          ...ec.slice(0, 5),
          "-subj",
          `/CN=${name}`,
          "-keyout",
          `${name}.key`,
          "-out",
          `${name}.csr`
        )
        const extension = join(folder, `${name}.ext`)
        execFileSync("sh", ["-c", `printf 'subjectAltName=IP:127.0.0.1' > ${extension}`])
        openssl(
          ..."x509 -req -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -in".split(" "),
          `${name}.csr`,
          "-extfile",
          extension,
          "-out",
          `${name}.pem`
        )
      }
      const pem = (name: string) => readFileSync(join(folder, name), "utf8")
      const server = yield* makeRedisServer(
        "--tls-auth-clients",
        "yes",
        "--tls-ca-cert-file",
        join(folder, "ca.pem"),
        "--tls-cert-file",
        join(folder, "server.pem"),
        "--tls-key-file",
        join(folder, "server.key")
      )
      const tls = { ca: pem("ca.pem"), cert: pem("client.pem"), key: Redacted.make(pem("client.key")) }
      yield* works({ ...server.address, tls })
      const without = yield* storeOf({ ...server.address, tls: { ca: tls.ca } })
      yield* eventually(Effect.sync(() => without.troubles().some((told) => told.startsWith("channels"))))
      assert.strictEqual((yield* Effect.exit(without.revoked))._tag, "Failure")
    }).pipe(Effect.scoped)
  )
})

describe("the store behind sentinels", { timeout: 90_000, ...needs("redis-server") }, () => {
  it.live("carries everything out", () =>
    Effect.gen(function* () {
      yield* works((yield* makeSentinelGroup).address)
    }).pipe(Effect.scoped)
  )

  it.live(
    "is found again after its master is killed under load: no caller has a wrong answer, and it heals by itself",
    () =>
      Effect.gen(function* () {
        const { address, servers } = yield* makeSentinelGroup
        const told = yield* storeOf(address)
        yield* eventually(Effect.as(told.revoke("a key"), true))
        const { answers, faults } = yield* underLoad(address, {
          begin: servers[0]!.kill,
          end: eventually(Effect.map(servers[1]!.cli("role"), (role) => role.startsWith("master")))
        })
        assert.deepStrictEqual(faults, [])
        assert.isAbove(answers, 1_000)
        yield* eventually(Effect.map(told.revoked, (ids) => ids.includes("a key")))
      }).pipe(Effect.scoped)
  )

  it.live("tells that no sentinel knows the name, and does not wait for it", () =>
    Effect.gen(function* () {
      const { address } = yield* makeSentinelGroup
      if (address.place._tag !== "Sentinel") return assert.fail("it is a sentinel's")
      const store = yield* storeOf({ place: { ...address.place, name: "other" } })
      assert.strictEqual((yield* Effect.exit(store.revoked))._tag, "Failure")
      yield* eventually(Effect.sync(() => store.troubles().some((told) => told.includes('name "other"'))))
    }).pipe(Effect.scoped)
  )
})

describe("the store in a cluster of three", { timeout: 90_000, ...needs("redis-server") }, () => {
  it.live("carries everything out, whichever nodes the names lie on", () =>
    Effect.gen(function* () {
      const { address, servers } = yield* makeCluster
      yield* works(address)
      for (const { cli } of servers) assert.isAbove(Number(yield* cli("dbsize")), 0, "each holds its part")
    }).pipe(Effect.scoped)
  )

  it.live("heals by itself after one of its nodes is killed under load and started again", () =>
    Effect.gen(function* () {
      const { address, servers } = yield* makeCluster
      const { answers, faults } = yield* underLoad(address, { begin: servers[1]!.kill, end: servers[1]!.start })
      assert.deepStrictEqual(faults, [])
      assert.isAbove(answers, 1_000)
    }).pipe(Effect.scoped)
  )

  it.live("is named to an operator that took it for a server", () =>
    Effect.gen(function* () {
      const { servers } = yield* makeCluster
      const store = yield* storeOf(servers[0]!.address)
      const asked = Effect.forEach(["a", "b", "c", "d"], (id) => Effect.exit(store.look({ kind: "answer", id })))
      yield* eventually(
        Effect.andThen(
          asked,
          Effect.sync(() => store.troubles().some((told) => told.includes("redis.cluster")))
        )
      )
    }).pipe(Effect.scoped)
  )
})

describe("the address of a configuration", () => {
  const addressIn = (redis: object) =>
    addressOf(configurationWith({ redis }).redis!, {
      password: Redacted.make("pw"),
      sealingKeys: []
    })

  it("keeps user and password, in whichever form they come", () => {
    const password = Redacted.make("pw")
    const node = { host: "redis.test", port: 6380 }
    const rows: ReadonlyArray<readonly [object, string | undefined]> = [
      [{ url: "redis://redis.test:6380" }, undefined],
      [{ url: "redis://proxy@redis.test:6380" }, "proxy"],
      [{ url: "redis://redis.test:6380", username: "proxy" }, "proxy"],
      [{ url: "redis://other@redis.test:6380", username: "proxy" }, "proxy"]
    ]
    for (const [redis, username] of rows) {
      const address = addressIn(redis)
      assert.strictEqual(address.username, username)
      assert.strictEqual(address.password && Redacted.value(address.password), Redacted.value(password))
      assert.deepInclude(address.place, { node })
    }
  })

  it("has the database, TLS, the sentinels and the nodes that it names", () => {
    assert.deepInclude(addressIn({ url: "rediss://[::1]/3" }), {
      place: { _tag: "Server", node: { host: "::1", port: 6379 }, database: 3 },
      tls: {}
    })
    assert.deepInclude(addressIn({ sentinel: { name: "main", nodes: ["a:1", "[::1]:2"] } }).place, {
      _tag: "Sentinel",
      name: "main",
      nodes: [
        { host: "a", port: 1 },
        { host: "::1", port: 2 }
      ]
    })
    assert.deepStrictEqual(addressIn({ cluster: { nodes: ["a:1"] } }).place, {
      _tag: "Cluster",
      nodes: [{ host: "a", port: 1 }]
    })
  })
})
