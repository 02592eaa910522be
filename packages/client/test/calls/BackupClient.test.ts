import { inspect } from "node:util"
import { Credentials, Endpoint, BackupClient, type ResiliencePolicy } from "@cbr/client"
import { SdkHmacSha256, verify } from "@cbr/client/signing"
import { ShowBackupResponse } from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, DateTime, Duration, Effect, Layer, Redacted, Result, Stream, Tracer } from "effect"
import { HttpClient, HttpClientError } from "effect/http"
import { TestClock } from "effect/testing"
import manifest from "../../package.json" with { type: "json" }
import { hashes } from "../../src/signing/Hashes.node.ts"
import { inMemory } from "../InMemoryTransport.ts"
import { NodeHashes } from "../signing/NodeHashes.ts"
import { accessKey, body, clientLayer, request, show, timed, timedError, token } from "../TestClient.ts"

const userAgent = `cbr/${manifest.version} node/${process.versions.node}`

const url = `https://cbr.cn-north-4.myhuaweicloud.com/v3/${request.project_id}/backups/${request.backup_id}`

describe("a policy whose numbers cannot be right", () => {
  const second = Duration.seconds(1)
  const policies: ReadonlyArray<readonly [Partial<ResiliencePolicy>, message: string]> = [
    [{ callTimeout: Duration.zero }, "callTimeout must be a time longer than nothing"],
    [{ callTimeout: Duration.millis(-1) }, "callTimeout must be a time longer than nothing"],
    [{ attemptTimeout: Duration.millis(Number.NaN) }, "attemptTimeout must be a time longer than nothing"],
    [{ retries: Number.NaN }, "retries must be a whole number from 0 up"],
    [{ retries: -1 }, "retries must be a whole number from 0 up"],
    [{ concurrency: Number.NaN }, "concurrency must be a whole number from 1 up"],
    [{ largestBody: Number.NaN }, "largestBody must be a whole number from 1 up"],
    [{ backoff: Duration.millis(Number.NaN) }, "backoff must be a time longer than nothing"],
    [{ backoff: Duration.millis(-1) }, "backoff must be a time longer than nothing"],
    [{ longestRetryAfter: Duration.millis(-1) }, "longestRetryAfter must be a time, or none: Duration.zero"],
    [{ retryBudget: { ratio: Number.NaN, reserve: 10 } }, "retryBudget.ratio must be a number from 0 up"],
    [{ retryBudget: { ratio: 0.1, reserve: -1 } }, "retryBudget.reserve must be a number from 0 up"],
    [{ rateLimit: { requests: Number.NaN, window: second } }, "rateLimit.requests must be a whole number from 1 up"],
    [{ rateLimit: { requests: 0, window: second } }, "rateLimit.requests must be a whole number from 1 up"],
    [{ rateLimit: { requests: 1, window: Duration.zero } }, "rateLimit.window must be a time longer than nothing"],
    [{ circuit: { failures: Number.NaN, openFor: second } }, "circuit.failures must be a whole number from 1 up"],
    [{ circuit: { failures: 1, openFor: Duration.millis(-1) } }, "circuit.openFor must be a time longer than nothing"]
  ]
  for (const [policy, message] of policies) {
    it.effect(`${inspect(policy)} is refused before anything is sent`, () =>
      Effect.gen(function* () {
        const transport = inMemory(() => ({ status: 200, body }))
        const { error } = yield* timedError(show({ http: transport.layer, policy }))
        assert.strictEqual(error._tag, "InvalidRequest")
        assert.strictEqual(error.message, message)
        assert.strictEqual(transport.sent.length, 0)
      })
    )
  }
})

describe("a success", () => {
  it.effect("gives the typed backup, the body as it came and the request id", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 200, headers: { "X-Request-Id": "id-of-the-call" }, body }))
      const response = yield* show({ http: transport.layer })
      assert.strictEqual(response.raw, body)
      assert.strictEqual(response.request_id, "id-of-the-call")
      assert.deepStrictEqual(response.backup, Result.getOrThrow(ShowBackupResponse.read(body)).backup)
      assert.strictEqual(transport.sent.length, 1)
    })
  )

  it.effect("a body in chunks that cut a character is read whole", () =>
    Effect.gen(function* () {
      const text = `{"backup":{"name":"备份 🗄"}}`
      const bytes = new TextEncoder().encode(text)
      const chunks = Array.from(bytes, (byte) => Uint8Array.of(byte))
      const response = yield* show({ http: inMemory(() => ({ status: 200, body: Stream.fromIterable(chunks) })).layer })
      assert.strictEqual(response.raw, text)
      assert.strictEqual(response.backup.name, "备份 🗄")
    })
  )

  it.effect("a byte order mark is read over and kept in the raw body", () =>
    Effect.gen(function* () {
      const text = `\ufeff{"backup":{}}`
      const response = yield* show({ http: inMemory(() => ({ status: 200, body: text })).layer })
      assert.strictEqual(response.raw, text)
    })
  )

  it.effect("a request id that is blank or absent is absent", () =>
    Effect.gen(function* () {
      for (const headers of [{}, { "x-request-id": " " }]) {
        const response = yield* show({ http: inMemory(() => ({ status: 200, headers, body })).layer })
        assert.isUndefined(response.request_id)
      }
    })
  )
})

