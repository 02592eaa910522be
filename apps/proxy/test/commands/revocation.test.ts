import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { SdkHmacSha256 } from "@cbr/client/signing"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Redacted, Schedule } from "effect"
import { exportJWK, generateKeyPair, SignJWT } from "jose"
import { needs } from "../../../../debian.ts"
import { body, cloud, path } from "../ConfiguredProcess.ts"
import { ended, logged, readyLine, type Running, started } from "../ProxyProcess.ts"
import { makeRedisServer, type RedisServer } from "../store/RedisServer.ts"
import { temporaryFolder } from "../TemporaryFolder.ts"

const [, , project = ""] = path.split("/")
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")

const keyNames = ["one", "two", "three"] as const
const keyOf = (name: (typeof keyNames)[number]) => `Canary-key-${name}`
const keysFile = JSON.stringify({
  keys: keyNames.map((name) => ({
    id: `billing-${name}`,
    caller: "billing",
    sha256: sha256(keyOf(name)),
    created_at: "2026-11-24T00:00:00Z"
  }))
})

const issued = { ak: "PROXYISSUEDKEY000001", sk: "Canary-issued-sk-of-32-characters" }

const configurationOf = (endpoint: string, redis: object | undefined, credential: object) => ({
  listen: { port: 0 },
  admin: { port: 0 },
  drain: { serve_seconds: 0 },
  keys_file: "keys.json",
  callers: { billing: { projects: "*", scopes: ["read", "watch"], access_keys: [issued] } },
  credentials: { main: credential },
  projects: { [project]: { region: "cn-north-4", credentials: ["main"] } },
  regions: { "cn-north-4": { endpoint } },
  quotas: { failed_sign_ins_per_minute: 10_000 },
  ...(redis === undefined ? {} : { redis: { time_limit_ms: 20, ...redis } })
})

interface Replica extends Running {
  readonly url: string
  readonly admin: string
  readonly config: string
  /** Writes its configuration anew. */
  readonly write: (text: string) => Effect.Effect<void>
  readonly configuration: ReturnType<typeof configurationOf>
}

/** A replica with a folder, and in it a file of keys, of its own. */
const replicaOf = Effect.fnUntraced(function* (
  redis: object | undefined,
  credential: object = { type: "token", token: "Canary-token" },
  settings: object = {}
) {
  const endpoint = yield* cloud((response) => response.end(body))
  const folder = yield* temporaryFolder
  const configuration = { ...configurationOf(endpoint, redis, credential), ...settings }
  const config = join(folder, "proxy.json")
  const write = (text: string) => Effect.promise(() => writeFile(config, text))
  yield* write(JSON.stringify(configuration))
  yield* Effect.promise(() => writeFile(join(folder, "keys.json"), keysFile))
  yield* Effect.promise(() => writeFile(join(folder, "secret"), "Canary-token"))
  const proxy = yield* started(["--config", config], {})
  const replica: Replica = { ...proxy, ...(yield* readyLine(proxy)), config, write, configuration }
  return replica
})

const statusOf = (url: string, headers: Readonly<Record<string, string>>) =>
  Effect.promise(async () => {
    const response = await fetch(url + path, { headers })
    await response.arrayBuffer()
    return response.status
  })

const withKey = (name: (typeof keyNames)[number]) => ({ "x-auth-token": keyOf(name) })

const revoke = Effect.fnUntraced(function* ({ config }: Replica, ...words: ReadonlyArray<string>) {
  const revoking = yield* started(["keys", "revoke", "--config", config, ...words], {})
  assert.strictEqual(yield* ended(revoking), 0, revoking.output.stderr)
})

/** That a credential opens nothing any more, ten seconds later at the latest. */
const isRefused = ({ url }: Replica, headers: Readonly<Record<string, string>>) =>
  Effect.flatMap(statusOf(url, headers), (status) => (status === 401 ? Effect.void : Effect.fail(status))).pipe(
    Effect.retry(Schedule.spaced("50 millis").pipe(Schedule.upTo({ times: 800 }))),
    Effect.orDie
  )

/** Commands that Redis carries out one right after the other. */
const inOneGo = ({ url }: RedisServer, commands: ReadonlyArray<string>) =>
  Effect.promise(async () => {
    const cli = spawn("redis-cli", ["-p", new URL(url).port], { stdio: ["pipe", "ignore", "inherit"] })
    cli.stdin.end(commands.join("\n"))
    await once(cli, "exit")
  })

const both = (server: RedisServer) =>
  Effect.gen(function* () {
    const one = yield* replicaOf({ url: server.url })
    const other = yield* replicaOf({ url: server.url })
    for (const name of keyNames) assert.strictEqual(yield* statusOf(other.url, withKey(name)), 200)
    return { one, other }
  })

