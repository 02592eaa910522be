import { brotliDecompressSync, gunzipSync } from "node:zlib"
import { Simulator } from "@cbr/simulator"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { Listener } from "../src/server/Server.ts"
import { head, rawExchange, statusesOf } from "./RawExchange.ts"
import {
  get,
  key,
  layer as testProxy,
  LogLines,
  pathOf,
  testProxyFor,
  uncachedPathOf,
  whereAllWaits
} from "./TestProxy.ts"

const asking = (headers: Readonly<Record<string, string>>) => ({ "x-auth-token": key, ...headers })

/** The answer and its bytes, as they went over the wire. */
const bytesOf = Effect.fnUntraced(function* (path: string, headers: Readonly<Record<string, string>>) {
  const { url } = yield* Listener
  const response = yield* HttpClient.get(url + path, { headers: asking(headers) })
  return { status: response.status, headers: response.headers, bytes: Buffer.from(yield* response.arrayBuffer) }
})

const answering = [
  { by: "ahead of the router", proxyFor: testProxyFor },
  { by: "after a wait", proxyFor: whereAllWaits }
]

describe.each(answering)("a cached answer, $by,", ({ proxyFor }) => {
  layer(proxyFor(), { excludeTestServices: true })((it) => {
    it.effect("says that it is one, and is the same to the byte", () =>
      Effect.gen(function* () {
        const simulator = yield* Simulator
        yield* simulator.clearRequests
        const path = yield* pathOf(simulator.backups.tree)
        const first = yield* get(path)
        const second = yield* get(path)
        assert.strictEqual(second.text, first.text)
        assert.strictEqual(first.headers["cache-status"], "cbr-proxy; fwd=uri-miss; fwd-status=200; stored")
        assert.match(second.headers["cache-status"] ?? "", /^cbr-proxy; hit; ttl=\d+$/)
        assert.notProperty(first.headers, "age")
        assert.strictEqual(second.headers["age"], "0")
        assert.match(second.headers["cache-control"] ?? "", /^private, max-age=\d+$/)
        assert.strictEqual(second.headers["vary"], "authorization, x-api-key, x-auth-token, accept-encoding")
        assert.strictEqual(second.headers["x-request-id"], first.headers["x-request-id"])
        assert.strictEqual(second.headers["etag"], first.headers["etag"])
        assert.lengthOf(yield* simulator.requests, 1)
        assert.include((yield* LogLines).join("\n"), '"cache":"hit"')
      })
    )

    it.effect("has a strong tag of its bytes, and is 304 with the same fields to a caller that has it", () =>
      Effect.gen(function* () {
        const path = yield* pathOf((yield* Simulator).backups.available)
        const { headers } = yield* get(path)
        const etag = headers["etag"] ?? ""
        assert.match(etag, /^"[\w-]{43}"$/)
        for (const condition of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
          const answer = yield* bytesOf(path, { "if-none-match": condition })
          assert.strictEqual(answer.status, 304, condition)
          assert.lengthOf(answer.bytes, 0)
          assert.notProperty(answer.headers, "content-length")
          for (const name of ["etag", "vary", "cache-control", "cache-status", "age"]) {
            assert.property(answer.headers, name)
          }
        }
        assert.strictEqual((yield* bytesOf(path, { "if-none-match": '"other"' })).status, 200)
      })
    )

    it.effect("is compressed when asked for, with a tag of its own, from the cache as well", () =>
      Effect.gen(function* () {
        const path = yield* uncachedPathOf((yield* Simulator).backups.tree)
        const plain = yield* bytesOf(path, {})
        const codings = [
          ["gzip", gunzipSync],
          ["br", brotliDecompressSync]
        ] as const
        for (const [coding, decode] of codings) {
          const answer = yield* bytesOf(path, { "accept-encoding": coding })
          assert.strictEqual(answer.headers["content-encoding"], coding)
          assert.strictEqual(answer.headers["content-length"], String(answer.bytes.length))
          assert.isBelow(answer.bytes.length, plain.bytes.length)
          assert.deepStrictEqual(decode(answer.bytes), plain.bytes)
          const etag = answer.headers["etag"] ?? ""
          assert.strictEqual(etag, `${plain.headers["etag"]?.slice(0, -1)}-${coding}"`)
          const again = { "accept-encoding": coding, "if-none-match": etag }
          assert.strictEqual((yield* bytesOf(path, again)).status, 304)
          assert.strictEqual((yield* bytesOf(path, { "if-none-match": etag })).status, 200)
          assert.deepStrictEqual((yield* bytesOf(path, { "accept-encoding": coding })).bytes, answer.bytes)
        }
        assert.notProperty((yield* bytesOf(path, { "accept-encoding": "identity" })).headers, "content-encoding")
      })
    )

    it.effect("answers HEAD with the head that GET has", () =>
      Effect.gen(function* () {
        const { url } = yield* Listener
        const path = yield* pathOf((yield* Simulator).backups.tree)
        const got = yield* bytesOf(path, { "accept-encoding": "gzip" })
        const response = yield* HttpClient.head(url + path, { headers: asking({ "accept-encoding": "gzip" }) })
        for (const name of ["etag", "content-length", "content-encoding", "content-type", "vary", "cache-status"]) {
          assert.strictEqual(response.headers[name], got.headers[name], name)
        }
        assert.strictEqual(yield* response.text, "")
      })
    )

    it.effect("is one entry, however the caller spells the id or decorates the request", () =>
      Effect.gen(function* () {
        const simulator = yield* Simulator
        yield* simulator.clearRequests
        const { available } = simulator.backups
        const path = yield* uncachedPathOf(available)
        const { text } = yield* get(path)
        const decorations = [
          { range: "bytes=0-9" },
          { "x-original-url": "/" },
          { "accept-encoding": "sdch, *;q=0" },
          {}
        ]
        for (const headers of decorations) assert.strictEqual((yield* get(path, asking(headers))).text, text)
        assert.strictEqual((yield* get(yield* pathOf(available.toUpperCase()))).text, text)
        assert.lengthOf(yield* simulator.requests, 1)
      })
    )

    it.effect("does not serve a caller that wants no cached answer, and says so", () =>
      Effect.gen(function* () {
        const path = yield* uncachedPathOf((yield* Simulator).backups.available)
        const answer = yield* get(path, asking({ "cache-control": "only-if-cached" }))
        assert.strictEqual(answer.status, 504)
        assert.include(answer.text, "/-/problems/not-cached")
        assert.strictEqual(answer.headers["cache-status"], "cbr-proxy; detail=only-if-cached")
        const late = yield* get(path, asking({ "x-cbr-timeout-ms": "20" }))
        assert.strictEqual(late.status, 504)
        assert.include(late.text, "/-/problems/timed-out")
        assert.strictEqual((yield* get(path, asking({ "x-cbr-timeout-ms": "soon" }))).status, 400)
      })
    )

    it.effect("can be that there is no such backup", () =>
      Effect.gen(function* () {
        const simulator = yield* Simulator
        yield* simulator.clearRequests
        const path = yield* pathOf(simulator.faults.not_found)
        yield* get(path)
        const { headers, status } = yield* get(path)
        assert.strictEqual(status, 404)
        assert.match(headers["cache-status"] ?? "", /^cbr-proxy; hit; ttl=\d$/)
        assert.strictEqual(headers["cache-control"], "no-store")
        assert.lengthOf(yield* simulator.requests, 1)
      })
    )

    it.effect("comes with what is left of the caller's quota, and so does a problem", () =>
      Effect.gen(function* () {
        const { backups, faults } = yield* Simulator
        for (const id of [backups.available, faults.unavailable]) {
          const { headers } = yield* get(yield* pathOf(id))
          assert.strictEqual(headers["ratelimit-policy"], '"caller";q=10000;w=1')
          assert.match(headers["ratelimit"] ?? "", /^"caller";r=\d+;t=1$/)
        }
      })
    )
  })
})

