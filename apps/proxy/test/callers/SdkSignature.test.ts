import { layerCrypto } from "@cbr/client/node"
import { formatSigningDate, SdkHmacSha256, type SignableRequest, V11HmacSha256 } from "@cbr/client/signing"
import { Simulator } from "@cbr/simulator"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, it, layer } from "@effect/vitest"
import { BasicCredentials } from "@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js"
import { ClientBuilder } from "@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js"
import type { HcClient } from "@huaweicloud/huaweicloud-sdk-core/HcClient.js"
import type { SdkResponse } from "@huaweicloud/huaweicloud-sdk-core/SdkResponse.js"
import { DateTime, Effect, Layer, Redacted, Schema } from "effect"
import { Mac } from "effect/crypto"
import { Authenticator } from "../../src/callers/Authenticator.ts"
import * as SdkSignature from "../../src/callers/SdkSignature.ts"
import { Listener } from "../../src/server/Server.ts"
import { callerOf } from "../callerOf.ts"
import { head, rawExchange, statusesOf } from "../RawExchange.ts"
import { LogLines, pathOf, testProxyFor } from "../TestProxy.ts"

const project_id = "4229d7a45436489f8c3dc2b1d35d4987"
const caller = callerOf("reports", { projects: new Set([project_id]) })

const ak = "PROXYACCESSKEY000001"
const sk = Redacted.make("Canary-secret-of-the-proxys-own-key")

const callers = Layer.succeed(
  Authenticator,
  Authenticator.make({
    SdkSignature: SdkSignature.verifier({ accessKeys: new Map([[ak, { sk, caller, revocation_id: ak }]]) })
  })
)

const served = (region: string) => ({ region, credentials: ["any"] })

const proxy = testProxyFor({
  callers,
  projects: {
    [project_id]: served("cn-north-4"),
    "0f00000000000000000000000000000f": served("cn-north-4"),
    "0e00000000000000000000000000000e": served("cn-south-1")
  }
})

const sdk = (url: string, credentials: BasicCredentials) =>
  new ClientBuilder<HcClient>((client) => client).withCredential(credentials).withEndpoint(url).build()

const showBackup = (client: HcClient, backup_id: string, path: Readonly<Record<string, string>> = {}) =>
  Effect.tryPromise({
    try: () =>
      client.sendRequest<SdkResponse>({
        method: "GET",
        url: "/v3/{project_id}/backups/{backup_id}",
        contentType: "application/json",
        queryParams: {},
        pathParams: { ...path, backup_id },
        headers: {},
        data: {}
      }),
    catch: (error) =>
      error as { readonly httpStatusCode: number; readonly errorCode: string; readonly errorMsg: string }
  })

layer(proxy, { excludeTestServices: true })("the official SDK's core, with nothing but its endpoint changed", (it) => {
  it.effect("gets a backup by a key pair of the proxy's", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      const { url } = yield* Listener
      const client = sdk(url, new BasicCredentials({ ak, sk: Redacted.value(sk), projectId: project_id }))
      const response = yield* showBackup(client, simulator.backups.example, { project_id })
      assert.deepNestedPropertyVal(response, "backup.name", "backup_name")

      const [upstream] = yield* simulator.requests
      assert.include(Redacted.value(upstream!.headers["authorization"] as Redacted.Redacted<string>), simulator.ak)
      assert.notInclude(JSON.stringify(upstream), "huaweicloud-usdk")
    })
  )

  it.effect("finds its project by the region's name, and asks no IAM but the proxy", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const { url } = yield* Listener
      const credentials = new BasicCredentials({ ak, sk: Redacted.value(sk) }).withIamEndpoint(url)
      const client = new ClientBuilder<HcClient>((client) => client)
        .withCredential(credentials)
        .withRegion({ id: "cn-north-4", endpoint: url, endpoints: [url] } as never)
        .build()
      yield* simulator.clearRequests
      const response = yield* showBackup(client, simulator.backups.tree)
      assert.deepNestedPropertyVal(response, "backup.id", simulator.backups.tree)
      assert.deepStrictEqual(
        (yield* simulator.requests).map(({ path }) => path),
        [yield* pathOf(simulator.backups.tree)]
      )
    })
  )

  it.effect("reads why a wrong secret is refused, and the cloud hears nothing", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      const { url } = yield* Listener
      const client = sdk(url, new BasicCredentials({ ak, sk: "wrong", projectId: project_id }))
      const error = yield* Effect.flip(showBackup(client, simulator.backups.example, { project_id }))
      assert.strictEqual(error.httpStatusCode, 401)
      assert.strictEqual(error.errorCode, "CbrProxy.Unauthenticated")
      assert.include(error.errorMsg, "SDK-HMAC-SHA256")
      assert.isEmpty(yield* simulator.requests)
    })
  )
})