describe("a key that is revoked at one replica", { timeout: 60_000, ...needs("redis-server") }, () => {
  it.live("opens no other whose connection for notices was dropped just before", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const { other } = yield* both(server)
      yield* inOneGo(server, [
        "client kill type pubsub",
        `zadd cbr-proxy:revocations ${Date.now()} ${sha256(keyOf("one"))}`,
        "publish cbr-proxy:revocations x"
      ])
      yield* isRefused(other, withKey("one"))
      assert.strictEqual(yield* statusOf(other.url, withKey("two")), 200)
    }).pipe(Effect.scoped)
  )

  it.live("opens no other that Redis answers 60 ms late when it asks what was revoked", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const { other } = yield* both(server)
      yield* inOneGo(server, [
        `zadd cbr-proxy:revocations ${Date.now()} ${sha256(keyOf("one"))}`,
        "publish cbr-proxy:revocations x",
        "client pause 60 all"
      ])
      yield* isRefused(other, withKey("one"))
    }).pipe(Effect.scoped)
  )

  it.live("opens no other whose own configuration is refused meanwhile", () =>
    Effect.gen(function* () {
      const { one, other } = yield* both(yield* makeRedisServer())
      for (const replica of [one, other]) {
        yield* replica.write("callers: {")
        yield* logged(replica, "the old one serves on")
      }
      yield* one.write(JSON.stringify(one.configuration))
      yield* revoke(one, "billing-one")
      yield* isRefused(other, withKey("one"))
    }).pipe(Effect.scoped)
  )

  it.live("opens no other that cannot have a secret when it hears of it", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const one = yield* replicaOf({ url: server.url })
      const other = yield* replicaOf({ url: server.url }, { type: "token", token_command: ["cat", "secret"] })
      assert.strictEqual(yield* statusOf(other.url, withKey("one")), 200)
      yield* Effect.promise(() => writeFile(join(other.config, "..", "secret"), ""))
      yield* other.write(JSON.stringify({ ...other.configuration, drain: { serve_seconds: 1 } }))
      yield* logged(other, "the old one serves on")
      yield* revoke(one, "billing-one")
      yield* isRefused(other, withKey("one"))
    }).pipe(Effect.scoped)
  )

  it.live("opens no other that is loading a configuration, nor does one revoked while it still loads", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const one = yield* replicaOf({ url: server.url })
      const slow = { type: "token", token_command: ["sh", "-c", "sleep 3; cat secret"] }
      const other = yield* replicaOf({ url: server.url }, { type: "token", token: "Canary-token" })
      yield* other.write(JSON.stringify({ ...other.configuration, credentials: { main: slow } }))
      yield* Effect.sleep("600 millis")
      yield* revoke(one, "billing-one")
      yield* revoke(one, "billing-two")
      yield* isRefused(other, withKey("one"))
      yield* isRefused(other, withKey("two"))
      yield* logged(other, "configuration loaded")
      for (const name of ["one", "two"] as const) assert.strictEqual(yield* statusOf(other.url, withKey(name)), 401)
      assert.strictEqual(yield* statusOf(other.url, withKey("three")), 200)
    }).pipe(Effect.scoped)
  )

  it.live("opens none that starts later with a file that still has it", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const one = yield* replicaOf({ url: server.url })
      yield* revoke(one, "billing-one")
      const late = yield* replicaOf({ url: server.url })
      assert.strictEqual(yield* statusOf(late.url, withKey("one")), 401)
    }).pipe(Effect.scoped)
  )

  it.live("ends the stream that it had opened elsewhere", () =>
    Effect.gen(function* () {
      const { one, other } = yield* both(yield* makeRedisServer())
      const stream = yield* Effect.promise(() =>
        fetch(`${other.url}/-/v1/projects/${project}/backups/${path.split("/").at(-1)}/events`, {
          headers: withKey("one")
        })
      )
      assert.strictEqual(stream.status, 200)
      yield* revoke(one, "billing-one")
      const told = yield* Effect.promise(() => stream.text())
      assert.include(told, "unauthenticated")
    }).pipe(Effect.scoped)
  )
})

describe("a key that is revoked at a proxy by itself", { timeout: 60_000 }, () => {
  it.live("opens nothing, though the configuration is refused and no secret can be had", () =>
    Effect.gen(function* () {
      const proxy = yield* replicaOf(undefined, { type: "token", token_command: ["cat", "secret"] })
      assert.strictEqual(yield* statusOf(proxy.url, withKey("one")), 200)
      yield* Effect.promise(() => writeFile(join(proxy.config, "..", "secret"), ""))
      yield* revoke(proxy, "billing-one")
      yield* isRefused(proxy, withKey("one"))
      yield* proxy.write("callers: {")
      yield* logged(proxy, "the old one serves on")
      const revoking = yield* started(
        ["keys", "revoke", "--keys-file", join(proxy.config, "..", "keys.json"), "billing-two"],
        {}
      )
      assert.strictEqual(yield* ended(revoking), 0)
      yield* isRefused(proxy, withKey("two"))
      assert.strictEqual(yield* statusOf(proxy.url, withKey("three")), 200)
    }).pipe(Effect.scoped)
  )
})

