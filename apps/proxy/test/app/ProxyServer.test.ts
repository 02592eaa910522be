import { connect, createServer, type AddressInfo } from "node:net"
import { BackupClient, Credentials, ErrorTable, Environment, ShowBackupError } from "@cbr/client"
import { omitUndefined } from "@cbr/domain"
import { Fault, type ReservedFaultName, Simulator } from "@cbr/simulator"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it, layer } from "@effect/vitest"
import { ConfigProvider, Deferred, Effect, Layer, Redacted, Schema } from "effect"
import { HttpClient } from "effect/http"
import { proxyErrors } from "../../src/problems/ProxyError.ts"
import { Listener } from "../../src/server/Server.ts"
import { head, rawExchange, statusesOf } from "../RawExchange.ts"
import { clientOf, get, key, layer as testProxy, LogLines, pathOf, proxyOver, uncachedPathOf } from "../TestProxy.ts"

const Problem = Schema.fromJsonString(
  Schema.Struct({
    type: Schema.String,
    title: Schema.NonEmptyString,
    status: Schema.Int,
    detail: Schema.NonEmptyString,
    instance: Schema.NonEmptyString,
    retryable: Schema.Boolean,
    error_code: Schema.NonEmptyString,
    error_msg: Schema.NonEmptyString,
    request_id: Schema.NonEmptyString
  })
)
const decodeProblem = Schema.decodeEffect(Problem)

/** Each reserved fault of the simulator: what it is to the client, and the code that a caller of the proxy reads. */
const faults: ReadonlyArray<readonly [ReservedFaultName, ShowBackupError["_tag"], code: string, ofCbr?: number]> = [
  ["signature_refused", "AuthenticationFailed", "APIGW.0301"],
  ["access_key_locked", "AuthenticationFailed", "APIGW.0301"],
  ["token_expired", "AuthenticationFailed", "APIGW.0301"],
  ["authentication_failed", "AuthenticationFailed", "BackupService.9998"],
  ["project_refused", "PermissionDenied", "CbrProxy.PermissionDenied"],
  ["address_refused", "RequestRefused", "CbrProxy.RequestRefused"],
  ["authentication_unnamed", "AuthenticationFailed", "CbrProxy.AuthenticationFailed"],
  ["request_refused", "RequestRefused", "BackupService.9900", 400],
  ["request_in_conflict", "RequestRefused", "SYS.0409", 409],
  ["forbidden", "PermissionDenied", "BackupService.8600"],
  ["not_found", "BackupNotFound", "BackupService.6200"],
  ["no_such_api", "OtherStatus", "APIGW.0101"],
  ["rate_limited", "RateLimited", "APIGW.0308"],
  ["server_error", "ServiceUnavailable", "BackupService.9910"],
  ["unavailable", "ServiceUnavailable", "APIGW.0613"],
  ["backend_timeout", "ServiceUnavailable", "APIGW.0201"],
  ["load_balancer_error", "ServiceUnavailable", "CbrProxy.ServiceUnavailable"],
  ["other_status", "OtherStatus", "CbrProxy.OtherStatus"],
  ["redirect", "OtherStatus", "CbrProxy.OtherStatus"],
  ["malformed_json", "MalformedResponse", "CbrProxy.MalformedResponse"],
  ["html", "MalformedResponse", "CbrProxy.MalformedResponse"],
  ["empty", "MalformedResponse", "CbrProxy.MalformedResponse"],
  ["gzip", "MalformedResponse", "CbrProxy.MalformedResponse"],
  ["too_large", "ResponseTooLarge", "CbrProxy.ResponseTooLarge"],
  ["wrong_length", "MalformedResponse", "CbrProxy.MalformedResponse"],
  ["cut_mid_body", "ConnectionFailed", "CbrProxy.ConnectionFailed"],
  ["reset", "ConnectionFailed", "CbrProxy.ConnectionFailed"],
  ["stall_mid_body", "TimedOut", "CbrProxy.TimedOut"],
  ["hang", "TimedOut", "CbrProxy.TimedOut"]
]

