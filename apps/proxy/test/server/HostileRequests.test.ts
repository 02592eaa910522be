import { Simulator } from "@cbr/simulator"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { BackupCacheLimits } from "../../src/cache/BackupCache.ts"
import { defaultLimitsPolicy } from "../../src/policy/LimitsPolicy.ts"
import { Listener } from "../../src/server/Server.ts"
import { head, rawExchange, statusesOf } from "../RawExchange.ts"
import { key, layer as testProxy, LogLines, pathOf, whereAllWaits } from "../TestProxy.ts"

const good = "/v3/4229d7a45436489f8c3dc2b1d35d4987/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d"
const [project, backup] = [good.split("/")[2], good.split("/")[4]]
const fields = ["Host: localhost", `X-Auth-Token: ${key}`]

const get = (target: string, ...more: ReadonlyArray<string>) => head(`GET ${target} HTTP/1.1`, ...fields, ...more)
const post = (body: string, ...more: ReadonlyArray<string>) => head(`POST ${good} HTTP/1.1`, ...fields, ...more) + body

/** Requests after which the connection cannot be trusted: one answer, and its end. */
const refused: ReadonlyArray<readonly [string, request: string, status: number]> = [
  ["both lengths", post("0\r\n\r\n", "Content-Length: 5", "Transfer-Encoding: chunked"), 400],
  ["an unknown coding", post("0\r\n\r\n", "Transfer-Encoding: xchunked"), 400],
  ["a coding after chunked", post("0\r\n\r\n", "Transfer-Encoding: chunked, identity"), 400],
  ["a coding before chunked", post("0\r\n\r\n", "Transfer-Encoding: gzip, chunked"), 400],
  ["two codings in two fields", post("0\r\n\r\n", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), 400],
  ["chunks on HTTP/1.0", `${head(`POST ${good} HTTP/1.0`, ...fields, "Transfer-Encoding: chunked")}0\r\n\r\n`, 400],
  ["two equal lengths", post("x", "Content-Length: 1", "Content-Length: 1"), 400],
  ["two lengths", post("xx", "Content-Length: 1", "Content-Length: 2"), 400],
  ["a list of lengths", post("x", "Content-Length: 1, 1"), 400],
  ["a length with a plus", post("x", "Content-Length: +1"), 400],
  ["a negative length", post("x", "Content-Length: -1"), 400],
  ["a length of 23 digits", post("x", `Content-Length: ${"1".repeat(23)}`), 400],
  ["a length with a leading zero", post("x", "Content-Length: 01"), 400],
  ["no length in its field", post("x", "Content-Length: "), 400],
  ["bare LF", get(good).replaceAll("\r\n", "\n"), 400],
  ["one bare LF", get(good).replace("localhost\r\n", "localhost\n"), 400],
  ["CR in a value", get(good, "x: a\rb"), 400],
  ["NUL in a value", get(good, "x: a\0b"), 400],
  ["another control byte in a value", get(good, "x: a\u0001b"), 400],
  ["a folded line", get(good, "x: a", " b"), 400],
  ["a space before the colon", get(good, "x : a"), 400],
  ["a length with a space before the colon", post("x", "Content-Length : 1"), 400],
  ["an empty name", get(good, ": a"), 400],
  ["a line without a colon", get(good, "x"), 400],
  ["a GET with a body", `${get(good, "Content-Length: 5")}hello`, 400],
  ["a GET with an empty object", `${get(good, "Content-Length: 2", "Content-Type: application/json")}{}`, 400],
  ["a GET whose body is a request", `${get(good, `Content-Length: ${get(good).length}`)}${get(good)}`, 400],
  ["a chunked GET", `${get(good, "Transfer-Encoding: chunked")}0\r\n\r\n`, 400],
  ["HTTP/0.9", `GET ${good}\r\n\r\n`, 505],
  ["HTTP/2.0 in text", get(good).replace("HTTP/1.1", "HTTP/2.0"), 505],
  ["HTTP/1.2", get(good).replace("HTTP/1.1", "HTTP/1.2"), 400],
  ["HTTP/1.0 without Host", head(`GET ${good} HTTP/1.0`, `X-Auth-Token: ${key}`), 400],
  ["no Host", head(`GET ${good} HTTP/1.1`, `X-Auth-Token: ${key}`), 400],
  ["HTTP/1.1 without Host, for health", head("GET /-/healthz HTTP/1.1"), 400],
  ["HTTP/1.0 without Host, for what only begins as health", head("GET /-/healthz/x HTTP/1.0"), 400],
  ["HTTP/1.0 without Host, to delete health", head("DELETE /-/healthz HTTP/1.0"), 400],
  ["two Hosts", get(good, "Host: localhost"), 400],
  ["an empty Host", get(good).replace("localhost", ""), 400],
  ["a Host with a path and a user", get(good).replace("localhost", "a/b@c"), 400],
  ["a list of Hosts", get(good).replace("localhost", "localhost, evil.test"), 400],
  ["a Host that is not the proxy's", get(good).replace("localhost", "evil.test"), 421],
  ["a Host that begins as the proxy's does", get(good).replace("localhost", "localhost.evil.test"), 421],
  ["absolute form, Host of the proxy", get(`http://evil.test${good}`), 400],
  ["absolute form, another host", get(`http://evil.test${good}`).replace("localhost", "evil.test"), 421],
  ["absolute form, a user", get(`http://evil.test@localhost${good}`), 400],
  ["absolute form, another scheme", get(`file://localhost${good}`), 400],
  ["asterisk form", get("*"), 400],
  ["asterisk form of OPTIONS", head("OPTIONS * HTTP/1.1", ...fields), 400],
  ["CONNECT", head("CONNECT evil.test:443 HTTP/1.1", "Host: evil.test:443"), 405],
  ["CONNECT to the proxy itself", head("CONNECT localhost:80 HTTP/1.1", ...fields), 405],
  ["TRACE", head(`TRACE ${good} HTTP/1.1`, ...fields), 405],
  ["two slashes at the start", get("//evil.test/x"), 400],
  ["a doubled slash", get(good.replace("/backups", "//backups")), 400],
  ["a backslash", get(`${good}\\x`), 400],
  ["a fragment", get(`${good}#frag`), 400],
  ["dot segments", get(`/v3/${project}/../other/backups/${backup}`), 400],
  ["encoded dots", get(`/v3/%2e%2e/backups/${backup}`), 400],
  ["an encoded slash", get(`/v3/${project}%2Fbackups/${backup}`), 400],
  ["an encoded NUL", get(`${good}%00`), 400],
  ["an overlong dot", get(`/v3/%c0%ae%c0%ae/backups/${backup}`), 400],
  ["a path parameter", get(`${good};x`), 400],
  ["a doubly encoded slash", get(`/v3/${project}%252Fbackups/${backup}`), 400],
  ["bytes beyond ASCII in a path", get(`${good}\u00e4`), 400],
  ["a space in a path", get(`${good} x`), 400],
  ["a trailing slash", get(`${good}/`), 400],
  ["HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  ["TLS", "\x16\x03\x01\x00\xf4\x01\x00\x00\xf0\x03\x03", 400],
  ["1,200 fields", get(good, ...Array.from({ length: 1_200 }, (_, n) => `x${n}:1`)), 431],
  [
    "1,200 fields before the credential",
    head(`GET ${good} HTTP/1.1`, "Host: localhost", ...Array.from({ length: 1_200 }, (_, n) => `x${n}:1`), fields[1]!),
    431
  ],
  ["65 fields", get(good, ...Array.from({ length: 63 }, (_, n) => `x${n}: 1`)), 431],
  ["a field of 17 KiB", get(good, `x: ${"y".repeat(17 * 1024)}`), 431],
  ["a target of 10 KiB", get(`/${"p".repeat(10 * 1024)}`), 414],
  ["10 MiB announced", post("", `Content-Length: ${10 * 1024 * 1024}`), 413],
  ["a compressed body", post("x".repeat(20), "Content-Length: 20", "Content-Encoding: gzip"), 415],
  ["an expectation of its own", get(good, "Expect: a-cookie"), 417],
  ["a script of another origin", get(good, "Origin: http://evil.test"), 403],
  ["a script without an origin", get(good, "Origin: null"), 403],
  ["a page of another site", get(good, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"), 403],
  ["a page of a sibling site", get(good, "Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: cors"), 403]
]

/** Requests that are not served, or not as they wish, but leave the connection as it was. */
const harmless: ReadonlyArray<readonly [string, request: string, status: number]> = [
  ["absolute form, the proxy's own", get(`http://LOCALHOST${good}`), 200],
  ["a length of nothing", get(good, "Content-Length: 0"), 200],
  [
    "a signed GET with another body than the SDKs'",
    `${head(`GET ${good} HTTP/1.1`, fields[0]!, "Authorization: SDK-HMAC-SHA256 Access=a", "Content-Length: 2", "Content-Type: application/json")}GE`,
    400
  ],
  ["a region", get(good, "X-Region: evil.test/", "X-Forwarded-Host: evil.test", "Forwarded: host=evil.test"), 200],
  ["an endpoint in the query", get(`${good}?endpoint=http://evil.test`), 400],
  ["another parameter", get(`${good}?x=1`), 400],
  ["an empty query", get(`${good}?`), 400],
  ["credentials to be dropped on the way", get(good, "Connection: authorization, x-sdk-date, x-auth-token"), 200],
  ["another method in a field", get(good, "X-HTTP-Method-Override: DELETE", "X-Method-Override: DELETE"), 200],
  ["DELETE", head(`DELETE ${good} HTTP/1.1`, ...fields), 405],
  ["GET by override", head(`POST ${good} HTTP/1.1`, ...fields, "X-HTTP-Method-Override: GET"), 405],
  ["another target in a field", get(good, "X-Original-URL: /-/healthz", "X-Rewrite-URL: /-/healthz"), 200],
  ["a range", get(good, "Range: bytes=0-0"), 200],
  ["an odd Accept-Encoding", get(good, "Accept-Encoding: *;q=0, compress, \u00e4"), 200],
  ["a link that a user followed", get(good, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"), 200],
  ["a script of the proxy's own page", get(good, "Origin: http://localhost", "Sec-Fetch-Site: same-origin"), 200],
  ["two credentials", get(good, `X-Api-Key: ${key}`), 400],
  [
    "Authorization twice",
    head(`GET ${good} HTTP/1.1`, fields[0]!, ...Array<string>(2).fill(`Authorization: Bearer ${key}`)),
    400
  ],
  ["an id of 5 KB for the request", get(good, `X-Request-Id: ${"Canary".repeat(850)}`), 200],
  ["an upper-case id", get(`/v3/${project}/backups/${backup!.toUpperCase()}`), 200]
]

/** Requests that are served, without what they wish, and end the connection: Node loses what stands behind them. */
const ending: ReadonlyArray<readonly [string, request: string]> = [
  ["an upgrade to h2c", get(good, "Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABk")],
  ["an upgrade to a web socket", get(good, "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: x")],
  ["an expectation to go on", get(good, "Expect: 100-continue")]
]

const last = get(good, "Connection: close")

/** Keeps nothing, so that the cloud hears of every request that gets through. */
const uncached = testProxy.pipe(
  Layer.provide(Layer.succeed(BackupCacheLimits, { cache: { entries: 0, bytes: 0 }, queue: defaultLimitsPolicy }))
)

const proxies = [
  { name: "hostile requests", proxy: uncached, isCached: false },
  { name: "hostile requests between hits", proxy: testProxy, isCached: true },
  { name: "hostile requests between hits that have to wait", proxy: whereAllWaits(), isCached: true }
]

describe.each(proxies)("$name", ({ isCached, proxy }) => {
  layer(proxy, { excludeTestServices: true })((it) => {
    it.effect("the good request is one", () =>
      Effect.gen(function* () {
        assert.strictEqual(good, yield* pathOf((yield* Simulator).backups.example))
        // Whatever is cached, is so from here on.
        assert.deepStrictEqual(statusesOf(yield* rawExchange((yield* Listener).url, last)), [200])
      })
    )

    it.effect.each(refused)("%s ends the connection with one problem", ([, request, status]) =>
      Effect.gen(function* () {
        const simulator = yield* Simulator
        const { url } = yield* Listener
        yield* simulator.clearRequests
        const alone = yield* rawExchange(url, request)
        assert.deepStrictEqual(statusesOf(alone), [status])
        assert.match(alone, /^connection: close\r$/im)
        assert.match(alone, /^content-type: application\/problem\+json\r$/im)
        assert.match(alone, /"error_code":"CbrProxy\.\w+","error_msg":"[^"]/)
        assert.notInclude(alone, key)
        assert.notInclude(alone, "evil")
        assert.notMatch(alone, /^access-control-/im)
        if (status === 405) assert.match(alone, /^allow: GET, HEAD\r$/im)

        assert.deepStrictEqual(statusesOf(yield* rawExchange(url, request + last)), [status])
        assert.isEmpty(yield* simulator.requests)
        assert.deepStrictEqual(statusesOf(yield* rawExchange(url, get("/-/healthz") + request + last)), [200, status])
        assert.isEmpty(yield* simulator.requests)
      })
    )

    it.effect.each(harmless)("%s changes nothing for the next request", ([, request, status]) =>
      Effect.gen(function* () {
        const simulator = yield* Simulator
        const { url } = yield* Listener
        yield* simulator.clearRequests
        const ordinary = yield* rawExchange(url, last)
        const [asked] = yield* simulator.requests
        yield* simulator.clearRequests
        const both = yield* rawExchange(url, request + last)
        assert.deepStrictEqual(statusesOf(both), [status, 200])
        const body = ordinary.slice(ordinary.indexOf("\r\n\r\n") + 4)
        assert.strictEqual(both.split(body).length - 1, status === 200 ? 2 : 1)
        assert.notInclude(both, "evil")
        assert.notInclude(both, "Canary")

        const sent = yield* simulator.requests
        // One call may serve two requests that come together.
        assert.include(isCached ? [0] : status === 200 ? [1, 2] : [1], sent.length)
        for (const { headers, method, path } of sent) {
          assert.deepStrictEqual(Object.keys(headers), Object.keys(asked!.headers))
          assert.strictEqual(path, asked!.path)
          assert.strictEqual(method, "GET")
        }
      })
    )

    it.effect.each(ending)("%s is ignored, and ends the connection", ([, request]) =>
      Effect.gen(function* () {
        const simulator = yield* Simulator
        const { url } = yield* Listener
        yield* simulator.clearRequests
        for (const received of [yield* rawExchange(url, request), yield* rawExchange(url, request + last)]) {
          assert.deepStrictEqual(statusesOf(received), [200])
          assert.match(received, /^connection: close\r$/im)
        }
        assert.lengthOf(yield* simulator.requests, isCached ? 0 : 2)
      })
    )

    it.effect(
      "a health check without Host is answered, as HAProxy sends it unless told otherwise, and one by any address",
      () =>
        Effect.gen(function* () {
          const { url } = yield* Listener
          for (const method of ["GET", "HEAD"]) {
            assert.deepStrictEqual(statusesOf(yield* rawExchange(url, head(`${method} /-/healthz HTTP/1.0`))), [200])
          }
          const byAddress = head("GET /-/healthz HTTP/1.1", "Host: 10.9.8.7:8080", "Connection: close")
          assert.deepStrictEqual(statusesOf(yield* rawExchange(url, byAddress)), [200])
        })
    )

    it.effect("the log has one line a request, with nothing of it", () =>
      Effect.gen(function* () {
        const { url } = yield* Listener
        const log = yield* LogLines
        for (const [, request] of refused.slice(0, 20)) {
          log.length = 0
          yield* rawExchange(url, request)
          assert.lengthOf(log, 1)
          assert.notInclude(log[0]!, key)
        }
      })
    )

    it.effect("a problem of the parser is like any other", () =>
      Effect.gen(function* () {
        const { url } = yield* Listener
        const parsers = yield* rawExchange(url, get(good, "x : a"))
        const rules = yield* rawExchange(url, get(good, "Host: localhost"))
        const names = (answer: string) =>
          new Set(Array.from(answer.matchAll(/^([\w-]+): /gm), ([, name]) => name!.toLowerCase()))
        const members = (answer: string) => Object.keys(JSON.parse(answer.split("\r\n\r\n")[1]!) as object)
        assert.deepStrictEqual(names(parsers), names(rules))
        assert.deepStrictEqual(members(parsers), members(rules))
      })
    )
  })
})