describe("the request", () => {
  it.effect("with a token: these headers and no others", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 200, body }))
      yield* show({ http: transport.layer })
      const sent = transport.sent[0]!.request
      assert.strictEqual(sent.method, "GET")
      assert.strictEqual(sent.url, url)
      assert.strictEqual(sent.body._tag, "Empty")
      assert.deepEqual(
        { ...sent.headers },
        { accept: "application/json", "user-agent": userAgent, "x-auth-token": Redacted.value(token) }
      )
    })
  )

  it.effect("with an access key: signed with the project, host left to the transport", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(DateTime.toEpochMillis(DateTime.makeUnsafe("2026-01-02T03:04:05Z")))
      const transport = inMemory(() => ({ status: 200, body }))
      yield* show({ http: transport.layer, credentials: Credentials.accessKey(accessKey) })
      const sent = transport.sent[0]!.request
      const expected = yield* SdkHmacSha256.sign(
        {
          method: "GET",
          path: new URL(url).pathname,
          query: "",
          headers: { host: "cbr.cn-north-4.myhuaweicloud.com", "x-project-id": request.project_id }
        },
        { accessKey, date: DateTime.makeUnsafe("2026-01-02T03:04:05Z") }
      ).pipe(Effect.provide(NodeHashes))
      assert.strictEqual(sent.url, url)
      assert.deepEqual(
        { ...sent.headers },
        {
          accept: "application/json",
          "user-agent": userAgent,
          "x-project-id": request.project_id,
          "x-sdk-date": "20260102T030405Z",
          authorization: expected["authorization"]!
        }
      )
      assert.match(
        sent.headers["authorization"]!,
        /^SDK-HMAC-SHA256 Access=EXAMPLEACCESSKEY0001, SignedHeaders=host;x-project-id;x-sdk-date, Signature=[0-9a-f]{64}$/
      )
    })
  )

  it.effect("is accepted by the verification that the service's side runs, for a temporary key and a port too", () =>
    Effect.gen(function* () {
      const security_token = Redacted.make("exampleToken==")
      const transport = inMemory(() => ({ status: 200, body }))
      yield* show({
        http: transport.layer,
        endpoint: Layer.orDie(Endpoint.layer({ endpoint: "http://127.0.0.1:8080" })),
        credentials: Credentials.accessKey({ ...accessKey, security_token })
      })
      const { headers } = transport.sent[0]!.request
      assert.strictEqual(headers["x-security-token"], "exampleToken==")
      assert.include(headers["authorization"]!, "SignedHeaders=host;x-project-id;x-sdk-date;x-security-token,")
      const caller = yield* verify(
        { method: "GET", path: new URL(url).pathname, query: "", headers: { ...headers, host: "127.0.0.1:8080" } },
        { secretKeyOf: () => accessKey.sk, now: yield* DateTime.now },
        hashes
      )
      assert.strictEqual(caller.ak, accessKey.ak)
    })
  )

  it.effect("is the derived one where the endpoint says so", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 200, body }))
      yield* show({
        http: transport.layer,
        endpoint: Layer.orDie(
          Endpoint.layer({ region: "cn-north-4", endpoint: "https://cbr.example", signing: "V11-HMAC-SHA256" })
        ),
        credentials: Credentials.accessKey(accessKey)
      })
      const { headers } = transport.sent[0]!.request
      assert.match(
        headers["authorization"]!,
        /^V11-HMAC-SHA256 Credential=EXAMPLEACCESSKEY0001\/19700101\/cn-north-4\/cbr, /
      )
      const caller = yield* verify(
        { method: "GET", path: new URL(url).pathname, query: "", headers: { ...headers, host: "cbr.example" } },
        { secretKeyOf: () => accessKey.sk, now: yield* DateTime.now, region: "cn-north-4", service: "cbr" },
        hashes
      )
      assert.strictEqual(caller.ak, accessKey.ak)
    })
  )

  it.effect("each attempt is signed with its own time", () =>
    Effect.gen(function* () {
      const transport = inMemory((nth) => ({ status: nth < 2 ? 503 : 200, headers: { "retry-after": "2" }, body }))
      const { exit } = yield* timed(show({ http: transport.layer, credentials: Credentials.accessKey(accessKey) }))
      assert.strictEqual(exit._tag, "Success")
      const sent = transport.sent.map(({ request: { headers } }) => headers)
      assert.deepStrictEqual(
        sent.map((headers) => headers["x-sdk-date"]),
        ["19700101T000000Z", "19700101T000002Z", "19700101T000004Z"]
      )
      assert.strictEqual(new Set(sent.map((headers) => headers["authorization"])).size, 3)
    })
  )

  it.effect("carries no trace header, although spans are recorded", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 200, body }))
      yield* show({ http: transport.layer }).pipe(Effect.withSpan("caller"))
      const { headers } = transport.sent[0]!.request
      assert.notProperty(headers, "traceparent")
      assert.notProperty(headers, "b3")
    })
  )
})