layer(testProxy, { excludeTestServices: true })("relay", (it) => {
  it.effect("a body passes to the byte, whatever its white space and its spelling of numbers and strings", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const backup_id = "c0000000-0000-4000-8000-000000000001"
      const body =
        '\uFEFF \r\n{ "backup" :\t{"id":"x","resource_size": 1.50E+2,"n":9007199254740993,"name":"\\u5907\\/份\\ud83d\\ude00 😀"  , "name":"again"}}\n\n'
      yield* simulator.put({ backup_id, body })
      const answer = yield* get(yield* pathOf(backup_id))
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(answer.headers["content-type"], "application/json")
      const bytes = yield* HttpClient.get((yield* Listener).url + (yield* pathOf(backup_id)), {
        headers: { "x-auth-token": key }
      }).pipe(Effect.flatMap((response) => response.arrayBuffer))
      assert.deepStrictEqual(Buffer.from(bytes), Buffer.from(body))
    })
  )

  it.effect("every built-in backup is relayed as the cloud serves it", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const token = Redacted.value(yield* simulator.issueToken)
      for (const backup_id of Object.values(simulator.backups)) {
        const path = yield* pathOf(backup_id)
        const direct = yield* HttpClient.get(simulator.cbr + path, { headers: { "x-auth-token": token } })
        assert.strictEqual((yield* get(path)).text, yield* direct.text)
      }
    })
  )

  it.effect("the service's request id comes with the answer, beside the proxy's own", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      const { headers } = yield* get(yield* uncachedPathOf(simulator.backups.available))
      const [upstream] = yield* simulator.requests
      assert.strictEqual(headers["x-request-id"], upstream?.request_id)
      assert.match(headers["x-cbr-proxy-request-id"] ?? "", /^[0-9a-f-]{36}$/)
    })
  )

  it.effect("the cloud gets the proxy's signature and nothing that the caller sent", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      yield* get(yield* uncachedPathOf(simulator.backups.available), {
        "x-auth-token": key,
        "x-security-token": "theirs",
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        cookie: "a=b"
      })
      const [upstream] = yield* simulator.requests
      assert.includeMembers(Object.keys(upstream!.headers), ["authorization", "x-sdk-date"])
      for (const name of ["x-auth-token", "x-security-token", "traceparent", "b3", "cookie"]) {
        assert.notProperty(upstream!.headers, name)
      }
    })
  )

  it.effect("HEAD answers with the head of GET", () =>
    Effect.gen(function* () {
      const { url } = yield* Listener
      const path = yield* pathOf((yield* Simulator).backups.tree)
      const { text } = yield* get(path)
      const response = yield* HttpClient.head(url + path, { headers: { "x-auth-token": key } })
      assert.strictEqual(response.status, 200)
      assert.strictEqual(response.headers["content-type"], "application/json")
      assert.strictEqual(response.headers["content-length"], String(Buffer.byteLength(text)))
      assert.strictEqual(yield* response.text, "")
    })
  )
})

layer(testProxy, { excludeTestServices: true })("problems", (it) => {
  it.effect.each(faults)("%s is a problem of kind %s with code %s", ([fault, tag, code, ofCbr]) =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const log = yield* LogLines
      const kind = { ...ErrorTable[tag], ...omitUndefined({ httpStatus: ofCbr }) }
      const { headers, status, text } = yield* get(yield* pathOf(simulator.faults[fault]))
      const problem = yield* decodeProblem(text)

      assert.strictEqual(status, kind.httpStatus)
      assert.strictEqual(headers["content-type"], "application/problem+json")
      assert.strictEqual(problem.type, `/-/problems/${kind.slug}`)
      assert.strictEqual(problem.title, kind.title.en)
      assert.strictEqual(problem.status, kind.httpStatus)
      // A locked key is none of the caller's, and opens again by itself.
      assert.strictEqual(problem.retryable, kind.retryable || "retry-after" in headers)
      assert.strictEqual(problem.error_code, code)
      assert.strictEqual(problem.request_id, headers["x-request-id"] ?? headers["x-cbr-proxy-request-id"])
      assert.strictEqual(problem.instance, `urn:uuid:${headers["x-cbr-proxy-request-id"]}`)

      const shown = JSON.stringify([headers, text, log])
      for (const secret of [Redacted.value(simulator.sk), simulator.ak, "QUOTEDACCESSKEY00001", "0badc0de", key]) {
        assert.notInclude(shown, secret)
      }
      assert.notInclude(text, "canonicalRequest")
    })
  )

  it.effect.each(faults)("cbr's client meets %s through the proxy as it does without", ([fault, tag]) =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const { url } = yield* Listener
      const error = yield* BackupClient.use((client) =>
        client.showBackup({ project_id: simulator.project_id, backup_id: simulator.faults[fault] })
      ).pipe(Effect.provide(clientOf(url, Credentials.token(Redacted.make(key)))), Effect.flip)
      // The connection that failed is not the caller's: to it, a service behind the proxy is unavailable.
      assert.strictEqual(error._tag, tag === "ConnectionFailed" ? "ServiceUnavailable" : tag, error.message)
    })
  )

  it.effect("Retry-After is passed on", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const limited = yield* get(yield* pathOf(simulator.faults.rate_limited))
      assert.strictEqual(limited.headers["retry-after"], "1")
      const locked = yield* get(yield* pathOf(simulator.faults.access_key_locked))
      assert.strictEqual(locked.headers["retry-after"], "300")
    })
  )

  it.effect("an error's request id is the service's", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      const { text } = yield* get(yield* pathOf(simulator.faults.forbidden))
      const [upstream] = yield* simulator.requests
      assert.strictEqual((yield* decodeProblem(text)).request_id, upstream?.request_id)
    })
  )

  it.effect("why the cloud refused the proxy's key stands in the log, not in the answer", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const log = yield* LogLines
      log.length = 0
      const { text } = yield* get(yield* pathOf(simulator.faults.signature_refused))
      assert.notInclude(text, "verify aksk signature fail")
      assert.include(log.join("\n"), "verify aksk signature fail")
    })
  )

  it.effect("an id that cannot be one is an invalid request, and nothing is sent", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      const valid = simulator.backups.available
      const paths = [
        `/v3/${simulator.project_id}/backups/nope`,
        `/v3/${simulator.project_id}/backups/${valid}0`,
        `/v3/${"p".repeat(65)}/backups/${valid}`,
        `/v3/a:b/backups/${valid}`,
        `/v3/${simulator.project_id}/backups/${"b".repeat(1_000)}`
      ]
      for (const path of paths) {
        const { status, text } = yield* get(path)
        assert.strictEqual(status, 400, path)
        assert.strictEqual((yield* decodeProblem(text)).type, "/-/problems/invalid-request")
      }
      assert.isEmpty(yield* simulator.requests)
    })
  )

  it.effect("every kind has a page where its type points", () =>
    Effect.gen(function* () {
      for (const { hint, httpStatus, slug } of [...Object.values(ErrorTable), ...Object.values(proxyErrors)]) {
        const page = yield* get(`/-/problems/${slug}`, {})
        assert.strictEqual(page.status, 200)
        assert.strictEqual(page.headers["content-type"], "text/plain; charset=utf-8")
        for (const part of [hint.en, hint.zh, String(httpStatus)]) assert.include(page.text, part)
      }
      assert.strictEqual((yield* get("/-/problems/unheard-of", {})).status, 404)
    })
  )
})