const purge = Effect.fnUntraced(function* (backup_id: string, headers: Readonly<Record<string, string>>) {
  const { url } = yield* Listener
  const { project_id } = yield* Simulator
  const response = yield* HttpClient.del(`${url}/-/v1/projects/${project_id}/backups/${backup_id}/cache`, { headers })
  return { status: response.status, text: yield* response.text }
})

layer(testProxy, { excludeTestServices: true })("DELETE of a backup's cache", (it) => {
  it.effect("refuses an id that no backup has, of any length, as the stream of its events does", () =>
    Effect.gen(function* () {
      const { url } = yield* Listener
      const { backups, project_id } = yield* Simulator
      for (const id of ["x", "x".repeat(1_900), `${backups.example}0`, backups.example.replaceAll("-", "")]) {
        const path = `${url}/-/v1/projects/${project_id}/backups/${id}`
        const [purged, watched] = yield* Effect.all([
          HttpClient.execute(HttpClientRequest.delete(`${path}/cache`, { headers: asking({}) })),
          HttpClient.head(`${path}/events`, { headers: asking({}) })
        ])
        assert.deepStrictEqual([purged.status, watched.status], [400, 400], id)
      }
    })
  )

  it.effect("has it forgotten", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const path = yield* pathOf(simulator.backups.available)
      yield* get(path)
      assert.deepStrictEqual(yield* purge(simulator.backups.available, asking({})), { status: 204, text: "" })
      assert.include((yield* get(path)).headers["cache-status"], "fwd=uri-miss")
    })
  )

  it.effect("needs a key, and is no GET", () =>
    Effect.gen(function* () {
      const { backups, project_id } = yield* Simulator
      assert.strictEqual((yield* purge(backups.available, {})).status, 401)
      const answer = yield* get(`/-/v1/projects/${project_id}/backups/${backups.available}/cache`)
      assert.strictEqual(answer.status, 405)
      assert.strictEqual(answer.headers["allow"], "DELETE")
    })
  )
})

