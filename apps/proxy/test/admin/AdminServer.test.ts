import { writeFile } from "node:fs/promises"
import { Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Metric, Option, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { AdminServer } from "../../src/admin/AdminServer.ts"
import { Lifecycle } from "../../src/process/Lifecycle.ts"
import {
  configuration,
  ConfigurationPath,
  keys,
  layer as configuredProxy,
  otherProject,
  upstreamSecrets
} from "../ConfiguredProxy.ts"
import { head, rawExchange, statusesOf } from "../RawExchange.ts"
import { get, LogLines, pathOf } from "../TestProxy.ts"

const admin = Effect.fnUntraced(function* (path: string) {
  const { url } = yield* AdminServer
  const response = yield* HttpClient.get(url + path)
  return { status: response.status, headers: response.headers, text: yield* response.text }
})

interface Answered {
  readonly outcome: string
  readonly faults?: ReadonlyArray<string>
  readonly waiting?: ReadonlyArray<string>
}

const post = Effect.fnUntraced(function* (path: string) {
  const { url } = yield* AdminServer
  const { status, text } = yield* HttpClient.post(url + path)
  return [status, JSON.parse(yield* text) as Answered] as const
})

const backup_id = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"

/** What other files of the worker measured stands in another registry. */
const ownMetrics = Layer.provide(configuredProxy, Layer.succeed(Metric.MetricRegistry, new Map()))

layer(ownMetrics, { excludeTestServices: true })("the admin port", (it) => {
  it.effect("has each gauge without labels from the start, before anything has happened", () =>
    Effect.gen(function* () {
      const { text } = yield* admin("/metrics")
      for (const name of [
        "cbr_proxy_cache_bytes",
        "cbr_proxy_cache_entries",
        "cbr_proxy_configuration_rejected",
        "cbr_proxy_draining",
        "cbr_proxy_keys_rejected",
        "cbr_proxy_live_pollers",
        "cbr_proxy_live_project_pollers",
        "cbr_proxy_live_streams",
        "cbr_proxy_redis_degraded",
        "cbr_proxy_revocations_unread",
        "cbr_proxy_unsent_bytes"
      ]) {
        assert.include(text, `\n${name} 0\n`)
      }
    })
  )

  it.effect("tells that the process lives, has started and is ready", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* admin("/livez")).status, 200)
      assert.strictEqual((yield* admin("/startupz")).status, 200)
      const ready = yield* admin("/readyz")
      assert.strictEqual(ready.status, 200)
      assert.deepInclude(JSON.parse(ready.text), { ready: true, phase: "serving" })
    })
  )

  it.effect("answers a balancer that asks without Host, and no page that was given another name for this machine", () =>
    Effect.gen(function* () {
      const { url } = yield* AdminServer
      assert.deepStrictEqual(statusesOf(yield* rawExchange(url, head("GET /readyz HTTP/1.0"))), [200])
      const foreign = head("GET /readyz HTTP/1.1", "Host: evil.test", "Connection: close")
      assert.deepStrictEqual(statusesOf(yield* rawExchange(url, foreign)), [403])
    })
  )

  it.effect("is not ready while starting and while draining, and lives all the same", () =>
    Effect.gen(function* () {
      const lifecycle = yield* Lifecycle
      yield* lifecycle.enter("draining")
      assert.strictEqual((yield* admin("/readyz")).status, 503)
      assert.strictEqual((yield* admin("/startupz")).status, 200)
      assert.strictEqual((yield* admin("/livez")).status, 200)
      yield* lifecycle.enter("starting")
      assert.strictEqual((yield* admin("/readyz")).status, 503)
      assert.strictEqual((yield* admin("/startupz")).status, 503)
      yield* lifecycle.enter("serving")
    })
  )

  it.effect("shows a credential that the cloud refused, and is ready all the same", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const states = Effect.map(
        admin("/readyz"),
        ({ text }) => (JSON.parse(text) as { readonly credentials: Readonly<Record<string, string>> }).credentials
      )
      assert.deepStrictEqual(yield* states, { good: "untried", unused: "untried", wrong: "untried" })
      yield* simulator.clearRequests
      for (let n = 0; n < 8; n++) {
        const path = `/v3/${otherProject}/backups/${backup_id}`
        const { headers, status, text } = yield* get(path, { "x-auth-token": keys.reader })
        assert.strictEqual(status, 502)
        if (n > 0) continue
        assert.include(headers["cache-status"], "fwd-status=401")
        const { retryable } = JSON.parse(text) as { readonly retryable: boolean }
        assert.isTrue(retryable)
        assert.strictEqual(headers["retry-after"], "300")
      }
      assert.lengthOf(yield* simulator.requests, 1, "what the cloud refused was not sent again")
      assert.strictEqual((yield* admin("/readyz")).status, 200)
      const refused = yield* states
      assert.match(refused["wrong"] ?? "", /^refused until 2/)
      assert.strictEqual(refused["good"], "untried")
      assert.include((yield* admin("/metrics")).text, 'cbr_proxy_upstream_credential_refused{credential="wrong"} 1')
      // The other project's credential is another: its callers feel nothing.
      const path = yield* pathOf(simulator.backups.available)
      assert.strictEqual((yield* get(path, { "x-auth-token": keys.owner })).status, 200)
      assert.strictEqual((yield* states)["good"], "usable")
    })
  )

  it.effect("what is not sent while a credential is refused tells nothing of the request that was", () =>
    Effect.gen(function* () {
      const path = `/v3/${otherProject}/backups/${backup_id}`
      const { headers, text } = yield* get(path, { "x-auth-token": keys.reader })
      const problem = JSON.parse(text) as Readonly<Record<string, unknown>>
      assert.strictEqual(headers["cache-status"], "cbr-proxy; fwd=uri-miss")
      assert.notProperty(headers, "x-request-id")
      assert.strictEqual(problem["request_id"], headers["x-cbr-proxy-request-id"])
      assert.isTrue(problem["retryable"])
      assert.isAbove(Number(headers["retry-after"]), 200)
      assert.strictEqual(problem["type"], "/-/problems/authentication-failed")
    })
  )

  it.effect("counts requests by route, and no label holds an id", () =>
    Effect.gen(function* () {
      const { project_id } = yield* Simulator
      yield* get(yield* pathOf((yield* Simulator).backups.available), { "x-auth-token": keys.owner })
      yield* get(`/v3/${project_id}/backups/${backup_id}`, { "x-auth-token": keys.reader })
      const { headers, text } = yield* admin("/metrics")
      assert.match(headers["content-type"] ?? "", /^text\/plain; version=0\.0\.4/)
      assert.match(text, /^cbr_proxy_requests_total\{[^}]*route="\/v3\/:project_id\/backups\/:backup_id"[^}]*\} \d+$/m)
      assert.match(text, /^cbr_proxy_denials_total\{[^}]*reason="Project"[^}]*\} \d+$/m)
      assert.match(text, /^cbr_proxy_upstream_seconds_count\{[^}]*outcome="Success"[^}]*\} \d+$/m)
      for (const id of [project_id, otherProject, backup_id, "owner", "reader"]) assert.notInclude(text, id)
      const counters = Array.from(text.matchAll(/^# TYPE (\S+) counter$/gm), ([, name = ""]) => name)
      assert.include(counters, "cbr_client_attempts_total")
      for (const counter of counters) assert.match(counter, /_total$/)
    })
  )

  it.effect("shows the configuration in force, without a secret", () =>
    Effect.gen(function* () {
      const { callers } = yield* configuration
      const simulator = yield* Simulator
      const { text } = yield* admin("/config")
      const shown = JSON.parse(text) as Record<string, Record<string, unknown>>
      assert.deepStrictEqual(Object.keys(shown["callers"] ?? {}), Object.keys(callers))
      assert.deepInclude(shown["credentials"]?.["wrong"] as object, { ak: "WRON…", sk: "<redacted>" })
      const secrets = [Redacted.value(simulator.sk), ...upstreamSecrets, callers.owner.keys[0]!.sha256, simulator.ak]
      for (const secret of secrets) assert.notInclude(text, secret)
    })
  )

  const foreign = ["evil.test", "evil.test:9090", "127.0.0.1.evil.test", "localhost.evil.test", ""]

  it.effect.each(foreign)("refuses a request for the Host %j", (host) =>
    Effect.gen(function* () {
      const { url } = yield* AdminServer
      const received = yield* rawExchange(url, head("GET /config HTTP/1.1", `Host: ${host}`, "Connection: close"))
      assert.deepStrictEqual(statusesOf(received), [403])
      assert.notInclude(received, "callers")
    })
  )

  const foreigners: ReadonlyArray<ReadonlyArray<string>> = [
    ["Origin: http://evil.test"],
    ["Origin: null"],
    ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"],
    ["Sec-Fetch-Site: same-site"]
  ]

  it.effect.each(foreigners)("does nothing for a page of another site that sends %j", (fields) =>
    Effect.gen(function* () {
      const { url } = yield* AdminServer
      for (const target of ["/drain", "/reload"]) {
        const request = head(`POST ${target} HTTP/1.1`, `Host: ${new URL(url).host}`, ...fields, "Connection: close")
        assert.deepStrictEqual(statusesOf(yield* rawExchange(url, request)), [403])
      }
      const lifecycle = yield* Lifecycle
      assert.isTrue(Option.isNone(yield* Effect.timeoutOption(lifecycle.stopped, "1 millis")))
    })
  )

  it.effect("changes nothing on GET", () =>
    Effect.gen(function* () {
      for (const path of ["/drain", "/reload"]) {
        const { headers, status } = yield* admin(path)
        assert.deepStrictEqual([status, headers["allow"]], [405, "POST"])
      }
    })
  )

  it.effect("reads the configuration again when asked, and says what came of it", () =>
    Effect.gen(function* () {
      const path = yield* ConfigurationPath
      const text = JSON.stringify(yield* configuration)
      const reloaded = (contents: string) =>
        Effect.andThen(
          Effect.promise(() => writeFile(path, contents)),
          post("/reload")
        )
      // The proxy follows its file too, and may have been there before.
      const inForce = ["loaded", "unchanged"]
      const [, same] = yield* reloaded(text)
      assert.deepStrictEqual(same, { outcome: "unchanged", waiting: [] })
      const cache = '"cache":{"entries":5,"jitter_percent":5}'
      const other = text.replace('"admin":{"port":0}', `"admin":{"port":1},${cache}`)
      const [taken, { outcome, waiting }] = yield* reloaded(other)
      assert.strictEqual(taken, 200)
      assert.include(inForce, outcome)
      assert.deepStrictEqual(waiting, ["admin", "cache.entries"])
      const [refused, refusal] = yield* reloaded(text.replace('"admin"', '"amin"'))
      assert.deepStrictEqual([refused, refusal.outcome], [422, "refused"])
      assert.match(refusal.faults?.join() ?? "", /amin: unknown setting/)
      const shown = JSON.parse((yield* admin("/config")).text) as Readonly<Record<string, object>>
      assert.deepInclude(shown["cache"], { entries: 10_000, jitter_percent: 5 }, "what is in force, not what waits")
      assert.deepInclude(shown["admin"], { port: 0 })
      assert.include(inForce, (yield* reloaded(text))[1].outcome)
    })
  )

  it.effect("answers to each name of this machine", () =>
    Effect.gen(function* () {
      const { url } = yield* AdminServer
      for (const host of ["localhost", "localhost:1", "127.0.0.1", "[::1]:9090", "LOCALHOST"]) {
        const received = yield* rawExchange(url, head("GET /livez HTTP/1.1", `Host: ${host}`, "Connection: close"))
        assert.deepStrictEqual(statusesOf(received), [200], host)
      }
    })
  )

  it.effect("canary secrets show nowhere", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const seen: Array<string> = []
      for (const key of [...Object.values(keys), "cbrk_Canary-unknown"]) {
        for (const id of [simulator.backups.available, simulator.faults.signature_refused, "Canary-id"]) {
          const { headers, text } = yield* get(yield* pathOf(id), { "x-auth-token": key })
          seen.push(JSON.stringify(headers), text)
        }
      }
      for (const path of ["/metrics", "/config", "/readyz", "/nowhere"]) seen.push((yield* admin(path)).text)
      const all = [...seen, ...(yield* LogLines)].join("\n")
      for (const secret of ["Canary", Redacted.value(simulator.sk), simulator.ak]) assert.notInclude(all, secret)
    })
  )
})
