import { Credentials, defaultResiliencePolicy, IamToken, isRetryable, withCallTimeout } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Redacted, Stream } from "effect"
import { HttpClientError } from "effect/http"
import { TestClock } from "effect/testing"
import { type Answer, inMemory } from "../InMemoryTransport.ts"
import { body, region, show, timed, timedError, token } from "../TestClient.ts"

const gaps = (sent: ReadonlyArray<{ readonly at: number }>): ReadonlyArray<number> =>
  sent.slice(1).map(({ at }, index) => at - sent[index]!.at)

describe("which statuses are tried again", () => {
  const statuses: ReadonlyArray<readonly [status: number, requests: number]> = [
    ...[408, 429, 500, 502, 503, 504].map((status) => [status, 4] as const),
    ...[201, 204, 301, 302, 307, 400, 401, 403, 404, 405, 410, 414, 418, 431, 494, 501, 505, 599].map(
      (status) => [status, 1] as const
    )
  ]
  for (const [status, requests] of statuses) {
    it.effect(`${status}: ${requests} requests`, () =>
      Effect.gen(function* () {
        const transport = inMemory(() => ({ status, headers: { location: "https://elsewhere.example/" } }))
        const { error } = yield* timedError(show({ http: transport.layer }))
        assert.strictEqual(transport.sent.length, requests)
        assert.strictEqual(error.attempts, requests)
        assert.strictEqual(error.status_code, status)
      })
    )
  }

  it.effect("BackupService.9998, an authentication failure said as a 500, is not tried again", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 500, body: `{"error_code":"BackupService.9998","error_msg":"no"}` }))
      const { error } = yield* timedError(show({ http: transport.layer }))
      assert.strictEqual(error._tag, "AuthenticationFailed")
      assert.strictEqual(transport.sent.length, 1)
    })
  )

  for (const [name, rest] of [
    ["breaks", "break"],
    ["hangs", "hang"]
  ] as const) {
    it.effect(`a 401 whose body ${name} stays a refused key: it is not sent again`, () =>
      Effect.gen(function* () {
        const transport = inMemory((_, request) => ({
          status: 401,
          body: Stream.concat(
            Stream.make(new TextEncoder().encode(`{"error_code":"APIGW.0301"`)),
            rest === "hang" ? Stream.never : Stream.fail(failure(request, "ECONNRESET"))
          )
        }))
        const { error, milliseconds } = yield* timedError(show({ http: transport.layer }))
        assert.strictEqual(error._tag, "AuthenticationFailed")
        assert.strictEqual(transport.sent.length, 1)
        assert.strictEqual(milliseconds, rest === "hang" ? 2000 : 0)
      })
    )
  }

  for (const [name, policy] of [
    ["attempt's time", { attemptTimeout: Duration.seconds(1) }],
    ["callTimeout", { callTimeout: Duration.seconds(1) }]
  ] as const) {
    it.effect(`nor where the body hangs beyond the ${name}`, () =>
      Effect.gen(function* () {
        const transport = inMemory(() => ({ status: 401, body: Stream.never }))
        const { error, milliseconds } = yield* timedError(show({ http: transport.layer, policy }))
        assert.deepInclude(error, { _tag: "AuthenticationFailed", status_code: 401, attempts: 1 })
        assert.strictEqual(transport.sent.length, 1)
        assert.strictEqual(milliseconds, 1000)
      })
    )
  }

  for (const status of [429, 500, 502, 503, 504]) {
    it.effect(`${status} of a proxy is not tried again: the proxy has done so`, () =>
      Effect.gen(function* () {
        const headers = { "x-cbr-proxy-request-id": "of-the-proxy" }
        const transport = inMemory(() => ({ status, headers, body: `{"error_code":"BackupService.0001"}` }))
        const { error } = yield* timedError(show({ http: transport.layer }))
        assert.deepInclude(error, { attempts: 1, status_code: status, proxy_request_id: "of-the-proxy" })
        assert.isTrue(isRetryable(error))
        assert.strictEqual(transport.sent.length, 1)
      })
    )
  }

  it.effect("CbrProxy.TimedOut is not tried again: the proxy has tried for as long as it had", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({
        status: 504,
        body: `{"error_code":"CbrProxy.TimedOut","error_msg":"no backup within the call timeout of 9 s"}`
      }))
      const { error } = yield* timedError(show({ http: transport.layer }))
      assert.deepInclude(error, { _tag: "TimedOut", attempts: 1, status_code: 504 })
      assert.strictEqual(transport.sent.length, 1)
    })
  )

  it.effect("503 until the third request succeeds", () =>
    Effect.gen(function* () {
      const transport = inMemory((nth) => (nth < 2 ? { status: 503 } : { status: 200, body }))
      const { exit } = yield* timed(show({ http: transport.layer }))
      assert.strictEqual(exit._tag, "Success")
      assert.strictEqual(transport.sent.length, 3)
    })
  )

  for (const retries of [0, 1]) {
    it.effect(`a policy of ${retries} retries sends ${retries + 1} requests`, () =>
      Effect.gen(function* () {
        const transport = inMemory(() => ({ status: 503 }))
        const { error } = yield* timedError(show({ http: transport.layer, policy: { retries } }))
        assert.strictEqual(error._tag, "ServiceUnavailable")
        assert.strictEqual(transport.sent.length, retries + 1)
      })
    )
  }
})

