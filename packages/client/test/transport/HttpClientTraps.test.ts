import { inspect } from "node:util"
import { BackupClient, Credentials, Endpoint, IamToken } from "@cbr/client"
import { layerUndiciNoDispatcher } from "@cbr/client/node"
import { verify } from "@cbr/client/signing"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Cause, DateTime, Duration, Effect, Exit, Fiber, Layer, Redacted, Tracer } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { httpCall } from "../../src/http/httpCall.ts"
import { hashes } from "../../src/signing/Hashes.node.ts"
import { overAgents } from "../../src/transport/NodeHttpTransport.node.ts"
import { inMemory } from "../InMemoryTransport.ts"
import { httpServer, tcpServer } from "../LoopbackServer.ts"
import {
  accessKey,
  body,
  clientLayer,
  type Options,
  region,
  request,
  show,
  timed,
  timedError,
  token
} from "../TestClient.ts"

/** Ways in which HTTP clients on Effect's pieces are known to go wrong; each is shown not to happen here. */
const pooled = {
  undici: NodeHttpClient.layerUndiciOptions({ connections: 1 }),
  "undici, heard directly": layerUndiciNoDispatcher.pipe(
    Layer.provide(NodeHttpClient.layerDispatcherOptions({ connections: 1 }))
  ),
  "node:http": NodeHttpClient.layerNodeHttpOptions({ keepAlive: true, maxSockets: 1 }),
  "node:http, heard directly": Layer.effect(HttpClient.HttpClient, overAgents).pipe(
    Layer.provide(NodeHttpClient.layerAgentOptions({ keepAlive: true, maxSockets: 1 }))
  )
}
const transports = { ...pooled, fetch: FetchHttpClient.layer }

const at = (port: number, more: Options) =>
  show({
    endpoint: Layer.orDie(Endpoint.layer({ endpoint: `http://127.0.0.1:${port}` })),
    ...more,
    policy: { backoff: Duration.millis(5), callTimeout: Duration.seconds(10), ...more.policy }
  })

describe("retrying", () => {
  it.effect("a retry loop inside a retry loop: 503s and time-outs in turn send one request and its retries", () =>
    Effect.gen(function* () {
      const transport = inMemory((nth) => (nth % 2 === 0 ? { status: 503 } : Effect.never))
      yield* timed(show({ http: transport.layer, policy: { callTimeout: Duration.minutes(5) } }))
      assert.strictEqual(transport.sent.length, 4)
    })
  )

  it.effect("a POST is sent once, whatever its answer", () =>
    Effect.gen(function* () {
      for (const status of [429, 500, 503]) {
        const transport = inMemory(() => ({ status }))
        const call = httpCall(HttpClientRequest.post("https://iam.example/v3/auth/tokens"), {
          origin: "https://iam.example",
          service: "IAM",
          success: [201],
          largestBody: 1000,
          secrets: { secrets: [] }
        })
        yield* timedError(Effect.provide(call, transport.layer))
        assert.strictEqual(transport.sent.length, 1)
      }
    })
  )

  it.effect("Retry-After without a ceiling: a day is not waited for", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 503, headers: { "retry-after": "86400" } }))
      const { error, milliseconds } = yield* timedError(
        show({ http: transport.layer, policy: { callTimeout: Duration.infinity } })
      )
      assert.deepInclude(error, { _tag: "ServiceUnavailable", retry_after: 86_400 })
      assert.strictEqual(milliseconds, 0)
    })
  )

  it.effect("after a 429 each attempt carries a signature of its own", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 429, headers: { "retry-after": "1" } }))
      yield* timed(show({ http: transport.layer, credentials: Credentials.accessKey(accessKey) }))
      const signatures = transport.sent.map(({ request: { headers } }) => headers["authorization"])
      assert.strictEqual(new Set(signatures).size, 4)
    })
  )

  it.effect("a breaker inside the retry loop: a call with all its attempts is one failure, and an open one none", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 503 }))
      const policy = { circuit: { failures: 2, openFor: Duration.minutes(1) } }
      yield* BackupClient.use((client) =>
        Effect.gen(function* () {
          for (const state of ["Closed", "Open"]) {
            const call = yield* Effect.forkChild(Effect.flip(client.showBackup(request)))
            yield* TestClock.adjust("10 seconds")
            assert.strictEqual((yield* Fiber.join(call)).attempts, 4)
            assert.strictEqual((yield* client.circuit).state, state)
          }
          assert.strictEqual((yield* Effect.flip(client.showBackup(request))).attempts, 0)
        })
      ).pipe(Effect.provide(clientLayer({ http: transport.layer, policy })))
      assert.strictEqual(transport.sent.length, 8)
    })
  )

  it.effect("virtual time with hashes that are not synchronous hangs: signed retries end under a test clock", () =>
    Effect.gen(function* () {
      const transport = inMemory((nth) => (nth < 3 ? { status: 503 } : { status: 200, body }))
      const fiber = yield* Effect.forkChild(
        show({ http: transport.layer, credentials: Credentials.accessKey(accessKey) })
      )
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* Fiber.join(fiber)).raw, body)
    })
  )
})

