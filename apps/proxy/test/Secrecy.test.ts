import { inspect } from "node:util"
import { Simulator } from "@cbr/simulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Metric, Tracer } from "effect"
import { Listener } from "../src/server/Server.ts"
import { head, rawExchange } from "./RawExchange.ts"
import { key, LogLines, pathOf, testProxyFor } from "./TestProxy.ts"

const canary = "Canary5e1f0c9a"
const token = (claims: object) => `eyJ${canary}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${canary}`

/** Ways to bring a secret, and to fail. */
const requests = (path: string): ReadonlyArray<string> => {
  const get = (target: string, ...fields: ReadonlyArray<string>) =>
    head(`GET ${target} HTTP/1.1`, "Host: localhost", "Connection: close", ...fields)
  return [
    ...["X-Auth-Token", "X-Api-Key"].map((name) => get(path, `${name}: ${canary}`)),
    get(path, `Authorization: Bearer ${canary}`),
    get(path, `Authorization: Bearer ${token({ iss: canary })}`),
    get(path, `Authorization: Basic ${canary}`),
    get(path, `Authorization: ${canary}`),
    get(path, `Authorization: SDK-${canary.toUpperCase()} ${canary}`),
    get(path, `Authorization: SDK-HMAC-SHA256 Access=${canary}, SignedHeaders=x-sdk-date, Signature=${"0".repeat(64)}`),
    get(path, `X-Api-Key: ${canary}`, `X-Auth-Token: ${canary}`),
    get(`${path}?token=${canary}`, `X-Api-Key: ${key}`),
    get(`/${canary}`, `X-Api-Key: ${key}`),
    get(`/v3/${canary}/backups/${canary}`, `X-Api-Key: ${key}`),
    get(`/v3/projects?name=${canary}&x=${canary}`, `X-Api-Key: ${key}`),
    get(`/-/problems/${canary}`),
    get(path, `X-Api-Key: ${key}`, `X-Request-Id: ${canary}`, `traceparent: ${canary}`, `Cookie: ${canary}`),
    get(path).replace("localhost", `${canary}.test`),
    get(path).replace("localhost", `a/${canary}`),
    get(`http://${canary}.test${path}`),
    get(path, `Origin: http://${canary}.test`),
    get(path, `Expect: ${canary}`),
    get(path, `${canary} : x`),
    get(path, `X-Api-Key: ${canary}\u0001`),
    head(`${canary} ${path} HTTP/1.1`, "Host: localhost"),
    head(`CONNECT ${canary}.test:443 HTTP/1.1`, "Host: localhost"),
    head(`DELETE ${path} HTTP/1.1`, "Host: localhost", "Connection: close", `X-Api-Key: ${canary}`),
    `${head(`POST ${path} HTTP/1.1`, "Host: localhost", "Connection: close", "Content-Length: 14")}${canary}`,
    `${canary}\r\n\r\n`
  ]
}

describe("what a caller sends to no avail", () => {
  it.live("stands in no answer, log line, span or metric", () => {
    const spans: Array<Tracer.Span> = []
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options)
        spans.push(span)
        return span
      }
    })
    return Effect.gen(function* () {
      const { url } = yield* Listener
      const { backups } = yield* Simulator
      const path = yield* pathOf(backups.example)
      for (const request of requests(path)) {
        const answer = yield* rawExchange(url, request)
        assert.match(answer, /^HTTP\/1\.1 \d{3} /, request)
        assert.notInclude(answer, canary, request)
      }
      const log = yield* LogLines
      assert.isNotEmpty(spans)
      assert.isAtLeast(log.length, requests(path).length)
      const shown = inspect([log, spans, yield* Metric.snapshot], {
        depth: null,
        maxStringLength: null,
        maxArrayLength: null
      })
      assert.notInclude(shown, canary)
      assert.notInclude(shown, key)
    }).pipe(Effect.provide(testProxyFor().pipe(Layer.provide(Layer.succeed(Tracer.Tracer, tracer)))))
  })
})