describe("which connection failures are tried again", () => {
  for (const [code, requests] of [
    ["ECONNREFUSED", 4],
    ["ENOTFOUND", 4],
    ["ECONNRESET", 4],
    ["CERT_HAS_EXPIRED", 1]
  ] as const) {
    it.effect(`${code}: ${requests} requests`, () =>
      Effect.gen(function* () {
        const transport = inMemory((_, request) => Effect.fail(failure(request, code)))
        const { error } = yield* timedError(show({ http: transport.layer }))
        assert.strictEqual(error._tag, "ConnectionFailed")
        assert.strictEqual(error.attempts, requests)
        assert.strictEqual(transport.sent.length, requests)
      })
    )
  }
})

describe("the waits", () => {
  it.effect("double from 200 ms, each within a fifth, and are not the same twice", () =>
    Effect.gen(function* () {
      const seen = new Set<number>()
      for (let run = 0; run < 20; run++) {
        const transport = inMemory(() => ({ status: 503 }))
        yield* timedError(show({ http: transport.layer }))
        for (const [index, gap] of gaps(transport.sent).entries()) {
          const middle = 200 * 2 ** index
          assert.isAtLeast(gap, middle * 0.8 - 0.001)
          assert.isAtMost(gap, middle * 1.2 + 0.001)
          seen.add(gap)
        }
      }
      assert.isAbove(seen.size, 50)
    })
  )

  const after = (value: string) => inMemory(() => ({ status: 429, headers: { "retry-after": value } }))

  it.effect("Retry-After in seconds is waited for", () =>
    Effect.gen(function* () {
      const transport = after("3")
      const { error } = yield* timedError(show({ http: transport.layer }))
      assert.deepStrictEqual(gaps(transport.sent), [3000, 3000, 3000])
      assert.strictEqual(error._tag, "RateLimited")
      assert.strictEqual(error.retry_after, 3)
    })
  )

  it.effect("Retry-After as a date is waited for", () =>
    Effect.gen(function* () {
      const transport = after("Thu, 01 Jan 1970 00:00:07 GMT")
      yield* timedError(show({ http: transport.layer }))
      assert.strictEqual(gaps(transport.sent)[0], 7000)
      assert.strictEqual(transport.sent.length, 4)
    })
  )

  it.effect("a date that has passed, and Retry-After: 0, leave the usual wait", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_000_000_000_000)
      for (const value of ["Thu, 01 Jan 1970 00:00:07 GMT", "0"]) {
        const transport = after(value)
        const { error } = yield* timedError(show({ http: transport.layer }))
        assert.strictEqual(error.retry_after, 0)
        assert.isAtLeast(gaps(transport.sent)[0]!, 160 - 0.001)
        assert.isAtMost(gaps(transport.sent)[0]!, 240 + 0.001)
      }
    })
  )

  for (const value of ["soon", "", "-5", "1.5", "3s", "1e3", "NaN", "Infinity", "0x10"]) {
    it.effect(`Retry-After: "${value}" is nonsense and counts as none`, () =>
      Effect.gen(function* () {
        const transport = after(value)
        const { error } = yield* timedError(show({ http: transport.layer }))
        assert.notProperty(error, "retry_after")
        assert.strictEqual(transport.sent.length, 4)
        assert.isBelow(gaps(transport.sent)[0]!, 241)
      })
    )
  }

  for (const value of ["3600", "31", "9".repeat(30), "9".repeat(400), "Fri, 31 Dec 9999 23:59:59 GMT"]) {
    it.effect(
      `Retry-After: ${value.slice(0, 40)} is too long a wait: the call fails at once and says when to come back`,
      () =>
        Effect.gen(function* () {
          const transport = after(value)
          const { error, milliseconds } = yield* timedError(
            show({ http: transport.layer, policy: { callTimeout: Duration.hours(2) } })
          )
          assert.strictEqual(error._tag, "RateLimited")
          assert.isTrue(Number.isFinite(error.retry_after))
          assert.isAtLeast(error.retry_after!, 31)
          assert.strictEqual(transport.sent.length, 1)
          assert.strictEqual(milliseconds, 0)
        })
    )
  }

  it.effect("Retry-After beyond the call timeout is a TimedOut without the wait", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({
        status: 429,
        headers: { "retry-after": "2", "x-request-id": "r" },
        body: `{"error_code":"APIGW.0308","error_msg":"throttled"}`
      }))
      const { error, milliseconds } = yield* timedError(
        show({ http: transport.layer, policy: { callTimeout: Duration.seconds(1) } })
      )
      assert.strictEqual(milliseconds, 0)
      assert.strictEqual(transport.sent.length, 1)
      assert.strictEqual(
        error.message,
        "no backup within the call timeout of 1 s; the last attempt: CBR answered 429, APIGW.0308: throttled"
      )
      assert.deepInclude(error, {
        _tag: "TimedOut",
        limit: "call",
        attempts: 1,
        status_code: 429,
        request_id: "r",
        error_code: "APIGW.0308",
        retry_after: 2
      })
    })
  )

  it.effect("without a retry left, Retry-After beyond the call timeout changes nothing", () =>
    Effect.gen(function* () {
      const { error } = yield* timedError(
        show({ http: after("2").layer, policy: { retries: 0, callTimeout: Duration.seconds(1) } })
      )
      assert.strictEqual(error._tag, "RateLimited")
    })
  )

  it.effect("a usual wait that would end beyond the call timeout is not begun: the last error is the call's", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 503 }))
      const { error, milliseconds } = yield* timedError(
        // The first wait is 160 to 240 ms and the second 320 to 480: one fits in, and never two.
        show({ http: transport.layer, policy: { callTimeout: Duration.millis(450) } })
      )
      assert.deepInclude(error, { _tag: "ServiceUnavailable", attempts: 2, status_code: 503 })
      assert.strictEqual(error.message, "CBR answered 503")
      assert.isBelow(milliseconds, 241)
    })
  )
})