describe.each(Object.entries(pooled))("bodies, over one connection of %s", (_, http) => {
  for (const size of [100, 20_000, 200_000]) {
    it.live(`an unread body holds the connection: three 503s of ${size} bytes do not block the fourth request`, () =>
      Effect.gen(function* () {
        let requests = 0
        let connections = 0
        const { port } = yield* httpServer((incoming, response) => {
          if (incoming.socket.listenerCount("counted") === 0) {
            incoming.socket.once("counted", () => {})
            connections++
          }
          if (requests++ < 3) response.writeHead(503).end("x".repeat(size))
          else response.end(body)
        })
        const response = yield* at(port, { http })
        assert.strictEqual(response.raw, body)
        assert.strictEqual(requests, 4)
        // A body that is read to its end keeps its connection; a body beyond 64 KiB is not worth it.
        assert.strictEqual(connections, size > 64 * 1024 ? 4 : 1)
      })
    )
  }

  it.live("a body limit that only servers keep: reading stops at ours", () =>
    Effect.gen(function* () {
      const { port } = yield* httpServer((_, response) => response.end("x".repeat(5_000_000)))
      const error = yield* Effect.flip(at(port, { http, policy: { largestBody: 1000 } }))
      assert.strictEqual(error._tag, "ResponseTooLarge")
    })
  )

  it.live("a truncated body is an error of decoding to the transport: here it is tried again", () =>
    Effect.gen(function* () {
      let connections = 0
      const { port } = yield* tcpServer((socket) => {
        const nth = connections++
        socket.once("data", () => {
          const whole = `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
          if (nth === 0) socket.end(whole.slice(0, -100))
          else socket.end(whole)
        })
      })
      const response = yield* at(port, { http })
      assert.strictEqual(response.raw, body)
      assert.strictEqual(connections, 2)
    })
  )
})

describe.each(Object.entries(transports))("the request on the wire, over %s", (_, http) => {
  it.live("is signed for the bytes of path and query that are sent, and no trace header goes with it", () =>
    Effect.gen(function* () {
      const heads: Array<{ readonly url: string; readonly headers: Record<string, string> }> = []
      const { port } = yield* httpServer(({ headers, url = "" }, response) => {
        heads.push({ url, headers: headers as Record<string, string> })
        response.end(body)
      })
      yield* at(port, { http, credentials: Credentials.accessKey(accessKey) }).pipe(Effect.withSpan("caller"))
      const [{ headers, url } = assert.fail("nothing came")] = heads
      const caller = yield* verify(
        { method: "GET", path: url, query: "", headers },
        { secretKeyOf: () => accessKey.sk, now: yield* DateTime.now },
        hashes
      )
      assert.strictEqual(caller.ak, accessKey.ak)
      assert.include(headers["authorization"]!, "SignedHeaders=host;x-project-id;x-sdk-date,")
      assert.notProperty(headers, "b3")
      assert.notProperty(headers, "traceparent")
      assert.strictEqual(headers["user-agent"], `cbr/0.1.0 node/${process.versions.node}`)
    })
  )

  it.live("a redirect to another host is not followed: the token stays here", () =>
    Effect.gen(function* () {
      let elsewhere = 0
      const other = yield* httpServer((_, response) => {
        elsewhere++
        response.end(body)
      })
      const { port } = yield* httpServer((_, response) =>
        response.writeHead(302, { location: `http://localhost:${other.port}/` }).end()
      )
      const error = yield* Effect.flip(at(port, { http }))
      assert.deepInclude(error, { _tag: "OtherStatus", status_code: 302, attempts: 1 })
      assert.strictEqual(elsewhere, 0)
    })
  )

  it.live("an abort is an interruption, not an error, and closes the socket", () =>
    Effect.gen(function* () {
      const abort = new AbortController()
      const closed = Promise.withResolvers<void>()
      const { port } = yield* tcpServer((socket) => {
        socket.once("close", () => closed.resolve())
        socket.once("data", () => abort.abort())
      })
      const exit = yield* Effect.promise(() => Effect.runPromiseExit(at(port, { http }), { signal: abort.signal }))
      assert.isTrue(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause))
      yield* Effect.promise(() => closed.promise)
    })
  )
})

it.effect("paths are normalised by every transport: an id of dots or with a slash is refused before it is sent", () =>
  Effect.gen(function* () {
    const transport = inMemory(() => ({ status: 200, body }))
    for (const project_id of [".", "..", "a/b", "%2e%2e", "a%2Fb", "a b", ""]) {
      const error = yield* Effect.flip(show({ http: transport.layer }, { ...request, project_id }))
      assert.strictEqual(error._tag, "InvalidRequest")
    }
    assert.strictEqual(transport.sent.length, 0)
  })
)

describe("what is recorded", () => {
  const canary = "canaryPasswordOfTests"
  const credentials = Layer.provide(IamToken.layer({ user: "u", domain: "d", password: Redacted.make(canary) }), region)
  const transport = () =>
    inMemory((_, { method }) =>
      method === "POST"
        ? {
            status: 201,
            headers: { "x-subject-token": Redacted.value(token) },
            body: `{"token":{"expires_at":"1970-01-02T00:00:00Z"}}`
          }
        : { status: 200, body }
    )

  it.effect("a list of redacted names that is replaced, not extended, forgets the defaults: both are redacted", () =>
    Effect.gen(function* () {
      const spans: Array<Tracer.Span> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      for (const source of [credentials, Credentials.accessKey(accessKey)]) {
        yield* show({ http: transport().layer, credentials: source }).pipe(
          Effect.withTracer(tracer),
          Effect.provideService(HttpClient.TracerHeaderFilter, () => true)
        )
      }
      const attributes = new Map(spans.flatMap((span) => [...span.attributes]))
      for (const name of [
        "request.header.x-auth-token",
        "request.header.authorization",
        "response.header.x-subject-token"
      ]) {
        assert.strictEqual(attributes.get(`http.${name}`), "<redacted>")
      }
    })
  )

  it.effect("a logged request prints its raw URL: none holds a secret", () =>
    Effect.gen(function* () {
      const { layer, sent } = transport()
      yield* show({ http: layer, credentials })
      assert.strictEqual(sent.length, 2)
      for (const { request } of sent) {
        assert.notInclude(request.url + inspect(request.urlParams), canary)
        assert.notInclude(request.url + inspect(request.urlParams), Redacted.value(token))
      }
    })
  )
})
