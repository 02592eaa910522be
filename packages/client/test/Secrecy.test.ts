import { inspect } from "node:util"
import { Credentials, IamToken, type ShowBackupError } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Layer, Logger, Redacted, References, Stream, Tracer } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest } from "effect/http"
import { type Answer, inMemory, type Script } from "./InMemoryTransport.ts"
import { body, region, show, timed } from "./TestClient.ts"

const ak = "CANARYACCESSKEY00001"
const canaries = {
  sk: "canarySecretKeyForTests00000000000000001",
  security_token: "canarySecurityToken/+==",
  token: "canaryTokenOfTests",
  password: 'canary password&<>"1',
  subject: "canarySubjectToken"
}

const sources = {
  token: Credentials.token(Redacted.make(canaries.token)),
  "an access key": Credentials.accessKey({ ak, sk: Redacted.make(canaries.sk) }),
  "a temporary key": Credentials.accessKey({
    ak,
    sk: Redacted.make(canaries.sk),
    security_token: Redacted.make(canaries.security_token)
  }),
  "a password": Layer.provide(
    IamToken.layer({ user: "u", domain: "d", password: Redacted.make(canaries.password) }),
    region
  )
}

/** The worst that a service can say: all that it was sent, in every place where it can. */
const quoting = (request: HttpClientRequest.HttpClientRequest): Record<"headers" | "body", string> => ({
  headers: Object.entries(request.headers)
    .map(([name, value]) => `${name}:${value}`)
    .join(", "),
  body: request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
})

const quotes = (request: HttpClientRequest.HttpClientRequest, status: number, form: "flat" | "text"): Answer => {
  const said = quoting(request)
  const { authorization, "x-auth-token": subject = "", "x-security-token": temporary = "" } = request.headers
  // The service knows the secret key as well as its owner does.
  const known = authorization === undefined ? [subject] : [ak, canaries.sk, temporary]
  const all = `${known.join(" ")} ${request.method === "POST" ? canaries.password : ""} sent ${said.headers} ${said.body}`
  return {
    status,
    headers: {
      "x-request-id": `id ${known.join(" ")} ${authorization ?? ""}`,
      "x-auth-token": subject,
      "x-subject-token": canaries.subject
    },
    body: form === "text" ? all : JSON.stringify({ error_code: `APIGW.0301 ${all}`, error_msg: `verify fail, ${all}` })
  }
}

const failure = (request: HttpClientRequest.HttpClientRequest) =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({
      request,
      cause: Object.assign(new Error("socket hang up"), { code: "ECONNRESET", request })
    })
  })

const issued: Answer = {
  status: 201,
  headers: { "x-subject-token": canaries.subject },
  body: `{"token":{"expires_at":"1970-01-02T00:00:00Z"}}`
}

/** The ways in which a call fails, once it has its token. */
const failures: Readonly<Record<string, Script>> = {
  ...Object.fromEntries(
    [400, 401, 403, 404, 408, 418, 429, 500, 502, 503].flatMap((status) =>
      (["flat", "text"] as const).map((form) => [
        `${status} that quotes the request, ${form}`,
        (_: number, request: HttpClientRequest.HttpClientRequest) => quotes(request, status, form)
      ])
    )
  ),
  "302 to an address that quotes it": (_, request) => ({
    status: 302,
    headers: { location: `https://elsewhere.example/?${encodeURIComponent(quoting(request).headers)}` }
  }),
  "200 with what is no backup": (_, request) => ({ ...quotes(request, 200, "text") }),
  "200 with no UTF-8": (_, request) => ({ ...quotes(request, 200, "flat"), body: Uint8Array.of(0xff) }),
  "200 that is too large": (_, request) => ({ ...quotes(request, 200, "flat"), body: "x".repeat(5000) }),
  "a connection that breaks": (_, request) => Effect.fail(failure(request)),
  "a body that breaks": (_, request) => ({ status: 200, body: Stream.fail(failure(request)) }),
  "a service that hangs": () => Effect.never
}