describe("time limits", () => {
  const hung = () => inMemory(() => Effect.never)

  it.effect("a hung transport is interrupted after the attempt's time, and the call ends within its timeout", () =>
    Effect.gen(function* () {
      const transport = hung()
      const { error, milliseconds } = yield* timedError(show({ http: transport.layer }))
      assert.deepInclude(error, { _tag: "TimedOut", limit: "call", attempts: 3 })
      assert.strictEqual(
        error.message,
        "no backup within the call timeout of 30 s; the last attempt: no answer within 10 s"
      )
      assert.strictEqual(milliseconds, 30_000)
      assert.deepStrictEqual(transport.interrupted, [0, 1, 2])
    })
  )

  it.effect("without a retry left, the attempt's time is what is told", () =>
    Effect.gen(function* () {
      const transport = hung()
      const { error, milliseconds } = yield* timedError(show({ http: transport.layer, policy: { retries: 0 } }))
      assert.deepInclude(error, { _tag: "TimedOut", limit: "attempt", attempts: 1 })
      assert.strictEqual(error.message, "no answer within 10 s")
      assert.strictEqual(milliseconds, 10_000)
    })
  )

  it.effect("a body that drips is cut off by the attempt's time", () =>
    Effect.gen(function* () {
      const drip = Stream.tick("1 second").pipe(Stream.map(() => Uint8Array.of(0x20)))
      const transport = inMemory(() => ({ status: 200, body: drip }))
      const { error, milliseconds } = yield* timedError(show({ http: transport.layer, policy: { retries: 0 } }))
      assert.deepInclude(error, { _tag: "TimedOut", limit: "attempt" })
      assert.strictEqual(milliseconds, 10_000)
    })
  )

  it.effect("a call timeout shorter than an attempt's time cuts it", () =>
    Effect.gen(function* () {
      const transport = hung()
      const { error, milliseconds } = yield* timedError(
        show({ http: transport.layer, policy: { callTimeout: Duration.seconds(1) } })
      )
      assert.deepInclude(error, { _tag: "TimedOut", limit: "call", attempts: 1 })
      assert.strictEqual(error.message, "no backup within the call timeout of 1 s")
      assert.strictEqual(milliseconds, 1000)
    })
  )

  it.effect("an attempt that is given the whole call timeout is told once", () =>
    Effect.gen(function* () {
      const policy = withCallTimeout(defaultResiliencePolicy, Duration.seconds(1))
      const { error, milliseconds } = yield* timedError(show({ http: hung().layer, policy }))
      assert.deepInclude(error, { _tag: "TimedOut", limit: "call", attempts: 1 })
      assert.strictEqual(error.message, "no backup within the call timeout of 1 s")
      assert.strictEqual(milliseconds, 1000)
    })
  )

  it("a longer call timeout leaves the attempt's time as it is", () => {
    const { attemptTimeout, callTimeout } = withCallTimeout(defaultResiliencePolicy, Duration.minutes(5))
    assert.deepStrictEqual([attemptTimeout, callTimeout], [defaultResiliencePolicy.attemptTimeout, Duration.minutes(5)])
  })

  it.effect("a source of credentials that hangs is within the limits", () =>
    Effect.gen(function* () {
      const transport = hung()
      const credentials = Layer.succeed(Credentials, { current: Effect.never, refused: () => Effect.succeed(false) })
      const { error, milliseconds } = yield* timedError(show({ http: transport.layer, credentials }))
      assert.deepInclude(error, { _tag: "TimedOut", limit: "call", attempts: 0 })
      assert.isAtMost(milliseconds, 30_000)
    })
  )

  it.effect("without a call timeout the number of retries is what ends a call", () =>
    Effect.gen(function* () {
      const { error, milliseconds } = yield* timedError(
        show({ http: hung().layer, policy: { callTimeout: Duration.infinity } })
      )
      assert.deepInclude(error, { _tag: "TimedOut", limit: "attempt", attempts: 4 })
      assert.isAbove(milliseconds, 40_000)
    })
  )

  it.effect("interrupting the call interrupts the transport", () =>
    Effect.gen(function* () {
      const transport = hung()
      const fiber = yield* Effect.forkChild(show({ http: transport.layer }))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(transport.sent.length, 1)
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(transport.interrupted, [0])
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(transport.sent.length, 1)
    })
  )

  it.effect("interrupting the call between attempts sends no more", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 503, headers: { "retry-after": "5" } }))
      const fiber = yield* Effect.forkChild(show({ http: transport.layer }))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(transport.sent.length, 1)
    })
  )
})

