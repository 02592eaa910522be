import { inspect } from "node:util"
import {
  SdkHmacSha256,
  type SignableRequest,
  type SignatureRefusal,
  V11HmacSha256,
  verify as verifyWith,
  type VerifyOptions
} from "@cbr/client/signing"
import { assert, describe, layer } from "@effect/vitest"
import { Arbitrary, DateTime, Effect, Redacted, Schema } from "effect"
import { hashes } from "../../src/signing/Hashes.node.ts"
import { NodeHashes } from "./NodeHashes.ts"
import { accessKeyOf, onWire, randomRequest } from "./RandomRequest.ts"
import { accessKey, date, plain, vectors } from "./vectors.ts"

const verify = (request: SignableRequest, options: VerifyOptions) => verifyWith(request, options, hashes)

const scope = { region: "cn-north-4", service: "cbr" }
const secrets = new Map([[accessKey.ak, accessKey.sk]])
const options: VerifyOptions = { secretKeyOf: (ak) => secrets.get(ak), now: date }

const put: SignableRequest = {
  method: "PUT",
  path: "/v3/project/backups/id",
  query: "limit=10&name=a%20b&name=a",
  headers: { host: "cbr.cn-north-4.myhuaweicloud.com", "x-project-id": "project" },
  body: '{"name":"é"}'
}

const signed = (request: SignableRequest) =>
  Effect.map(SdkHmacSha256.sign(request, { accessKey, date }), (headers): SignableRequest => ({ ...request, headers }))

const signedV11 = (request: SignableRequest) =>
  Effect.map(V11HmacSha256.sign(request, { accessKey, date, ...scope }), (headers): SignableRequest => ({
    ...request,
    headers
  }))

const withHeaders = (request: SignableRequest, headers: Record<string, string>): SignableRequest => ({
  ...request,
  headers: { ...request.headers, ...headers }
})

const without = (request: SignableRequest, name: string): SignableRequest => {
  const { [name]: _, ...headers } = request.headers
  return { ...request, headers }
}

const refusalOf = (request: SignableRequest, changes: Partial<VerifyOptions> = {}) =>
  Effect.map(Effect.flip(verify(request, { ...options, ...changes })), (refused) => refused.reason)

/** The hashes that a verification takes, and what it comes to. */
const costOf = (request: SignableRequest, options: VerifyOptions) => {
  const taken: Array<string> = []
  const counted = (name: keyof typeof hashes) =>
    ((...of: ReadonlyArray<unknown>) => (
      taken.push(name),
      (hashes[name] as (...of: ReadonlyArray<unknown>) => unknown)(...of)
    )) as never
  return Effect.map(
    Effect.flip(
      verifyWith(request, options, {
        sha256: counted("sha256"),
        hmacSha256: counted("hmacSha256"),
        hkdfSha256: counted("hkdfSha256"),
        areEqual: counted("areEqual")
      })
    ),
    ({ reason }) => ({ reason, taken })
  )
}

/** Every text that differs from this one in one character, which takes no part in an escape or a separator. */
const oneCharacterOff = (text: string): ReadonlyArray<string> =>
  Array.from(text.matchAll(/%[0-9a-fA-F]{2}|[A-Za-z0-9]/g))
    .filter(([match]) => match.length === 1)
    .map(({ 0: match, index }) => text.slice(0, index) + (match === "0" ? "1" : "0") + text.slice(index + 1))

/** The request with one character of one part changed, for every character of every part. */
const oneCharacterChanges = (request: SignableRequest): ReadonlyArray<readonly [part: string, SignableRequest]> => {
  const { authorization, "x-sdk-date": _, ...headers } = request.headers
  const signatureAt = authorization!.length - 64
  return [
    ...oneCharacterOff(request.method).map((method) => ["method", { ...request, method }] as const),
    ...oneCharacterOff(request.path).map((path) => ["path", { ...request, path }] as const),
    ...oneCharacterOff(request.query).map((query) => ["query", { ...request, query }] as const),
    ...oneCharacterOff(String(request.body ?? "")).map((body) => ["body", { ...request, body }] as const),
    ...Object.entries(headers).flatMap(([name, value]) =>
      oneCharacterOff(value).map((changed) => [name, withHeaders(request, { [name]: changed })] as const)
    ),
    ...oneCharacterOff(authorization!.slice(signatureAt)).map(
      (signature) =>
        [
          "signature",
          withHeaders(request, { authorization: authorization!.slice(0, signatureAt) + signature })
        ] as const
    )
  ]
}