describe("problems", () => {
  it.live("without credentials in the environment the proxy says so, and names no variable to callers", () =>
    Effect.gen(function* () {
      const { status, text } = yield* get("/v3/p/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d")
      assert.strictEqual(status, ErrorTable.NoCredentials.httpStatus)
      const problem = yield* decodeProblem(text)
      assert.strictEqual(problem.type, "/-/problems/no-credentials")
      assert.strictEqual(problem.error_code, "CbrProxy.NoCredentials")
      assert.notInclude(text, "HUAWEICLOUD")
    }).pipe(
      Effect.provide(
        Layer.merge(proxyOver(clientOf("http://127.0.0.1:9", Environment.layer)), NodeHttpClient.layerUndici).pipe(
          Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({})))
        )
      )
    )
  )

  it("every error of the union was seen above", () => {
    const seen = new Set<string>([...faults.map(([, tag]) => tag), "InvalidRequest", "NoCredentials"])
    assert.sameMembers(
      [...seen],
      ShowBackupError.members.map((member) => member.identifier)
    )
  })
})

layer(testProxy, { excludeTestServices: true })("callers", (it) => {
  const refused: ReadonlyArray<readonly [string, Readonly<Record<string, string>>, status: number]> = [
    ["no key", {}, 401],
    ["an empty key", { "x-auth-token": "" }, 401],
    ["a wrong key", { "x-auth-token": "cbrk_wrong" }, 401],
    ["a key that begins right", { "x-auth-token": key.slice(0, -1) }, 401],
    ["a key in another case", { authorization: `Bearer ${key.toUpperCase()}` }, 401],
    ["another scheme", { authorization: `Basic ${Buffer.from(`:${key}`).toString("base64")}` }, 401],
    ["a signature", { authorization: "SDK-HMAC-SHA256 Access=A, SignedHeaders=host, Signature=0" }, 401],
    ["a key with more behind it", { authorization: `Bearer ${key} x` }, 401],
    ["two keys, both right", { "x-auth-token": key, authorization: `Bearer ${key}` }, 400]
  ]

  it.effect.each(refused)("%s is refused before the cloud hears of it", ([, headers, status]) =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      const answer = yield* get(yield* pathOf(simulator.backups.available), headers)
      assert.strictEqual(answer.status, status)
      yield* decodeProblem(answer.text)
      assert.strictEqual(
        answer.headers["www-authenticate"],
        status === 401 ? 'Bearer realm="cbr-proxy", SDK-HMAC-SHA256 realm="cbr-proxy"' : undefined
      )
      assert.isEmpty(yield* simulator.requests)
    })
  )

  it.effect("without the key a backup that exists and one that does not look alike, and so do bad ids", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const bodies = new Set<string>()
      for (const id of [simulator.backups.available, simulator.faults.not_found, "nope", "nope?x=1"]) {
        const { text } = yield* get(yield* pathOf(id), { "x-auth-token": "wrong" })
        bodies.add(text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID"))
      }
      assert.strictEqual(bodies.size, 1)
    })
  )

  it.effect("the key is taken as X-Auth-Token or as Authorization: Bearer", () =>
    Effect.gen(function* () {
      const path = yield* pathOf((yield* Simulator).backups.available)
      assert.strictEqual((yield* get(path, { "x-auth-token": key })).status, 200)
      assert.strictEqual((yield* get(path, { authorization: `Bearer ${key}` })).status, 200)
      assert.strictEqual((yield* get(path, { authorization: `bearer  ${key}` })).status, 200)
    })
  )

  it.effect("healthz needs no key", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* get("/-/healthz", {})).status, 200)
    })
  )
})