describe("an id that cannot be one", () => {
  const ids: ReadonlyArray<readonly [name: string, project_id: unknown, backup_id: unknown]> = [
    ["an empty project", "", request.backup_id],
    ["neither", "", ""],
    ["a project that leaves the path", "../../v2", request.backup_id],
    ["a project with an encoded slash", "a%2Fb", request.backup_id],
    ["a project of 65 letters", "a".repeat(65), request.backup_id],
    ["a project that is no text", undefined, request.backup_id],
    ["an empty backup", request.project_id, ""],
    ["a backup that is no UUID", request.project_id, "6df2b54c"],
    ["a backup with a query", request.project_id, `${request.backup_id}?x=1`],
    ["a backup with a line break", request.project_id, `${request.backup_id}\n`]
  ]
  for (const [name, project_id, backup_id] of ids) {
    it.effect(`${name} is refused before anything is sent`, () =>
      Effect.gen(function* () {
        const transport = inMemory(() => ({ status: 200, body }))
        const asked: Array<string> = []
        const credentials = Layer.succeed(Credentials, {
          current: Effect.sync(() => (asked.push("credential"), { _tag: "Token", token } as const)),
          refused: () => Effect.succeed(false)
        })
        const error = yield* Effect.flip(
          show({ http: transport.layer, credentials }, { project_id, backup_id } as typeof request)
        )
        assert.strictEqual(error._tag, "InvalidRequest")
        assert.strictEqual(error.attempts, 0)
        assert.match(
          error.message,
          /^(?:(?:^|; )(?:project_id: expected (?:a project id: 1 to 64 letters, digits, - or _|ProjectId)|backup_id: expected a backup id: a UUID such as 6df2b54c-dd62-4059-a07c-1b8f24f2725d))+$/
        )
        assert.deepStrictEqual([transport.sent.length, asked.length], [0, 0])
      })
    )
  }
})

describe("a 200 that is no backup", () => {
  const gzip = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3)
  const bodies: ReadonlyArray<
    readonly [name: string, body: string | Uint8Array, headers: Record<string, string>, message: RegExp, tries?: 4]
  > = [
    ["nothing", "", {}, /CBR answered 200, but the body is empty$/, 4],
    ["white space", " \n", {}, /the body is empty$/, 4],
    ["HTML", "<!DOCTYPE html><title>Sign in</title>", { "content-type": "text/html" }, /the body is not JSON$/, 4],
    ["truncated JSON", body.slice(0, -40), {}, /the body is not JSON$/, 4],
    ["null", "null", {}, /not an object with an object `backup`/],
    ["an array", "[]", {}, /not an object with an object `backup`/],
    ["JSON without a backup", `{"backups":[]}`, {}, /not an object with an object `backup`/],
    ["a backup that is a text", `{"backup":"x"}`, {}, /not an object with an object `backup`/],
    ["deep nesting", `{"backup":${"[".repeat(2000)}${"]".repeat(2000)}}`, {}, /nests more than 1000 levels/],
    ["invalid UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d), {}, /is not UTF-8 text$/, 4],
    ["a cut character at the end", Uint8Array.of(0x7b, 0x7d, 0xe5, 0xa4), {}, /is not UTF-8 text$/, 4],
    [
      "gzip that the client did not ask for",
      gzip,
      { "content-encoding": "gzip" },
      /is compressed, which was not asked for$/,
      4
    ]
  ]
  for (const [name, text, headers, message, tries = 1] of bodies) {
    it.effect(
      `${name}: MalformedResponse after ${tries} requests, since it is ${tries === 1 ? "JSON" : "no JSON"}`,
      () =>
        Effect.gen(function* () {
          const transport = inMemory(() => ({ status: 200, headers: { ...headers, "x-request-id": "r" }, body: text }))
          const { error } = yield* timedError(show({ http: transport.layer }))
          assert.strictEqual(error._tag, "MalformedResponse")
          assert.match(error.message, message)
          assert.deepInclude(error, { status_code: 200, request_id: "r", attempts: tries })
          assert.strictEqual(transport.sent.length, tries)
        })
    )
  }

  it.effect("a body that breaks off is a broken connection, tried again", () =>
    Effect.gen(function* () {
      const transport = inMemory((nth, request) => ({
        status: 200,
        body:
          nth > 0
            ? body
            : Stream.concat(Stream.make(new TextEncoder().encode(`{"backup":`)), Stream.fail(broken(request)))
      }))
      const { exit } = yield* timed(show({ http: transport.layer }))
      assert.strictEqual(exit._tag, "Success")
      assert.strictEqual(transport.sent.length, 2)
    })
  )
})