describe("an access key that is revoked", { timeout: 60_000, ...needs("redis-server") }, () => {
  it.live("opens no replica, whatever their configurations say", () =>
    Effect.gen(function* () {
      const { one, other } = yield* both(yield* makeRedisServer())
      const signedFor = (url: string) =>
        Effect.flatMap(DateTime.now, (date) =>
          SdkHmacSha256.sign(
            { method: "GET", path, query: "", headers: { host: new URL(url).host } },
            { accessKey: { ak: issued.ak, sk: Redacted.make(issued.sk) }, date }
          )
        ).pipe(Effect.provide([NodeCrypto.layerMac, NodeCrypto.layerDigest]))
      const headers = yield* signedFor(other.url)
      assert.strictEqual(yield* statusOf(other.url, headers), 200)
      yield* revoke(one, "--access-key", issued.ak)
      yield* isRefused(other, headers)
      yield* isRefused(one, yield* signedFor(one.url))
    }).pipe(Effect.scoped)
  )
})

describe("a subject whose tokens are revoked", { timeout: 60_000, ...needs("redis-server") }, () => {
  it.live("opens no replica, also with a token that is issued later, and another subject does", () =>
    Effect.gen(function* () {
      const pair = yield* Effect.promise(() => generateKeyPair("ES256"))
      const jwk = { ...(yield* Effect.promise(() => exportJWK(pair.publicKey))), kid: "one", alg: "ES256" }
      const jwks = yield* cloud((response) => response.end(JSON.stringify({ keys: [jwk] })))
      const issuer = { issuer: "https://issuer.test", audience: "cbr-proxy", jwks_url: `${jwks}/jwks` }
      const tokenOf = (sub: string, words: object = {}) =>
        Effect.promise(() =>
          new SignJWT({ ...words })
            .setProtectedHeader({ alg: "ES256", kid: "one" })
            .setIssuer(issuer.issuer)
            .setAudience(issuer.audience)
            .setSubject(sub)
            .setExpirationTime("1 hour")
            .sign(pair.privateKey)
        )
      const server = yield* makeRedisServer()
      const settings = {
        issuers: { corp: issuer },
        callers: {
          billing: {
            projects: "*",
            tokens: [
              { issuer: "corp", sub: "reports" },
              { issuer: "corp", sub: "audit" }
            ]
          }
        }
      }
      const one = yield* replicaOf({ url: server.url }, undefined, settings)
      const other = yield* replicaOf({ url: server.url }, undefined, settings)
      const shown = (token: string) => ({ authorization: `Bearer ${token}` })
      const [reports, audit] = [shown(yield* tokenOf("reports")), shown(yield* tokenOf("audit"))]
      for (const headers of [reports, audit]) assert.strictEqual(yield* statusOf(other.url, headers), 200)
      yield* revoke(one, "--issuer", "corp", "--subject", "reports")
      for (const replica of [one, other]) yield* isRefused(replica, reports)
      yield* isRefused(other, shown(yield* tokenOf("reports", { jti: "later" })))
      assert.strictEqual(yield* statusOf(other.url, audit), 200)
    }).pipe(Effect.scoped)
  )
})

describe("a replica that cannot read what was revoked", { timeout: 60_000, ...needs("redis-server") }, () => {
  it.live("answers no caller after ten seconds under refuse, says why, and goes on when it can", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const proxy = yield* replicaOf({ url: server.url, revocations: "refuse" })
      const stream = yield* Effect.promise(() =>
        fetch(`${proxy.url}/-/v1/projects/${project}/backups/${path.split("/").at(-1)}/events`, {
          headers: withKey("one")
        })
      )
      yield* server.hang
      yield* logged(proxy, "no credential is believed")
      const refused = yield* Effect.promise(() => fetch(proxy.url + path, { headers: withKey("one") }))
      assert.strictEqual(refused.status, 503)
      assert.strictEqual(refused.headers.get("retry-after"), "5")
      assert.include(yield* Effect.promise(() => refused.text()), "revocations-unknown")
      assert.include(yield* Effect.promise(() => stream.text()), "revocations-unknown")
      const metrics = yield* Effect.promise(async () => (await fetch(`${proxy.admin}/metrics`)).text())
      assert.include(metrics, "cbr_proxy_revocations_unread 1")
      const ready = yield* Effect.promise(async () => (await fetch(`${proxy.admin}/readyz`)).text())
      assert.match(ready, /"degraded":\["/)
      yield* server.resume
      yield* logged(proxy, "revocations can be read again")
      assert.strictEqual(yield* statusOf(proxy.url, withKey("one")), 200)
    }).pipe(Effect.scoped)
  )

  it.live("serves on under serve, and raises its alert", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const proxy = yield* replicaOf({ url: server.url })
      yield* server.kill
      yield* logged(proxy, "revocations could not be read for 10 s")
      assert.strictEqual(yield* statusOf(proxy.url, withKey("one")), 200)
      const metrics = yield* Effect.promise(async () => (await fetch(`${proxy.admin}/metrics`)).text())
      assert.include(metrics, "cbr_proxy_revocations_unread 1")
      assert.include(metrics, "cbr_proxy_redis_degraded 1")
    }).pipe(Effect.scoped)
  )
})