interface Signed {
  readonly date?: DateTime.Utc
  readonly key?: Redacted.Redacted<string>
  readonly id?: string
  readonly change?: (request: SignableRequest) => SignableRequest
  readonly extra?: Readonly<Record<string, string>>
}

/** A signed GET as bytes, with what happens to it between its signer and the proxy. */
const signed = Effect.fnUntraced(
  function* (path: string, { change = (same) => same, date, extra, id = ak, key = sk }: Signed) {
    const now = yield* DateTime.now
    const headers = yield* SdkHmacSha256.sign(
      { method: "GET", path, query: "", headers: { host: "localhost", ...extra } },
      { accessKey: { ak: id, sk: key }, date: date ?? now }
    )
    const { headers: sent, path: target } = change({ method: "GET", path, query: "", headers })
    return head(
      `GET ${target} HTTP/1.1`,
      ...Object.entries(sent).map(([name, value]) => `${name}: ${value}`),
      "connection: close"
    )
  },
  Effect.provide([NodeCrypto.layerMac, NodeCrypto.layerDigest])
)

const withHeader = (name: string, value: string) => (request: SignableRequest) => ({
  ...request,
  headers: { ...request.headers, [name]: value }
})

const relabelled = (algorithm: string) => (request: SignableRequest) =>
  withHeader("authorization", request.headers["authorization"]!.replace("SDK-HMAC-SHA256", algorithm))(request)

const minutes = (count: number) => Effect.runSync(Effect.map(DateTime.now, DateTime.add({ minutes: count })))