describe("verify", () => {
  layer(NodeHashes)((it) => {
    it.effect.prop(
      "accepts what sign made",
      [randomRequest],
      ([random]) =>
        Effect.gen(function* () {
          const key = accessKeyOf(random)
          const request = onWire(random)
          const signing = { accessKey: key, date: random.date, ...scope }
          const verifying = { secretKeyOf: (ak: string) => (ak === key.ak ? key.sk : undefined), now: random.date }
          const sdk = { ...request, headers: yield* SdkHmacSha256.sign(request, signing) }
          const v11 = { ...request, headers: yield* V11HmacSha256.sign(request, signing) }
          assert.deepStrictEqual(yield* verify(sdk, verifying), { ak: key.ak })
          assert.deepStrictEqual(yield* verify(v11, { ...verifying, ...scope }), { ak: key.ak })
        }),
      { arbitrary: { runs: 300 } }
    )

    it.effect("accepts the vectors", () =>
      Effect.gen(function* () {
        for (const { request, signature, signedHeaders } of vectors) {
          const authorization = `SDK-HMAC-SHA256 Access=${accessKey.ak}, SignedHeaders=${signedHeaders.join(";")}, Signature=${signature}`
          const received = withHeaders(request, {
            "x-sdk-date": "20260102T030405Z",
            "x-security-token": "exampleToken==",
            authorization
          })
          assert.deepStrictEqual(yield* verify(received, options), { ak: accessKey.ak })
        }
      })
    )

    it.effect("refuses every change of one character", () =>
      Effect.gen(function* () {
        for (const request of [yield* signed(put), yield* signedV11(put)]) {
          const changes = oneCharacterChanges(request)
          assert.deepStrictEqual(
            [...new Set(changes.map(([part]) => part))],
            ["method", "path", "query", "body", "host", "x-project-id", "signature"]
          )
          for (const [part, changed] of changes) {
            assert.strictEqual(yield* refusalOf(changed, scope), "SignatureMismatch", part)
          }
        }
      })
    )

    it.effect.prop(
      "refuses every change of one character of any request",
      [randomRequest],
      ([random]) =>
        Effect.gen(function* () {
          const key = accessKeyOf(random)
          const request = { ...onWire(random), body: random.isPayloadSigned ? JSON.stringify(random.body ?? null) : "" }
          const headers = yield* SdkHmacSha256.sign(request, { accessKey: key, date: random.date })
          // A multipart content type is not signed.
          const { "content-type": _, ...covered } = headers
          for (const [part, changed] of oneCharacterChanges({ ...request, headers: covered })) {
            const received = withHeaders(
              changed,
              "content-type" in headers ? { "content-type": headers["content-type"] } : {}
            )
            const reason = yield* refusalOf(received, { secretKeyOf: () => key.sk, now: random.date })
            assert.strictEqual(reason, "SignatureMismatch", part)
          }
        }),
      { arbitrary: { runs: 40 } }
    )

    it.effect("the clock may be 15 minutes off either way, and not a second more", () =>
      Effect.gen(function* () {
        const request = yield* signed(plain)
        for (const sign of [1, -1]) {
          const at = (seconds: number) => ({ now: DateTime.add(date, { seconds: sign * seconds }) })
          assert.deepStrictEqual(yield* verify(request, { ...options, ...at(900) }), { ak: accessKey.ak })
          assert.strictEqual(yield* refusalOf(request, at(901)), "OutsideClockWindow")
          assert.strictEqual(yield* refusalOf(request, { ...at(61), window: "1 minute" }), "OutsideClockWindow")
        }
      })
    )

    it.effect("a wrong secret is a mismatch; an unknown, empty or inherited key is unknown", () =>
      Effect.gen(function* () {
        const request = yield* signed(plain)
        const named = (ak: string) =>
          withHeaders(request, { authorization: request.headers["authorization"]!.replace(accessKey.ak, ak) })
        const wrong = { secretKeyOf: () => Redacted.make("wrong") }
        const empty = { secretKeyOf: () => Redacted.make("") }
        assert.strictEqual(yield* refusalOf(request, wrong), "SignatureMismatch")
        assert.strictEqual(yield* refusalOf(yield* signedV11(plain), { ...wrong, ...scope }), "SignatureMismatch")
        assert.strictEqual(yield* refusalOf(request, empty), "UnknownAccessKey")
        assert.strictEqual(yield* refusalOf(named("SOMEONE")), "UnknownAccessKey")
        assert.strictEqual(yield* refusalOf(named("__proto__")), "UnknownAccessKey")
      })
    )

    it.effect("an unknown key costs the same hashes as a wrong secret", () =>
      Effect.gen(function* () {
        const wrong = Redacted.make("wrong")
        for (const request of [yield* signed(put), yield* signedV11(put)]) {
          const [mismatch, unknown] = yield* Effect.forEach([wrong, undefined], (secret) =>
            costOf(request, { ...options, ...scope, secretKeyOf: () => secret })
          )
          assert.deepStrictEqual(unknown!.taken, mismatch!.taken)
          assert.notStrictEqual(unknown!.reason, mismatch!.reason)
          assert.isAbove(unknown!.taken.length, 2)
        }
      })
    )

    it.effect("a signature by the stand-in for unknown keys is of an unknown key", () =>
      Effect.gen(function* () {
        const guess = { ak: "UNKNOWN", sk: Redacted.make("unknown") }
        const headers = yield* SdkHmacSha256.sign(plain, { accessKey: guess, date })
        assert.strictEqual(yield* refusalOf({ ...plain, headers }), "UnknownAccessKey")
      })
    )

    it.effect("a declared payload hash must be the body's, unless the payload is unsigned", () =>
      Effect.gen(function* () {
        const hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        const declaring = (declared: string) =>
          signed({ ...put, body: "abc", headers: { ...put.headers, "x-sdk-content-sha256": declared } })
        const right = yield* declaring(hash)
        const unsigned = yield* declaring("UNSIGNED-PAYLOAD")
        assert.deepStrictEqual(yield* verify(right, options), { ak: accessKey.ak })
        assert.strictEqual(yield* refusalOf({ ...right, body: "abd" }), "PayloadMismatch")
        assert.strictEqual(yield* refusalOf(yield* declaring(hash.toUpperCase())), "PayloadMismatch")
        assert.strictEqual(yield* refusalOf(yield* declaring("")), "PayloadMismatch")
        assert.deepStrictEqual(yield* verify({ ...unsigned, body: "abd" }, options), { ak: accessKey.ak })
        const redeclared = withHeaders(right, { "x-sdk-content-sha256": "UNSIGNED-PAYLOAD" })
        assert.strictEqual(yield* refusalOf(redeclared), "SignatureMismatch")
      })
    )

    it.effect("V11 is refused by name unless region and service are given, and for any other scope", () =>
      Effect.gen(function* () {
        const request = yield* signedV11(plain)
        for (const partial of [{}, { region: scope.region }, { service: scope.service }]) {
          const refused = yield* Effect.flip(verify(request, { ...options, ...partial }))
          assert.strictEqual(refused.reason, "UnsupportedAlgorithm")
          assert.include(refused.message, "V11-HMAC-SHA256")
        }
        assert.strictEqual(yield* refusalOf(request, { ...scope, region: "eu-west-101" }), "ScopeMismatch")
        assert.strictEqual(yield* refusalOf(request, { ...scope, service: "iam" }), "ScopeMismatch")
        const yesterday = request.headers["authorization"]!.replace("20260102", "20260101")
        assert.strictEqual(yield* refusalOf(withHeaders(request, { authorization: yesterday }), scope), "ScopeMismatch")
      })
    )

    const authorizationWith = (names: string) =>
      `SDK-HMAC-SHA256 Access=${accessKey.ak}, SignedHeaders=${names}, Signature=${"0".repeat(64)}`

    const refusals: ReadonlyArray<
      readonly [name: string, (signed: SignableRequest) => SignableRequest, SignatureRefusal]
    > = [
      ["no Authorization", (request) => without(request, "authorization"), "MissingAuthorization"],
      ["an empty Authorization", (request) => withHeaders(request, { authorization: "" }), "MissingAuthorization"],
      [
        "50 kB of Authorization",
        (request) => withHeaders(request, { authorization: authorizationWith("a".repeat(50_000)) }),
        "MalformedAuthorization"
      ],
      [
        "another algorithm",
        (request) => withHeaders(request, { authorization: "SDK-HMAC-SM3 Access=AK" }),
        "UnsupportedAlgorithm"
      ],
      ["no date", (request) => without(request, "x-sdk-date"), "MissingSignedDate"],
      [
        "a date that is not signed",
        (request) => withHeaders(request, { authorization: authorizationWith("host") }),
        "MissingSignedDate"
      ],
      [
        "a date in another form",
        (request) => withHeaders(request, { "x-sdk-date": "2026-01-02T03:04:05Z" }),
        "MalformedSignedDate"
      ],
      [
        "a day that does not exist",
        (request) => withHeaders(request, { "x-sdk-date": "20260230T000000Z" }),
        "MalformedSignedDate"
      ],
      ["a signed header that is not there", (request) => without(request, "host"), "MissingSignedHeader"],
      [
        "a signed header that objects inherit",
        (request) => withHeaders(request, { authorization: authorizationWith("constructor;x-sdk-date") }),
        "MissingSignedHeader"
      ],
      ["a % that begins no escape in the path", (request) => ({ ...request, path: "/v3/%zz" }), "MalformedTarget"],
      ["a % that begins no escape in the query", (request) => ({ ...request, query: "a=%" }), "MalformedTarget"],
      ["half a surrogate pair", (request) => ({ ...request, path: "/\ud800", query: "\udfff" }), "SignatureMismatch"],
      ["octets that are no UTF-8", (request) => ({ ...request, path: "/%ff", query: "%fe" }), "SignatureMismatch"],
      [
        "a name given to __proto__ in the query",
        (request) => ({ ...request, query: "__proto__=1" }),
        "SignatureMismatch"
      ],
      [
        "one more signed name",
        (request) =>
          withHeaders(request, {
            accept: "*/*",
            authorization: request.headers["authorization"]!.replace("=host", "=accept;host")
          }),
        "SignatureMismatch"
      ]
    ]
    for (const [name, change, reason] of refusals) {
      it.effect(`${name}: ${reason}`, () =>
        Effect.gen(function* () {
          assert.strictEqual(yield* refusalOf(change(yield* signed(plain))), reason)
        })
      )
    }

    const hostile = Arbitrary.map(
      Arbitrary.array(
        Arbitrary.flatMap(Arbitrary.schema(Schema.Boolean), (isPart) =>
          isPart
            ? Arbitrary.schema(
                Schema.Literals([
                  "SDK-HMAC-SHA256 ",
                  "V11-HMAC-SHA256 ",
                  "Access=",
                  "Credential=",
                  "AK/20260102/cn-north-4/cbr",
                  ", SignedHeaders=",
                  "host;x-sdk-date",
                  "__proto__",
                  ";",
                  ",",
                  "%",
                  "%f",
                  ", Signature=",
                  "0".repeat(64)
                ])
              )
            : Arbitrary.schema(Schema.String)
        ),
        { maxLength: 12 }
      ),
      (parts) => parts.join("")
    )
    it.effect.prop(
      "any text in any place is refused, never a defect",
      [hostile, hostile, hostile],
      ([a, b, c]) =>
        Effect.gen(function* () {
          const request = yield* signed(plain)
          const places: ReadonlyArray<SignableRequest> = [
            withHeaders(request, { authorization: a }),
            withHeaders(request, { "x-sdk-date": a, host: b }),
            { ...request, method: `X${a}`, path: b, query: c },
            { method: a, path: b, query: c, headers: { [a]: b, authorization: c }, body: b }
          ]
          for (const place of places) {
            const refused = yield* Effect.flip(verify(place, { ...options, ...scope }))
            assert.strictEqual(refused._tag, "SignatureRefused")
          }
        }),
      { arbitrary: { runs: 500 } }
    )

    it.effect("a refusal shows neither the secret, the token nor the signature", () =>
      Effect.gen(function* () {
        const request = yield* signed(put)
        const secret = { ...accessKey, security_token: Redacted.make("exampleToken==") }
        const headers = yield* SdkHmacSha256.sign(put, { accessKey: secret, date })
        const refused = yield* Effect.flip(verify({ ...request, headers, body: "" }, options))
        const shown = [
          refused.message,
          JSON.stringify(refused),
          inspect(refused, { depth: 9 }),
          String(refused.stack)
        ].join()
        assert.include(shown, accessKey.ak)
        assert.notInclude(shown, Redacted.value(accessKey.sk))
        assert.notInclude(shown, "exampleToken")
        assert.notInclude(shown, headers["authorization"]!.slice(-64))
      })
    )
  })
})