layer(testProxy, { excludeTestServices: true })("the edge", (it) => {
  const good = "/v3/4229d7a45436489f8c3dc2b1d35d4987/backups/b0000000-0000-4000-8000-000000000001"
  const fields = ["Host: localhost", `X-Auth-Token: ${key}`]

  it.effect("a request behind a mere refusal on the same connection is served", () =>
    Effect.gen(function* () {
      const { url } = yield* Listener
      const path = yield* pathOf((yield* Simulator).backups.available)
      const requests =
        head(`GET /nowhere HTTP/1.1`, ...fields) + head(`GET ${path} HTTP/1.1`, ...fields, "Connection: close")
      assert.deepStrictEqual(statusesOf(yield* rawExchange(url, requests)), [404, 200])
    })
  )

  it.effect("what is refused in a path is written nowhere", () =>
    Effect.gen(function* () {
      const log = yield* LogLines
      const canary = "Canary-7c1d"
      for (const path of [
        `/${canary}`,
        `/-/healthz/${canary}?token=${canary}`,
        `${good}?token=${canary}`,
        `/v3/p/backups/${canary}`
      ]) {
        const { headers, text } = yield* get(path)
        assert.notInclude(JSON.stringify([headers, text, log]), canary)
      }
    })
  )

  it.effect("a backup may be kept by its caller's own cache, and a problem by none", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const backup = yield* get(yield* pathOf(simulator.backups.available))
      assert.match(backup.headers["cache-control"] ?? "", /^private, max-age=\d+$/)
      const problem = yield* get(yield* pathOf(simulator.faults.not_found))
      assert.strictEqual(problem.headers["cache-control"], "no-store")
    })
  )
})

describe("a caller that disconnects", () => {
  it.live("takes the call to the cloud along", () =>
    Effect.gen(function* () {
      const arrived = yield* Deferred.make<void>()
      const left = yield* Deferred.make<void>()
      const cloud = yield* Effect.acquireRelease(
        Effect.callback<{ readonly port: number; readonly close: () => void }>((resume) => {
          const server = createServer((socket) => {
            socket.once("data", () => Deferred.doneUnsafe(arrived, Effect.void))
            socket.once("close", () => Deferred.doneUnsafe(left, Effect.void))
            socket.on("error", () => undefined)
          }).listen(0, "127.0.0.1", () =>
            resume(Effect.succeed({ port: (server.address() as AddressInfo).port, close: () => server.close() }))
          )
        }),
        ({ close }) => Effect.sync(close)
      )
      const credentials = Credentials.token(Redacted.make("token"))
      yield* Effect.gen(function* () {
        const { hostname, port } = new URL((yield* Listener).url)
        const caller = connect(Number(port), hostname, () =>
          caller.write(
            head(
              `GET /v3/p/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d HTTP/1.1`,
              "Host: localhost",
              `X-Auth-Token: ${key}`
            )
          )
        )
        yield* Deferred.await(arrived)
        caller.destroy()
        yield* Deferred.await(left)
      }).pipe(Effect.provide(proxyOver(clientOf(`http://127.0.0.1:${cloud.port}`, credentials))))
    }).pipe(Effect.scoped)
  )
})

describe("the proxy", () => {
  it.live("adds no retry of its own to the client's", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.inject(Fault.Answer({ status: 503 }), { on: { backup_id: simulator.backups.available } })
      const path = yield* pathOf(simulator.backups.available)
      assert.strictEqual((yield* get(path)).status, 503)
      assert.strictEqual((yield* get(path)).status, 200)
      assert.lengthOf(yield* simulator.requests, 2)
    }).pipe(Effect.provide(testProxy))
  )
})