const Item = Schema.Struct({
  status: Schema.Int,
  request_id: Schema.optionalKey(Schema.String),
  etag: Schema.optionalKey(Schema.String),
  cache_status: Schema.optionalKey(Schema.String),
  body: Schema.optionalKey(Schema.Unknown),
  problem: Schema.optionalKey(Schema.Struct({ type: Schema.String, status: Schema.Int, error_code: Schema.String }))
})
const decodeItems = Schema.decodeEffect(Schema.fromJsonString(Schema.Struct({ items: Schema.Array(Item) })))

const batch = Effect.fnUntraced(function* (body: unknown, headers: Readonly<Record<string, string>> = asking({})) {
  const { url } = yield* Listener
  const request = HttpClientRequest.post(`${url}/-/v1/backups:batchGet`, { headers })
  const response = yield* HttpClient.execute(
    typeof body === "string"
      ? HttpClientRequest.bodyText(request, body, "application/json")
      : HttpClientRequest.bodyJsonUnsafe(request, body)
  )
  return { status: response.status, headers: response.headers, text: yield* response.text }
})

layer(testProxy, { excludeTestServices: true })("batchGet", (it) => {
  it.effect("answers each item by itself, in order, with the service's own bytes", () =>
    Effect.gen(function* () {
      const { backups, faults, project_id, put } = yield* Simulator
      const backup_id = "c0000000-0000-4000-8000-000000000001"
      const odd = '\uFEFF{"backup": {"id":"x", "resource_size":1.50E+2,"n":9007199254740993}}\n'
      yield* put({ backup_id, body: odd })
      const ids = [backups.available, faults.not_found, backup_id, "nope", faults.unavailable, backups.available]
      const { status, text } = yield* batch({ items: ids.map((backup_id) => ({ project_id, backup_id })) })
      assert.strictEqual(status, 200)
      const { items } = yield* decodeItems(text)
      assert.deepStrictEqual(
        items.map((item) => item.status),
        [200, 404, 200, 400, 503, 200]
      )
      assert.include(text, '"body":{"backup": {"id":"x", "resource_size":1.50E+2,"n":9007199254740993}}')
      assert.deepStrictEqual(items[0]?.body, JSON.parse((yield* get(yield* pathOf(backups.available))).text))
      assert.strictEqual(items[1]?.problem?.error_code, "BackupService.6200")
      assert.strictEqual(items[3]?.problem?.type, "/-/problems/invalid-request")
      assert.include(items[5]?.cache_status ?? "", "collapsed")
    })
  )

  it.effect("takes nothing but a small JSON object of the right shape", () =>
    Effect.gen(function* () {
      const { project_id } = yield* Simulator
      const item = { project_id, backup_id: "6df2b54c-dd62-4059-a07c-1b8f24f2725d" }
      const bodies: ReadonlyArray<readonly [unknown, status: number]> = [
        ["", 400],
        ["{", 400],
        ["[]", 400],
        [{}, 400],
        [{ items: [{ project_id }] }, 400],
        [{ items: [{ ...item, more: 1 }] }, 400],
        [{ items: [item], more: 1 }, 400],
        [{ items: [] }, 200],
        [{ items: Array.from({ length: 101 }, () => item) }, 413],
        [`{"items": [], "x": "${"x".repeat(64 * 1024)}"}`, 413]
      ]
      for (const [body, status] of bodies) assert.strictEqual((yield* batch(body)).status, status, String(body))
      assert.strictEqual((yield* batch({ items: [item] }, {})).status, 401)
    })
  )

  const fields = ["Host: 127.0.0.1", `X-Auth-Token: ${key}`, "Connection: close"]
  const type = "Content-Type: application/json"
  const line = "POST /-/v1/backups:batchGet HTTP/1.1"
  const large = "x".repeat(70 * 1024)

  const raw: ReadonlyArray<readonly [string, request: string, status: number]> = [
    ["10 MiB, of which nothing came yet", head(line, ...fields, type, `Content-Length: ${10 * 1024 * 1024}`), 413],
    [
      "chunks beyond the limit",
      `${head(line, ...fields, type, "Transfer-Encoding: chunked")}${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`,
      413
    ],
    ["gzip", head(line, ...fields, type, "Content-Encoding: gzip", "Content-Length: 0"), 415],
    ["another type", head(line, ...fields, "Content-Type: text/plain", "Content-Length: 0"), 415],
    ["no type", head(line, ...fields, "Content-Length: 0"), 415],
    ["two types", head(line, ...fields, type, type, "Content-Length: 0"), 415],
    ["GET", head(line.replace("POST", "GET"), ...fields), 405]
  ]

  it.effect.each(raw)("%s is refused", ([, request, status]) =>
    Effect.gen(function* () {
      const { url } = yield* Listener
      assert.deepStrictEqual(statusesOf(yield* rawExchange(url, request)), [status])
    })
  )
})

