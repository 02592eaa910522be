import { type Attempt, BackupClient, ClientMetrics, Credentials, IamToken, OnAttempt } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Logger, Metric, Redacted, References, Tracer } from "effect"
import { HttpClient, HttpClientError } from "effect/http"
import { TestClock } from "effect/testing"
import { type Answer, inMemory, type Script } from "../InMemoryTransport.ts"
import { body, clientLayer, type Options, region, request, show, timed, token } from "../TestClient.ts"

const host = "cbr.cn-north-4.myhuaweicloud.com"
const url = `https://${host}/v3/${request.project_id}/backups/${request.backup_id}`

/** One call with all that is seen of it from outside. */
const watched = Effect.fnUntraced(function* (script: Script, more: Partial<Options> = {}) {
  const spans: Array<Tracer.Span> = []
  const attempts: Array<Attempt> = []
  const logs: Array<{ readonly level: string; readonly text: string }> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  const logger = Logger.make(({ logLevel, message }) => void logs.push({ level: logLevel, text: String(message) }))
  const transport = inMemory(script)
  const registry: Metric.MetricRegistry = new Map()
  const { exit } = yield* timed(
    show({ http: transport.layer, ...more }).pipe(
      Effect.provideService(OnAttempt, (attempt) => Effect.sync(() => void attempts.push(attempt))),
      Effect.withTracer(tracer),
      Effect.provide(Logger.layer([logger])),
      Effect.provideService(References.MinimumLogLevel, "All"),
      Effect.provideService(Metric.MetricRegistry, registry)
    )
  )
  const metrics = yield* Metric.snapshot.pipe(Effect.provideService(Metric.MetricRegistry, registry))
  return { exit, spans, attempts, logs, metrics, sent: transport.sent }
})

const attributesOf = (spans: ReadonlyArray<Tracer.Span>) =>
  spans.filter(({ kind }) => kind === "client").map(({ attributes }) => Object.fromEntries(attributes))

const after503: Script = (nth) =>
  nth === 0
    ? { status: 503, headers: { "retry-after": "2", "x-request-id": "first" } }
    : { status: 200, headers: { "x-request-id": "second" }, body }

const reset: Script = (_, request) =>
  Effect.fail(
    new HttpClientError.HttpClientError({
      reason: new HttpClientError.TransportError({ request, cause: Object.assign(new Error(), { code: "ECONNRESET" }) })
    })
  )

const common = {
  "http.request.method": "GET",
  "url.full": url,
  "url.path": new URL(url).pathname,
  "url.scheme": "https",
  "server.address": host,
  "server.port": 443
}

describe("the spans of a call", () => {
  it.effect("are one client span a request, by OpenTelemetry's semantic conventions", () =>
    Effect.gen(function* () {
      const { spans } = yield* watched(after503)
      assert.deepStrictEqual(attributesOf(spans), [
        { ...common, "http.response.status_code": 503, "error.type": "503" },
        { ...common, "http.request.resend_count": 1, "http.response.status_code": 200 }
      ])
      const clients = spans.filter(({ kind }) => kind === "client")
      assert.deepStrictEqual(
        clients.map(({ name, status }) => [name, status._tag === "Ended" && status.exit._tag]),
        [
          ["GET", "Failure"],
          ["GET", "Success"]
        ]
      )
    })
  )

  const kinds: ReadonlyArray<readonly [name: string, script: Script, type: string, status?: number]> = [
    ["a 404", () => ({ status: 404 }), "404", 404],
    ["a connection that breaks", reset, "ConnectionFailed"],
    ["a service that hangs", () => Effect.never, "TimedOut"],
    ["a 200 that is too large", () => ({ status: 200, body: "x".repeat(200) }), "ResponseTooLarge", 200]
  ]
  for (const [name, script, type, status] of kinds) {
    it.effect(`name what went wrong: ${name} is ${type}`, () =>
      Effect.gen(function* () {
        const { spans } = yield* watched(script, { policy: { retries: 0, largestBody: 100 } })
        const [attributes = assert.fail("no span")] = attributesOf(spans)
        assert.strictEqual(attributes["error.type"], type)
        assert.strictEqual(attributes["http.response.status_code"], status)
      })
    )
  }

  it.effect("are left out where the caller disables them", () =>
    Effect.gen(function* () {
      const { attempts, spans } = yield* watched(after503).pipe(
        Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
      )
      assert.deepStrictEqual(attributesOf(spans), [])
      assert.strictEqual(attempts.length, 2)
    })
  )
})

