import { inspect } from "node:util"
import {
  CredentialChain,
  EcsMetadata,
  Environment,
  EnvironmentPassword,
  Federation,
  type CredentialSource,
  PodIdentity,
  Profile,
  SdkProfile
} from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Fiber, Logger, References, type Scope, Tracer } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import type { Answer, Script } from "../InMemoryTransport.ts"
import { type World, worldOf } from "./CredentialSourceTest.ts"

/** Stands in every secret that a link is given, is sent or sends. */
const canary = "canary"
const secret = (name: string) => `${canary}+${name}/0123456789==`

const profiles = "/home/u/.config/cbr/profiles.json"
const profile = (of: object): World => ({ files: { [profiles]: JSON.stringify({ profiles: { p: of } }) } })
const sdkFile = (text: string, files: Record<string, string> = {}): World => ({
  files: { "/home/u/.huaweicloud/credentials": `[basic]\n${text}`, ...files }
})

const key = { ak: "EXAMPLEACCESSKEY0001", sk: secret("sk") }
const federated = { HUAWEICLOUD_SDK_IDP_ID: "idp", HUAWEICLOUD_SDK_ID_TOKEN_FILE: "/id" }
const pod = {
  HC_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:1/x",
  HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/pod"
}

type Any = CredentialSource<CredentialChain.Requirements | Scope.Scope>

const held: Readonly<Record<string, readonly [link: Any, world: World]>> = {
  "a token of the environment": [Environment.source, { variables: { CBR_TOKEN: secret("token") } }],
  "a key of the environment": [Environment.source, { variables: { OS_ACCESS_KEY: "ak", OS_SECRET_KEY: secret("sk") } }],
  "half a key of the environment": [Environment.source, { variables: { HW_SECRET_KEY: secret("sk") } }],
  "a token of a profile": [Profile.source, profile({ token: secret("token") })],
  "a key of a profile": [Profile.source, profile({ ...key, security_token: secret("st") })],
  "half a key of a profile": [Profile.source, profile({ sk: secret("sk") })],
  "a profile that is cut": [Profile.source, { files: { [profiles]: `{"profiles":{"p":{"sk":"${secret("sk")}` } }],
  "a profile with a typo": [Profile.source, profile({ scret: secret("sk") })],
  "a profile of another shape": [Profile.source, profile({ sk: [secret("sk")], ak: { of: secret("sk") } })],
  "a key of the SDKs' file": [SdkProfile.source, sdkFile(`ak=ak\nsk=${secret("sk")}`)],
  "half a key of the SDKs' file": [SdkProfile.source, sdkFile(`sk=${secret("sk")}`)]
}

const fetched: Readonly<Record<string, readonly [link: Any, world: World]>> = {
  "a password of the environment": [
    EnvironmentPassword.source,
    { variables: { OS_USERNAME: "u", OS_PASSWORD: secret("password"), OS_USER_DOMAIN_NAME: "d" } }
  ],
  "a password of a profile": [Profile.source, profile({ user: "u", password: secret("password"), domain: "d" })],
  "an agency by a key": [Profile.source, profile({ ...key, agency: "a", agency_domain: "d" })],
  "an agency by a token": [Profile.source, profile({ token: secret("token"), agency: "a", agency_domain: "d" })],
  "an id token": [Federation.source, { variables: federated, files: { "/id": secret("id-token") } }],
  "an id token of the SDKs' file": [
    SdkProfile.source,
    sdkFile("idp_id=idp\nid_token_file=/id", { "/id": secret("id-token") })
  ],
  "a pod's token": [PodIdentity.source, { variables: pod, files: { "/pod": secret("pod-token") } }],
  "the metadata": [EcsMetadata.source(), {}]
}

const quoted = (request: HttpClientRequest.HttpClientRequest) =>
  [
    ...Object.entries(request.headers).map(([name, value]) => `${name}:${value}`),
    request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
  ].join(" ")

const given: Answer = {
  status: 201,
  headers: { "x-subject-token": secret("subject") },
  body: JSON.stringify({
    token: { expires_at: "1970-01-02T00:00:00Z" },
    credential: {
      access: "HST",
      secret: secret("temporary"),
      securitytoken: secret("security-token"),
      expires_at: "1970-01-02T00:00:00Z"
    }
  })
}