describe("a refused credential", () => {
  const refusal: Answer = { status: 401, body: `{"error_code":"APIGW.0301","error_msg":"decrypt token fail"}` }

  it.effect("a static one is sent once", () =>
    Effect.gen(function* () {
      for (const credentials of [
        Credentials.token(token),
        Credentials.accessKey({ ak: "EXAMPLEACCESSKEY0001", sk: Redacted.make("wrong") })
      ]) {
        const transport = inMemory(() => refusal)
        const { error } = yield* timedError(show({ http: transport.layer, credentials }))
        assert.strictEqual(error._tag, "AuthenticationFailed")
        assert.strictEqual(error.attempts, 1)
        assert.strictEqual(transport.sent.length, 1)
      }
    })
  )

  const iam = (tokens: { issued: number }): Answer => ({
    status: 201,
    headers: { "x-subject-token": `token-${++tokens.issued}` },
    body: `{"token":{"expires_at":"1970-01-02T00:00:00.000000Z"}}`
  })
  const service = (answers: (subject: string, nth: number) => Answer) => {
    const tokens = { issued: 0 }
    let calls = 0
    const transport = inMemory((_, { headers, method }) =>
      method === "POST" ? iam(tokens) : answers(headers["x-auth-token"]!, calls++)
    )
    return { ...transport, tokens, calls: () => calls }
  }
  const password = IamToken.layer({ user: "u", password: Redacted.make("example-password"), domain: "d" })
  const credentials = Layer.provide(password, region)

  it.effect("a token from IAM is renewed once, and the call succeeds", () =>
    Effect.gen(function* () {
      const { calls, layer, tokens } = service((subject) => (subject === "token-1" ? refusal : { status: 200, body }))
      const { exit } = yield* timed(show({ http: layer, credentials }))
      assert.strictEqual(exit._tag, "Success")
      assert.deepStrictEqual([tokens.issued, calls()], [2, 2])
    })
  )

  it.effect("a new token that is refused too ends the call: never a loop", () =>
    Effect.gen(function* () {
      const { calls, layer, tokens } = service(() => refusal)
      const { error } = yield* timedError(show({ http: layer, credentials }))
      assert.strictEqual(error._tag, "AuthenticationFailed")
      assert.strictEqual(error.attempts, 2)
      assert.deepStrictEqual([tokens.issued, calls()], [2, 2])
    })
  )

  it.effect("a renewal is granted once a call, whatever fails between", () =>
    Effect.gen(function* () {
      const { calls, layer, tokens } = service((_, nth) => (nth === 1 ? { status: 503 } : refusal))
      const { error } = yield* timedError(show({ http: layer, credentials }))
      assert.strictEqual(error._tag, "AuthenticationFailed")
      assert.deepStrictEqual([tokens.issued, calls()], [2, 3])
    })
  )
})

const failure = (request: HttpClientError.TransportError["request"], code: string) =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({ request, cause: Object.assign(new Error(code), { code }) })
  })