layer(proxy, { excludeTestServices: true })("signatures", (it) => {
  const accepted: ReadonlyArray<readonly [string, Signed]> = [
    ["as the SDKs sign", {}],
    ["with a header of the caller's signed", { extra: { "user-agent": "x", "content-type": "application/json" } }],
    ["14 minutes late", { date: minutes(-14) }],
    ["14 minutes early", { date: minutes(14) }],
    ["with a header added on the way that is not signed", { change: withHeader("x-forwarded-for", "192.0.2.1") }]
  ]

  it.effect.each(accepted)("%s: accepted, also a second time", ([, options]) =>
    Effect.gen(function* () {
      const request = yield* signed(yield* pathOf((yield* Simulator).backups.example), options)
      for (const again of [request, request]) {
        assert.deepStrictEqual(statusesOf(yield* rawExchange((yield* Listener).url, again)), [200])
      }
    })
  )

  it.effect("without host among the signed, as the Go SDK does: accepted", () =>
    Effect.gen(function* () {
      const path = yield* pathOf((yield* Simulator).backups.example)
      const headers = yield* SdkHmacSha256.sign(
        { method: "GET", path, query: "", headers: {} },
        { accessKey: { ak, sk }, date: yield* DateTime.now }
      ).pipe(Effect.provide([NodeCrypto.layerMac, NodeCrypto.layerDigest]))
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
      const request = head(`GET ${path} HTTP/1.1`, "Host: localhost", "Connection: close", ...lines)
      assert.deepStrictEqual(statusesOf(yield* rawExchange((yield* Listener).url, request)), [200])
    })
  )

  const unsigned = (name: string) => (request: SignableRequest) =>
    withHeader(
      "authorization",
      request.headers["authorization"]!.replace(
        new RegExp(`SignedHeaders=([^,]*)`),
        (_, names: string) =>
          `SignedHeaders=${names
            .split(";")
            .filter((one) => one !== name)
            .join(";")}`
      )
    )(request)

  const refused: ReadonlyArray<readonly [string, Signed, why: string]> = [
    ["the date not signed", { change: unsigned("x-sdk-date") }, "MissingSignedDate"],
    ["16 minutes late", { date: minutes(-16) }, "OutsideClockWindow"],
    ["16 minutes early", { date: minutes(16) }, "OutsideClockWindow"],
    ["signed for another Host", { change: withHeader("host", "127.0.0.1") }, "SignatureMismatch"],
    [
      "a byte of the path changed",
      { change: (request) => ({ ...request, path: `${request.path.slice(0, -1)}0` }) },
      "SignatureMismatch"
    ],
    ["another date", { change: withHeader("x-sdk-date", formatSigningDate(minutes(1))) }, "SignatureMismatch"],
    ["a signed header changed", { extra: { x: "a" }, change: withHeader("x", "b") }, "SignatureMismatch"],
    ["another secret", { key: Redacted.make("another") }, "SignatureMismatch"],
    ["a key id that no caller has", { id: "NOBODYSACCESSKEY0001" }, "UnknownAccessKey"],
    ["a key id that every object has", { id: "constructor" }, "UnknownAccessKey"],
    ["SDK-HMAC-SM3", { change: relabelled("SDK-HMAC-SM3") }, "UnsupportedAlgorithm"],
    ["SDK-ECDSA-P256-SHA256", { change: relabelled("SDK-ECDSA-P256-SHA256") }, "UnsupportedAlgorithm"],
    ["SDK-SM2-SM3", { change: relabelled("SDK-SM2-SM3") }, "UnsupportedAlgorithm"],
    [
      "no list of headers",
      { change: withHeader("authorization", `SDK-HMAC-SHA256 Access=${ak}`) },
      "MalformedAuthorization"
    ]
  ]

  it.effect.each(refused)("%s: refused in the one text, and the log says %s", ([, options, why]) =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const log = yield* LogLines
      const { url } = yield* Listener
      yield* simulator.clearRequests
      log.length = 0
      const path = yield* pathOf(simulator.backups.example)
      const answers = yield* Effect.forEach([options, { key: Redacted.make("x") }], (each) =>
        Effect.flatMap(signed(path, each), (request) => rawExchange(url, request))
      )
      assert.deepStrictEqual(answers.flatMap(statusesOf), [401, 401])
      const [first, second] = answers.map((answer) =>
        answer.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID").replace(/^date: .*$/im, "")
      )
      assert.strictEqual(first, second)
      assert.match(first!, /^www-authenticate: SDK-HMAC-SHA256 realm="cbr-proxy"\r$/im)
      assert.isEmpty(yield* simulator.requests)
      assert.include(log[0], why)
      for (const secret of [ak, "NOBODY", "Signature=", Redacted.value(sk)]) {
        assert.notInclude(JSON.stringify([answers, log]), secret)
      }
    })
  )

  it.effect("a signed header that came twice: refused", () =>
    Effect.gen(function* () {
      const path = yield* pathOf((yield* Simulator).backups.example)
      const request = yield* signed(path, { extra: { x: "a" } })
      const twice = request.replace("\r\nx: a\r\n", "\r\nx: a\r\nx: a\r\n")
      assert.deepStrictEqual(statusesOf(yield* rawExchange((yield* Listener).url, twice)), [401])
    })
  )

  it.effect("beside a key: refused as two credentials", () =>
    Effect.gen(function* () {
      const path = yield* pathOf((yield* Simulator).backups.example)
      const request = yield* signed(path, { change: withHeader("x-api-key", "k") })
      assert.deepStrictEqual(statusesOf(yield* rawExchange((yield* Listener).url, request)), [400])
    })
  )

  it.effect("another project's backups: refused alike, whether they exist, without a call", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      const other = (id: string) => `/v3/0f00000000000000000000000000000f/backups/${id}`
      const bodies = yield* Effect.forEach([simulator.backups.example, simulator.faults.not_found, "nope"], (id) =>
        Effect.flatMap(signed(other(id), {}), (request) =>
          Effect.flatMap(Listener, ({ url }) => rawExchange(url, request))
        )
      )
      assert.deepStrictEqual(bodies.flatMap(statusesOf), [403, 403, 403])
      const alike = new Set(
        bodies.map((body) => body.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID").replace(/^date: .*$/im, ""))
      )
      assert.strictEqual(alike.size, 1)
      assert.isEmpty(yield* simulator.requests)
    })
  )
})

