import { gzipSync } from "node:zlib"
import { type ConnectionFailed, Endpoint, hintOf, isRetryable, type ResiliencePolicy } from "@cbr/client"
import { layerNodeHttp, layerUndici } from "@cbr/client/node"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Redacted } from "effect"
import { FetchHttpClient, HttpClientError, HttpClientRequest, HttpClientResponse } from "effect/http"
import { fromHttpClientError } from "../../src/errors/ConnectionFailure.ts"
import { closedPort, httpServer, selfSignedServer, tcpServer } from "../LoopbackServer.ts"
import { body, show, token } from "../TestClient.ts"

const transports = {
  undici: NodeHttpClient.layerUndici,
  "undici, heard directly": Layer.orDie(layerUndici({})),
  "node:http, heard directly": Layer.orDie(layerNodeHttp({})),
  "node:http": NodeHttpClient.layerNodeHttp,
  fetch: FetchHttpClient.layer
}

const once: Partial<ResiliencePolicy> = {
  retries: 0,
  callTimeout: Duration.seconds(15),
  attemptTimeout: Duration.seconds(15)
}

describe.each(Object.entries(transports))("over %s", (name, http) => {
  const at = (origin: string, policy = once) =>
    show({ http, policy, endpoint: Layer.orDie(Endpoint.layer({ endpoint: origin })) })
  const failureAt = (origin: string) => Effect.flip(at(origin))

  it.live("a port where nothing listens is a failure to connect", () =>
    Effect.gen(function* () {
      const port = yield* closedPort
      const error = yield* failureAt(`http://127.0.0.1:${port}`)
      assert.deepInclude(error, { _tag: "ConnectionFailed", reason: "Connect", attempts: 1 })
      assert.strictEqual(error.message, `no connection to 127.0.0.1:${port} (ECONNREFUSED)`)
    })
  )

  it.live("a name that no DNS knows is a failure of DNS", () =>
    Effect.gen(function* () {
      const error = yield* failureAt("http://cbr.nowhere.invalid")
      assert.deepInclude(error, { _tag: "ConnectionFailed", reason: "Dns", attempts: 1 })
      assert.match(
        error.message,
        /^the name cbr\.nowhere\.invalid could not be found in DNS \((?:ENOTFOUND|EAI_AGAIN)\)$/
      )
    })
  )

  it.live("a certificate that is not trusted is a failure of TLS, not tried again", () =>
    Effect.gen(function* () {
      const { port } = yield* selfSignedServer
      const error = yield* Effect.flip(at(`https://127.0.0.1:${port}`, { ...once, retries: 3 }))
      assert.deepInclude(error, { _tag: "ConnectionFailed", reason: "Tls", attempts: 1 })
      assert.match(error.message, /\(DEPTH_ZERO_SELF_SIGNED_CERT\)$/)
    })
  )

  it.live("a server that speaks no TLS is said to speak none, not to have a bad certificate", () =>
    Effect.gen(function* () {
      const { port } = yield* tcpServer((socket) =>
        socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"))
      )
      const error = yield* failureAt(`https://127.0.0.1:${port}`)
      assert.deepInclude(error, { _tag: "ConnectionFailed", reason: "NotTls", attempts: 1 })
      assert.match(error.message, new RegExp(`^127\\.0\\.0\\.1:${port} does not speak TLS \\(`))
      assert.isFalse(isRetryable(error))
      assert.match(hintOf(error).en, /http:\/\//)
    })
  )

  const breaks: Readonly<Record<string, string | undefined>> = {
    "before the head": undefined,
    "in the head": "HTTP/1.1 200 OK\r\nContent-Le",
    "in a body of known length": `HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"backup":`,
    "in a chunk": `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n{"backup":`,
    "with bytes that are no HTTP": "SSH-2.0-OpenSSH_9.6\r\n"
  }
  for (const [where, bytes] of Object.entries(breaks)) {
    for (const end of ["resetAndDestroy", "end"] as const) {
      it.live(`a connection that breaks ${where} (${end}) is broken`, () =>
        Effect.gen(function* () {
          const { port } = yield* tcpServer((socket) =>
            socket.once("data", () => {
              if (bytes === undefined) socket[end]()
              else socket.write(bytes, () => setTimeout(() => socket[end](), 20))
            })
          )
          const error = yield* failureAt(`http://127.0.0.1:${port}`)
          assert.deepInclude(error, { _tag: "ConnectionFailed", reason: "Broken", attempts: 1 })
          assert.match(error.message, /^the connection to 127\.0\.0\.1:\d+ broke before the answer was complete/)
        })
      )
    }
  }

  for (const status of [301, 302, 307, 308]) {
    it.live(`${status} is not followed: no other server sees the token`, () =>
      Effect.gen(function* () {
        const elsewhere: Array<string | undefined> = []
        const other = yield* httpServer((request, response) => {
          elsewhere.push(request.url)
          response.end(body)
        })
        const { port } = yield* httpServer((_, response) => {
          response.writeHead(status, { location: `http://127.0.0.1:${other.port}/caught` }).end()
        })
        const error = yield* failureAt(`http://127.0.0.1:${port}`)
        assert.deepInclude(error, { _tag: "OtherStatus", status_code: status, attempts: 1 })
        assert.deepStrictEqual(elsewhere, [])
      })
    )
  }

  it.live("a success, on the wire", () =>
    Effect.gen(function* () {
      const heads: Array<Record<string, unknown>> = []
      const { port } = yield* httpServer((request, response) => {
        heads.push({
          method: request.method,
          url: request.url,
          host: request.headers.host,
          token: request.headers["x-auth-token"]
        })
        response.end(body)
      })
      const response = yield* at(`http://127.0.0.1:${port}`)
      assert.strictEqual(response.raw, body)
      assert.deepStrictEqual(heads, [
        {
          method: "GET",
          url: "/v3/4229d7a45436489f8c3dc2b1d35d4987/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d",
          host: `127.0.0.1:${port}`,
          token: Redacted.value(token)
        }
      ])
    })
  )

  it.live("gzip that was not asked for is read or refused in words, never handed on", () =>
    Effect.gen(function* () {
      const { port } = yield* httpServer((_, response) => {
        response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(body))
      })
      const outcome = yield* Effect.result(at(`http://127.0.0.1:${port}`))
      if (name === "fetch") return assert.strictEqual(outcome._tag === "Success" && outcome.success.raw, body)
      const error = outcome._tag === "Failure" ? outcome.failure : undefined
      assert.strictEqual(error?._tag, "MalformedResponse")
      assert.strictEqual(error?.message, "the answer of CBR is compressed, which was not asked for")
    })
  )
})