describe("a body larger than the limit", () => {
  const large = `{"backup":{"name":"${"x".repeat(1000)}"}}`
  for (const headers of [{}, { "content-length": String(large.length) }]) {
    it.effect(`is refused ${"content-length" in headers ? "with" : "without"} a content-length, once`, () =>
      Effect.gen(function* () {
        let read = 0
        const chunks = Stream.fromIterable(new TextEncoder().encode(large)).pipe(
          Stream.rechunk(1),
          Stream.map((byte) => (read++, Uint8Array.of(byte)))
        )
        const transport = inMemory(() => ({ status: 200, headers, body: chunks }))
        const { error } = yield* timedError(show({ http: transport.layer, policy: { largestBody: 100 } }))
        assert.strictEqual(error._tag, "ResponseTooLarge")
        assert.strictEqual(error.message, "the answer of CBR is larger than 100 bytes")
        assert.strictEqual(error.attempts, 1)
        assert.isBelow(read, large.length)
      })
    )
  }

  it.effect("one of exactly the limit is read", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 200, body: large }))
      const response = yield* show({ http: transport.layer, policy: { largestBody: large.length } })
      assert.strictEqual(response.raw, large)
    })
  )
})

describe("an error body without end", () => {
  for (const size of [1000, 1_000_000]) {
    it.effect(`is read for 64 KiB, in chunks of ${size}`, () =>
      Effect.gen(function* () {
        let read = 0
        const endless = Stream.fromEffectRepeat(
          Effect.sync(() => {
            read += size
            return new TextEncoder().encode("x y".padEnd(size))
          })
        )
        const transport = inMemory(() => ({ status: 404, body: endless }))
        const { error } = yield* timedError(show({ http: transport.layer }))
        assert.strictEqual(error._tag, "BackupNotFound")
        assert.isAtMost(error.message.length, 450)
        assert.isAtMost(read, 64 * 1024 + size)
      })
    )
  }
})

describe("a transport that fails on statuses by itself", () => {
  it.effect("does not hide the service's answer", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({
        status: 404,
        body: `{"error_code":"BackupService.6200","error_msg":"gone"}`
      }))
      const http = Layer.succeed(HttpClient.HttpClient, HttpClient.filterStatusOk(transport.http))
      const { error } = yield* timedError(show({ http }))
      assert.strictEqual(error._tag, "BackupNotFound")
      assert.strictEqual(error.error_code, "BackupService.6200")
    })
  )
})

describe("spans", () => {
  it.effect("a request's parent is its own call, not what was open when the layer was built", () =>
    Effect.gen(function* () {
      const spans: Array<Tracer.Span> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      yield* Effect.gen(function* () {
        const client = yield* Effect.withSpan(
          Layer.build(clientLayer({ http: inMemory(() => ({ status: 200, body })).layer })),
          "start-up"
        )
        yield* Effect.provide(
          BackupClient.use((backups) => backups.showBackup(request)),
          client
        )
      }).pipe(Effect.withTracer(tracer), Effect.scoped)
      const call = spans.find(({ name }) => name === "BackupClient.showBackup")!
      const http = spans.find(({ kind }) => kind === "client")!
      const parent = http.parent._tag === "Some" ? http.parent.value.spanId : undefined
      assert.strictEqual(parent, call.spanId)
    })
  )
})

describe("layerConfig", () => {
  it.effect("takes endpoint and credentials from the configuration", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 200, body }))
      const program = BackupClient.use((client) => client.showBackup(request))
      yield* program.pipe(
        Effect.provide(BackupClient.layerConfig),
        Effect.provide([transport.layer, NodeHashes]),
        Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ CBR_REGION: "eu-de", CBR_TOKEN: "a-token" })))
      )
      const sent = transport.sent[0]!.request
      assert.isTrue(sent.url.startsWith("https://cbr.eu-de.otc.t-systems.com/v3/"))
      assert.strictEqual(sent.headers["x-auth-token"], "a-token")
    })
  )
})

const broken = (request: HttpClientError.TransportError["request"]) =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({
      request,
      cause: Object.assign(new Error("reset"), { code: "ECONNRESET" })
    })
  })