const scarce = {
  callers: { default: { perSecond: 0.01, burst: 3 } },
  project: { perSecond: 10, burst: 10 }
}

describe.each(answering)("a caller over its quota, answered $by,", ({ proxyFor }) => {
  layer(proxyFor({ quotas: scarce }), { excludeTestServices: true })((it) => {
    it.effect("is refused, hits and all, with when to come back", () =>
      Effect.gen(function* () {
        const path = yield* pathOf((yield* Simulator).backups.available)
        for (const left of [2, 1, 0]) {
          const { headers, status } = yield* get(path)
          assert.strictEqual(status, 200)
          assert.include(headers["ratelimit"] ?? "", `"caller";r=${left};t=`)
        }
        const { headers, status, text } = yield* get(path)
        assert.strictEqual(status, 429)
        assert.include(text, "/-/problems/quota-exceeded")
        const after = Number(headers["retry-after"])
        // The hundred seconds that the next one takes to come, but for those that this test has taken.
        assert.isTrue(after > 40 && after <= 100, `${after}`)
        assert.strictEqual(headers["ratelimit-policy"], '"caller";q=3;w=300')
        assert.include(headers["ratelimit"] ?? "", '"caller";r=0')
        assert.strictEqual((yield* get(path, { "x-auth-token": "wrong" })).status, 401)
      })
    )
  })
})