describe("verifier", () => {
  const of = Effect.fnUntraced(
    function* (request: SignableRequest, derived?: { readonly region: string; readonly service: string }) {
      const verify = SdkSignature.verifier({
        accessKeys: new Map([[ak, { sk, caller, revocation_id: ak }]]),
        derived
      })
      const { body, headers, method, path } = request
      const head = {
        method,
        target: path,
        authority: undefined,
        version: "1.1",
        fields: Object.entries(headers),
        connection: {}
      }
      return yield* verify({ _tag: "SdkSignature", head, body: body as Uint8Array }, yield* DateTime.now)
    },
    Effect.provide([layerCrypto, NodeCrypto.layerDigest])
  )

  const batch = { method: "POST", path: "/-/v1/backups:batchGet", query: "", body: new TextEncoder().encode("{}") }
  const sign = Effect.fnUntraced(
    function* (headers: Readonly<Record<string, string>>) {
      const request = { ...batch, headers: { host: "localhost", ...headers } }
      const date = yield* DateTime.now
      return { ...request, headers: yield* SdkHmacSha256.sign(request, { accessKey: { ak, sk }, date }) }
    },
    Effect.provide([NodeCrypto.layerMac, NodeCrypto.layerDigest])
  )

  it.effect("covers the body", () =>
    Effect.gen(function* () {
      const request = yield* sign({})
      assert.strictEqual((yield* of(request)).caller.id, "reports")
      const refusal = yield* Effect.flip(of({ ...request, body: new TextEncoder().encode("[]") }))
      assert.strictEqual(refusal.why, "SignatureMismatch")
    })
  )

  it.effect("takes no body that is not signed", () =>
    Effect.gen(function* () {
      const refusal = yield* Effect.flip(of(yield* sign({ "x-sdk-content-sha256": "UNSIGNED-PAYLOAD" })))
      assert.strictEqual(refusal.why, "UnsignedPayload")
    })
  )

  it.effect("takes the derived algorithm only where it was asked for", () =>
    Effect.gen(function* () {
      const request = { ...batch, headers: { host: "localhost" } }
      const scope = { region: "cn-north-4", service: "cbr" }
      const headers = yield* V11HmacSha256.sign(request, {
        accessKey: { ak, sk },
        date: yield* DateTime.now,
        ...scope
      }).pipe(Effect.provide([NodeCrypto.layerMac, NodeCrypto.layerDigest]))
      assert.strictEqual((yield* of({ ...request, headers }, scope)).caller.id, "reports")
      assert.strictEqual((yield* Effect.flip(of({ ...request, headers }))).why, "UnsupportedAlgorithm")
    })
  )
})

describe("layerCrypto", () => {
  it.effect.prop(
    "makes the tags that NodeCrypto makes",
    [Schema.Uint8Array.check(Schema.isMinLength(1)), Schema.Uint8Array],
    ([bytes, data]) =>
      Effect.gen(function* () {
        const key = yield* Mac.key(Mac.hmacSha256, bytes)
        const tag = yield* Mac.Mac.use((mac) => mac.sign(key, data)).pipe(Effect.provide(NodeCrypto.layerMac))
        for (const _ of [1, 2]) {
          assert.deepStrictEqual(Buffer.from(yield* Mac.Mac.use((mac) => mac.sign(key, data))), Buffer.from(tag))
        }
        assert.isTrue(yield* Mac.Mac.use((mac) => mac.verify(key, tag, data)))
      }).pipe(Effect.provide(layerCrypto))
  )
})