const ofMetadata = (request: HttpClientRequest.HttpClientRequest): Answer =>
  request.method === "PUT" ? { status: 200, body: secret("metadata-token") } : { ...given, status: 200 }

const granted: Script = (_, request) => (request.url.includes("169.254.169.254") ? ofMetadata(request) : given)

/** The ways in which a fetch fails: at its first request, or at a later one after the answers before it. */
const failures: Readonly<Record<string, Script>> = {
  ...Object.fromEntries(
    [400, 401, 403, 500].map((status) => [
      `${status} that quotes the request`,
      (_: number, request: HttpClientRequest.HttpClientRequest): Answer => ({
        status,
        headers: { "x-request-id": quoted(request) },
        body: JSON.stringify({ error: { message: quoted(request), code: `APIGW.0301 ${quoted(request)}` } })
      })
    ])
  ),
  "an answer without what it should hold": (_, request) => ({ status: 201, body: quoted(request) }),
  "a redirect": (_, request) => ({ status: 302, headers: { location: `https://x.example/?${quoted(request)}` } }),
  "a broken connection": (_, request) =>
    Effect.fail(
      new HttpClientError.HttpClientError({
        reason: new HttpClientError.TransportError({ request, cause: Object.assign(new Error("x"), { request }) })
      })
    ),
  "no answer": () => Effect.never
}

/** Everything that can be seen of opening a link and asking it for its credential. */
const seen = Effect.fnUntraced(function* ([link, world]: readonly [Any, World], script?: Script) {
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
  const { layer } = worldOf(script === undefined ? world : { ...world, script })
  const fiber = yield* CredentialChain.find([link]).pipe(
    Effect.flatMap(({ credentials }) => credentials.current),
    Effect.tapCause((cause) => Effect.logError("failed", cause)),
    Effect.exit,
    Effect.scoped,
    Effect.provide(layer),
    Effect.withSpan("outermost"),
    Effect.withTracer(tracer),
    Effect.provide(Logger.layer([logger])),
    Effect.provideService(References.MinimumLogLevel, "All"),
    Effect.provideService(HttpClient.TracerHeaderFilter, () => script === granted),
    Effect.forkChild
  )
  yield* TestClock.adjust("1 minute")
  const exit = yield* Fiber.join(fiber)
  const texts = [
    inspect(exit, { depth: 20, showHidden: true }),
    JSON.stringify(exit),
    exit._tag === "Failure" ? Cause.pretty(exit.cause) : "",
    ...spans.map((span) =>
      [
        span.name,
        inspect([...span.attributes]),
        // The exit of a span, as an exporter takes it.
        span.status._tag === "Ended" && span.status.exit._tag === "Failure" ? Cause.pretty(span.status.exit.cause) : "",
        inspect(span, { depth: 20 })
      ].join(" ")
    ),
    ...logs
  ]
  return { exit, text: texts.join("\n"), spans: spans.length }
})

const assertSecret = (text: string) => {
  for (const spelling of [canary, encodeURIComponent(canary)]) assert.notInclude(text, spelling)
  assert.notMatch(text, /Signature=[0-9a-f]/)
}

describe("what is held is never shown:", () => {
  for (const [name, given] of Object.entries(held)) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const { text } = yield* seen(given)
        assertSecret(text)
      })
    )
  }
})

describe.each(Object.entries(fetched))("%s is never shown", (_, given) => {
  it.effect("when it serves", () =>
    Effect.gen(function* () {
      const { exit, spans, text } = yield* seen(given, granted)
      assert.strictEqual(exit._tag, "Success")
      assert.isAbove(spans, 1)
      assertSecret(text)
    })
  )
  for (const [failure, script] of Object.entries(failures)) {
    it.effect(`at once by ${failure}`, () =>
      Effect.gen(function* () {
        const { exit, text } = yield* seen(given, script)
        assert.strictEqual(exit._tag, "Failure")
        assertSecret(text)
      })
    )
    it.effect(`at its second request by ${failure}`, () =>
      Effect.gen(function* () {
        const { text } = yield* seen(given, (nth, request) => (nth === 0 ? granted : script)(nth, request))
        assertSecret(text)
      })
    )
  }
})