describe.each(Object.entries(sources))("with %s, no secret is shown by", (_, credentials) => {
  for (const [name, script] of Object.entries(failures)) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const { error, seen } = yield* observed(credentials, (nth, request) =>
          request.method === "POST" ? issued : script(nth, request)
        )
        assertNoCanary({ ...shown(error), ...seen })
      })
    )
  }
})

describe("with a password, no secret is shown by IAM's", () => {
  for (const [name, script] of Object.entries(failures)) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const { error, seen } = yield* observed(sources["a password"], script)
        assertNoCanary({ ...shown(error), ...seen })
      })
    )
  }
})

it.effect("the spans and logs of a success hold no secret, even where headers are recorded", () =>
  Effect.gen(function* () {
    for (const credentials of Object.values(sources)) {
      const { exit, seen } = yield* watched(credentials, (_, { headers, method }) =>
        method === "POST" ? issued : { status: 200, headers: { "x-auth-token": headers["x-auth-token"] ?? "" }, body }
      ).pipe(Effect.provideService(HttpClient.TracerHeaderFilter, () => true))
      assert.strictEqual(exit._tag, "Success")
      assert.match(seen.spans, /'http.request.header.(?:x-auth-token|authorization)', '<redacted>'/)
      assertNoCanary(seen)
    }
  })
)

/** Every canary, and the access key beyond its first four characters. */
const assertNoCanary = (places: Readonly<Record<string, string>>) => {
  const words = [...Object.values(canaries), ak.slice(0, 5)]
  const spellings = words.flatMap((word) => [word, encodeURIComponent(word), JSON.stringify(word).slice(1, -1)])
  for (const [place, text] of Object.entries(places)) {
    assert.isNotEmpty(text)
    for (const word of new Set(spellings)) assert.notInclude(text, word, place)
    assert.notMatch(text, /Signature=[0-9a-f]/, place)
  }
}

const shown = (error: ShowBackupError) => ({
  message: error.message,
  json: JSON.stringify(error),
  fields: JSON.stringify(Object.entries(error)),
  string: String(error),
  inspect: inspect(error, { depth: 20, showHidden: true }),
  stack: error.stack ?? "no stack",
  pretty: Cause.pretty(Cause.fail(error))
})

const observed = Effect.fnUntraced(function* (credentials: (typeof sources)["a password"], script: Script) {
  const { exit, seen } = yield* watched(credentials, script)
  if (exit._tag === "Success") return yield* Effect.die(new Error("expected a failure"))
  const error = Cause.findErrorOption(exit.cause)
  if (error._tag === "None") return yield* Effect.failCause(exit.cause)
  return { error: error.value, seen }
})

/** A call with all that its spans and logs hold. */
const watched = Effect.fnUntraced(function* (credentials: (typeof sources)["a password"], script: Script) {
  const spans: Array<Tracer.Span> = []
  const logs: Array<string> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  const logger = Logger.make((entry) => void logs.push(inspect([entry.message, entry.cause], { depth: 20 })))
  const { exit } = yield* timed(
    show({ http: inMemory(script).layer, credentials, policy: { largestBody: 4000 } }).pipe(
      Effect.tapCause((cause) => Effect.logError("the call failed", cause)),
      Effect.tap(() => Effect.log("the call succeeded")),
      Effect.withTracer(tracer),
      Effect.provide(Logger.layer([logger])),
      Effect.provideService(References.MinimumLogLevel, "All")
    )
  )
  const inSpans = spans.map((span) =>
    [
      span.name,
      inspect([...span.attributes]),
      // The exit of a span, as an exporter takes it.
      span.status._tag === "Ended" && span.status.exit._tag === "Failure" ? Cause.pretty(span.status.exit.cause) : "",
      inspect(span, { depth: 20 })
    ].join(" ")
  )
  return { exit, seen: { spans: inSpans.join("\n"), logs: logs.join("\n") } }
})