describe.each(Object.entries(transports))("over %s", (_, http) => {
  for (const [status, kind] of [
    [200, "ResponseTooLarge"],
    [404, "BackupNotFound"]
  ] as const) {
    it.live(`a ${status} whose body never ends is left, and its socket closed`, () =>
      Effect.gen(function* () {
        let closed = () => {}
        const socketClosed = new Promise<void>((resolve) => (closed = resolve))
        const { port } = yield* httpServer((request, response) => {
          request.socket.once("close", () => closed())
          response.writeHead(status)
          const more = () => {
            while (response.write("x".repeat(64 * 1024)));
          }
          response.on("drain", more)
          more()
        })
        const endpoint = Layer.orDie(Endpoint.layer({ endpoint: `http://127.0.0.1:${port}` }))
        const error = yield* Effect.flip(show({ http, endpoint, policy: { ...once, largestBody: 1_000_000 } }))
        assert.strictEqual(error._tag, kind)
        yield* Effect.promise(() => socketClosed)
      })
    )
  }
})

const withCode = (code: unknown) => Object.assign(new Error("x"), { code })

const named = (name: string, error: Error) => Object.assign(error, { name })

const circular = () => {
  const error = new Error("x")
  error.cause = error
  return error
}

describe("fromHttpClientError", () => {
  const request = HttpClientRequest.get("https://cbr.example/v3")
  const transportError = (cause: unknown) =>
    fromHttpClientError(
      new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) }),
      "https://cbr.example"
    )
  const codes: ReadonlyArray<readonly [code: string, reason: ConnectionFailed["reason"]]> = [
    ...["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "ENODATA"].map((code) => [code, "Dns"] as const),
    ...[
      "ECONNREFUSED",
      "EHOSTUNREACH",
      "ENETUNREACH",
      "EADDRNOTAVAIL",
      "ETIMEDOUT",
      "EACCES",
      "UND_ERR_CONNECT_TIMEOUT"
    ].map((code) => [code, "Connect"] as const),
    ...[
      "CERT_HAS_EXPIRED",
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      "SELF_SIGNED_CERT_IN_CHAIN",
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
      "ERR_TLS_CERT_ALTNAME_INVALID",
      "EPROTO"
    ].map((code) => [code, "Tls"] as const),
    ...["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "HPE_INVALID_CONSTANT", "ERR_STREAM_PREMATURE_CLOSE"].map(
      (code) => [code, "Broken"] as const
    )
  ]
  for (const [code, reason] of codes) {
    it(`${code} is ${reason}, wherever in the chain of causes it stands`, () => {
      const causes = [
        withCode(code),
        new TypeError("fetch failed", { cause: withCode(code) }),
        new Error("a", { cause: new Error("b", { cause: withCode(code) }) }),
        new AggregateError([withCode(code), withCode(code)], "all addresses failed")
      ]
      for (const cause of causes) {
        const error = transportError(cause)
        assert.deepInclude(error, { _tag: "ConnectionFailed", reason })
        assert.isTrue(error.message.endsWith(`(${code})`))
        assert.include(error.message, "cbr.example")
      }
    })
  }

  it.each([
    undefined,
    null,
    "text",
    new Error("x"),
    new TypeError("Failed to fetch"),
    withCode(20),
    withCode("EMINE"),
    withCode("ERR_INVALID_ARG_TYPE"),
    withCode("UND_ERR_INVALID_ARG"),
    circular(),
    new DOMException("it took too long", "TimeoutError")
  ])("what tells of no network is no answer, with the original as its cause, and no retry helps: %s", (cause) => {
    const error = transportError(cause)
    assert.deepInclude(error, { _tag: "ConnectionFailed", reason: "NoAnswer" })
    assert.strictEqual(error.cause, cause)
    const name = cause instanceof Error ? cause.name : typeof cause
    assert.strictEqual(error.message, `no answer from cbr.example (${name})`)
    assert.isFalse(isRetryable(error))
    assert.notProperty(JSON.parse(JSON.stringify(error)), "cause")
  })

  it.each([
    named("HTTPParserError", new Error("no code")),
    new TypeError("fetch failed", { cause: new Error("error sending request for url (http://cbr.example)") }),
    Object.assign(new Error("Network connection lost."), { retryable: true })
  ])("what a runtime tells of a network without a code is a broken connection: %s", (cause) => {
    const error = transportError(cause)
    assert.deepInclude(error, { _tag: "ConnectionFailed", reason: "Broken" })
    assert.isTrue(isRetryable(error))
  })

  it("a body that breaks off without a code is a broken connection", () => {
    const response = HttpClientResponse.fromWeb(request, new Response())
    const error = fromHttpClientError(
      new HttpClientError.HttpClientError({
        reason: new HttpClientError.DecodeError({ request, response, cause: new TypeError("network error") })
      }),
      "https://cbr.example"
    )
    assert.deepInclude(error, { _tag: "ConnectionFailed", reason: "Broken" })
  })

  it("the stand-in for undici, which has no methods, is said to be one", () => {
    const error = transportError(new TypeError("dispatcher.request is not a function"))
    assert.strictEqual(error._tag, "InvalidRequest")
    assert.match(error.message, /use layerNodeHttp of @cbr\/client\/node, or FetchHttpClient\.layer/)
  })

  it("an address that no request can have is an invalid request", () => {
    const error = fromHttpClientError(
      new HttpClientError.HttpClientError({ reason: new HttpClientError.InvalidUrlError({ request }) }),
      "https://cbr.example"
    )
    assert.strictEqual(error._tag, "InvalidRequest")
  })
})