describe("the metrics of a call", () => {
  it.effect("count attempts and retries, and measure each request", () =>
    Effect.gen(function* () {
      const { metrics } = yield* watched((nth) =>
        Effect.delay(Effect.succeed(nth === 0 ? { status: 503 } : { status: 200, body }), "2 seconds")
      )
      const of = (id: string) =>
        metrics.filter((metric) => metric.id === id).map(({ attributes, state }) => ({ attributes, state }))
      assert.deepStrictEqual(
        of("cbr.client.attempts_total").map(({ attributes }) => attributes),
        [{ outcome: "ServiceUnavailable" }, { outcome: "ok" }]
      )
      assert.deepNestedPropertyVal(of("cbr.client.retries_total"), "[0].state.count", 1)
      const shared = { "http.request.method": "GET", "server.address": host, "server.port": "443" }
      const durations = of("http.client.request.duration")
      assert.deepStrictEqual(
        durations.map(({ attributes }) => attributes),
        [
          { ...shared, "http.response.status_code": "503", "error.type": "503" },
          { ...shared, "http.response.status_code": "200" }
        ]
      )
      for (const { state } of durations) {
        assert.deepInclude(state, { count: 1 })
        // A jittered wait ends between two nanoseconds of the test's clock.
        assert.closeTo("max" in state ? state.max : Number.NaN, 2, 1e-6)
      }
    })
  )

  it.effect("count the tokens that IAM issued", () =>
    Effect.gen(function* () {
      const credentials = Layer.provide(
        IamToken.layer({ user: "u", domain: "d", password: Redacted.make("example") }),
        region
      )
      const { metrics } = yield* watched(
        (nth, { method }) => (method === "POST" ? issued : nth === 1 ? { status: 401 } : { status: 200, body }),
        { credentials }
      )
      const refreshes = metrics.find(({ id }) => id === ClientMetrics.tokenRefreshes.id)
      assert.deepNestedPropertyVal(refreshes, "state.count", 2)
    })
  )

  it.effect("stand at 0 before the first call where an application starts them", () =>
    Effect.gen(function* () {
      yield* ClientMetrics.startCounters
      const counters = (yield* Metric.snapshot).filter(({ type }) => type === "Counter")
      assert.deepStrictEqual(
        [...new Set(counters.map(({ id }) => id))],
        [ClientMetrics.retries.id, ClientMetrics.tokenRefreshes.id, ClientMetrics.attempts.id]
      )
      assert.includeDeepMembers(
        counters.map(({ attributes, state }) => ({ attributes, state })),
        ["ok", "RateLimited", "OtherStatus"].map((outcome) => ({
          attributes: { outcome },
          state: { count: 0, incremental: true }
        }))
      )
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
  )
})

const issued: Answer = {
  status: 201,
  headers: { "x-subject-token": Redacted.value(token) },
  body: `{"token":{"expires_at":"1970-01-02T00:00:00Z"}}`
}

describe("OnAttempt", () => {
  it.effect("is told of each attempt, and of the wait before the next", () =>
    Effect.gen(function* () {
      const { attempts } = yield* watched(after503)
      assert.deepStrictEqual(attempts, [
        {
          method: "GET",
          url,
          number: 1,
          duration: Duration.zero,
          status_code: 503,
          request_id: "first",
          error: "ServiceUnavailable",
          wait: Duration.seconds(2)
        },
        { method: "GET", url, number: 2, duration: Duration.zero, status_code: 200, request_id: "second" }
      ])
    })
  )

  const endings: ReadonlyArray<readonly [name: string, script: Script, expected: ReadonlyArray<Partial<Attempt>>]> = [
    ["a broken connection", reset, [{ number: 1, error: "ConnectionFailed" }]],
    ["a time-out", () => Effect.never, [{ number: 1, error: "TimedOut", duration: Duration.nanos(10_000_000_000n) }]],
    ["a 200 without a backup", () => ({ status: 200 }), [{ number: 1, status_code: 200, error: "MalformedResponse" }]]
  ]
  for (const [name, script, expected] of endings) {
    it.effect(`names ${name}`, () =>
      Effect.gen(function* () {
        const { attempts } = yield* watched(script, { policy: { retries: 0 } })
        assert.strictEqual(attempts.length, expected.length)
        for (const [index, attempt] of attempts.entries()) {
          assert.deepInclude(attempt, expected[index]!)
          assert.notProperty(attempt, "wait")
        }
      })
    )
  }

  it.effect("is told when the caller leaves", () =>
    Effect.gen(function* () {
      const attempts: Array<Attempt> = []
      const fiber = yield* Effect.forkChild(
        show({ http: inMemory(() => Effect.never).layer }).pipe(
          Effect.provideService(OnAttempt, (attempt) => Effect.sync(() => void attempts.push(attempt)))
        )
      )
      yield* TestClock.adjust("3 seconds")
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(attempts, [
        { method: "GET", url, number: 1, duration: Duration.nanos(3_000_000_000n), error: "Interrupted" }
      ])
    })
  )

  it.effect("is told of IAM's part, and of a token that was renewed at once", () =>
    Effect.gen(function* () {
      const credentials = Layer.provide(
        IamToken.layer({ user: "u", domain: "d", password: Redacted.make("example") }),
        region
      )
      const { attempts } = yield* watched(
        (nth, { method }) => (method === "POST" ? issued : nth === 1 ? { status: 401 } : { status: 200, body }),
        { credentials }
      )
      assert.deepStrictEqual(
        attempts.map(({ error, method, number, status_code, wait }) => ({ method, number, status_code, error, wait })),
        [
          { method: "POST", number: 1, status_code: 201, error: undefined, wait: undefined },
          { method: "POST", number: 1, status_code: 201, error: undefined, wait: undefined },
          { method: "GET", number: 1, status_code: 401, error: "AuthenticationFailed", wait: Duration.zero },
          { method: "GET", number: 2, status_code: 200, error: undefined, wait: undefined }
        ]
      )
    })
  )

  it.effect("is taken from where the client was built", () =>
    Effect.gen(function* () {
      const attempts: Array<Attempt> = []
      const hook = Layer.succeed(OnAttempt, (attempt: Attempt) => Effect.sync(() => void attempts.push(attempt)))
      const layer = clientLayer({ http: inMemory(() => ({ status: 200, body })).layer }).pipe(Layer.provide(hook))
      yield* BackupClient.use((client) => client.showBackup(request)).pipe(Effect.provide(layer))
      assert.strictEqual(attempts.length, 1)
    })
  )
})

describe("the log", () => {
  it.effect("has a line for each attempt at level debug, and nothing louder", () =>
    Effect.gen(function* () {
      const { logs } = yield* watched(after503)
      assert.deepStrictEqual(logs, [
        {
          level: "Debug",
          text: `attempt 1: GET ${url}, 503 ServiceUnavailable, in 0 ms, request id first, again in 2000 ms`
        },
        { level: "Debug", text: `attempt 2: GET ${url}, 200, in 0 ms, request id second` }
      ])
    })
  )

  it.effect("and what is told holds no token, key or signature", () =>
    Effect.gen(function* () {
      for (const credentials of [
        Credentials.token(Redacted.make("canaryToken")),
        Credentials.accessKey({ ak: "CANARYACCESSKEY", sk: Redacted.make("canarySecret") })
      ]) {
        const { attempts, logs } = yield* watched(
          (_, { headers }) => ({
            status: 503,
            headers: { "x-request-id": `${headers["x-auth-token"]} ${headers["authorization"]}` },
            body: JSON.stringify(headers)
          }),
          { credentials }
        )
        assert.strictEqual(attempts.length, 4)
        assert.notMatch(JSON.stringify([attempts, logs]), /canary|CANARYA|Signature=[0-9a-f]/)
      }
    })
  )
})
