import { createHmac } from "node:crypto"
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { layerUndici } from "@cbr/client/node"
import { assert, describe, it } from "@effect/vitest"
import { Clock, DateTime, Context, Duration, Effect, Layer, Redacted, Schedule } from "effect"
import { HttpClient } from "effect/http"
import { exportJWK, exportSPKI, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose"
import * as Jwt from "../../src/callers/Jwt.ts"
import { requestCredential } from "../../src/callers/RequestCredential.ts"
import { callerOf } from "../callerOf.ts"

const caller = callerOf("reports")

/** A server of keys that counts requests by path. */
const server = Effect.gen(function* () {
  const state = {
    keys: [] as Array<JWK>,
    status: 200,
    asked: [] as Array<string>,
    text: undefined as string | undefined
  }
  const node = createServer((request: IncomingMessage, response) => {
    state.asked.push(request.url!)
    response.writeHead(state.status, { "content-type": "application/json", location: "/elsewhere" })
    response.end(state.text ?? JSON.stringify({ keys: state.keys }))
  })
  const url = yield* Effect.acquireRelease(
    Effect.callback<string>((resume) => {
      node.listen(0, "127.0.0.1", () =>
        resume(Effect.succeed(`http://127.0.0.1:${(node.address() as AddressInfo).port}`))
      )
    }),
    () => Effect.sync(() => node.close().closeAllConnections())
  )
  return Object.assign(state, { url })
})

const issuer = "https://issuer.test"
const audience = "cbr-proxy"

const setUp = Effect.fnUntraced(function* (
  policy: Partial<Jwt.JwksPolicy> = {},
  algorithms: ReadonlyArray<Jwt.JwtAlgorithm> = ["RS256", "ES256", "EdDSA"]
) {
  const jwks = yield* server
  const http = Context.get(yield* Layer.build(layerUndici({})), HttpClient.HttpClient)
  const keys = Jwt.keysOf(http, `${jwks.url}/jwks`, { ...Jwt.defaultJwksPolicy, ...policy })
  const verify = Jwt.verifier([{ issuer, audience, algorithms, keys, callers: new Map([["reports", caller]]) }])
  const key = (kid: string, alg: string) =>
    Effect.promise(async () => {
      const pair = await generateKeyPair(alg, { extractable: true })
      return { ...pair, alg, kid, jwk: { ...(await exportJWK(pair.publicKey)), kid, alg } }
    })
  const now = Math.floor((yield* Clock.currentTimeMillis) / 1_000)
  const claims: JWTPayload = { iss: issuer, aud: audience, sub: "reports", exp: now + 60 }
  return {
    jwks,
    claims,
    key,
    now,
    authenticate: (token: string) =>
      Effect.flatMap(DateTime.now, (now) => verify({ _tag: "Jwt", token: Redacted.make(token) }, now))
  }
})

type Key = Effect.Success<ReturnType<Effect.Success<ReturnType<typeof setUp>>["key"]>>

const signed = (key: Key, claims: JWTPayload, header: Readonly<Record<string, unknown>> = {}) =>
  Effect.promise(() =>
    new SignJWT(claims).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.privateKey)
  )

const segment = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")

describe("tokens", () => {
  it.live.each(["RS256", "ES256", "EdDSA"])("of %s are believed, and one fetch of the keys is enough", (alg) =>
    Effect.gen(function* () {
      const { authenticate, claims, jwks, key } = yield* setUp()
      const own = yield* key("one", alg)
      jwks.keys = [own.jwk]
      const token = yield* signed(own, claims)
      assert.strictEqual((yield* authenticate(token)).caller.id, "reports")
      assert.strictEqual((yield* authenticate(token)).caller.id, "reports")
      assert.deepStrictEqual(jwks.asked, ["/jwks"])
    }).pipe(Effect.scoped)
  )

  it.live("are refused in one text, whatever is wrong with them, and nothing but the JWKS is ever asked", () =>
    Effect.gen(function* () {
      const { authenticate, claims, jwks, key, now } = yield* setUp()
      const own = yield* key("one", "RS256")
      const other = yield* key("one", "RS256")
      const es384 = yield* key("two", "ES384")
      jwks.keys = [own.jwk, es384.jwk]
      const pem = yield* Effect.promise(() => exportSPKI(own.publicKey))
      const confused = `${segment({ alg: "HS256", kid: "one" })}.${segment(claims)}`
      const none = `${segment({ alg: "none", kid: "one" })}.${segment(claims)}`
      const good = yield* signed(own, claims)
      const without = (all: JWTPayload, name: string) => ({ ...all, [name]: undefined })
      const elsewhere = `${jwks.url}/attacker`

      const tokens: Readonly<Record<string, string>> = {
        none: `${none}.`,
        "none with a signature": `${none}.${good.split(".")[2]!}`,
        "HS256 with the public key": `${confused}.${createHmac("sha256", pem).update(confused).digest("base64url")}`,
        "a kid that is a path": yield* signed(own, claims, { kid: "../../../../dev/null" }),
        "a jku": yield* signed(other, claims, { jku: elsewhere, kid: "theirs" }),
        "a jku and a known kid": yield* signed(other, claims, { jku: elsewhere }),
        "an x5u": yield* signed(other, claims, { x5u: elsewhere }),
        "a key of its own": yield* signed(other, claims, { jwk: other.jwk }),
        "an algorithm not listed": yield* signed(es384, claims),
        "a wrong aud": yield* signed(own, { ...claims, aud: "another" }),
        "no aud": yield* signed(own, without(claims, "aud")),
        "a wrong iss": yield* signed(own, { ...claims, iss: "https://evil.test" }),
        "no iss": yield* signed(own, without(claims, "iss")),
        "an unknown sub": yield* signed(own, { ...claims, sub: "constructor" }),
        "no sub": yield* signed(own, without(claims, "sub")),
        "no exp": yield* signed(own, without(claims, "exp")),
        expired: yield* signed(own, { ...claims, exp: now - 1 }),
        "not yet valid": yield* signed(own, { ...claims, nbf: now + 60 }),
        "another's signature": yield* signed(other, claims),
        "a changed claim": good.replace(/\.[^.]*\./, `.${segment({ ...claims, admin: true })}.`),
        "an unknown critical header": `${segment({ alg: "RS256", kid: "one", crit: ["x"], x: 1 })}.${good.split(".").slice(1).join(".")}`,
        "no JSON": `eyJ4.${good.split(".").slice(1).join(".")}`,
        "10 KB": yield* signed(own, { ...claims, more: "x".repeat(10_000) })
      }
      const messages = new Set<string>()
      for (const [name, token] of Object.entries(tokens)) {
        const refusal = yield* Effect.flip(authenticate(token))
        assert.strictEqual(refusal.reason, "Unauthenticated", name)
        assert.isString(refusal.why, name)
        assert.notInclude(JSON.stringify(refusal), token.split(".")[1]!, name)
        messages.add(refusal.message)
      }
      assert.strictEqual(messages.size, 1)
      assert.strictEqual((yield* authenticate(good)).caller.id, "reports")
      assert.deepStrictEqual(jwks.asked, ["/jwks"])
    }).pipe(Effect.scoped)
  )

  it.live("of a new key are believed as soon as the keys may be fetched again", () =>
    Effect.gen(function* () {
      const { authenticate, claims, jwks, key } = yield* setUp({ cooldown: Duration.zero })
      const [old, next] = [yield* key("old", "ES256"), yield* key("next", "ES256")]
      jwks.keys = [old.jwk]
      yield* authenticate(yield* signed(old, claims))
      jwks.keys = [next.jwk]
      yield* authenticate(yield* signed(next, claims))
      assert.strictEqual((yield* Effect.flip(authenticate(yield* signed(old, claims)))).reason, "Unauthenticated")
    }).pipe(Effect.scoped)
  )

  it.live(
    "of a key that has taken another's place are believed within seconds, not when a cooldown of half a minute is over",
    () =>
      Effect.gen(function* () {
        const { authenticate, claims, jwks, key } = yield* setUp()
        const [one, two] = [yield* key("one", "ES256"), yield* key("two", "ES256")]
        jwks.keys = [one.jwk]
        yield* authenticate(yield* signed(one, claims))
        jwks.keys = [two.jwk]
        const rotated = yield* signed(two, claims)
        yield* authenticate(rotated).pipe(
          Effect.retry(Schedule.spaced("100 millis").pipe(Schedule.upTo({ times: 300 })))
        )
      }).pipe(Effect.scoped)
  )

  it.live("of unknown keys make no more fetches than the cooldown allows", () =>
    Effect.gen(function* () {
      const { authenticate, claims, jwks, key } = yield* setUp({ cooldown: Duration.minutes(1) })
      const own = yield* key("one", "ES256")
      jwks.keys = [own.jwk]
      for (const kid of ["a", "b", "c", "d"]) yield* Effect.flip(authenticate(yield* signed(own, claims, { kid })))
      assert.lengthOf(jwks.asked, 1)
    }).pipe(Effect.scoped)
  )

  it.live("are not the caller's fault while the keys cannot be had, and make no flood of fetches", () =>
    Effect.gen(function* () {
      const { authenticate, claims, jwks, key } = yield* setUp({ pause: Duration.minutes(1) })
      const own = yield* key("one", "ES256")
      for (const status of [500, 500, 302]) {
        jwks.status = status
        const refusal = yield* Effect.flip(authenticate(yield* signed(own, claims)))
        assert.strictEqual(refusal.reason, "KeysUnavailable")
      }
      assert.deepStrictEqual(jwks.asked, ["/jwks"])
    }).pipe(Effect.scoped)
  )

  it.live.each(["", "{", "null", "{}", '{"keys":{}}', '{"keys":["x"]}'])(
    "make no flood of fetches either while the issuer answers %j",
    (text) =>
      Effect.gen(function* () {
        const { authenticate, claims, jwks, key } = yield* setUp({ pause: Duration.minutes(1) })
        const own = yield* key("one", "ES256")
        jwks.text = text
        for (const kid of ["a", "b", "c"]) {
          const refusal = yield* Effect.flip(authenticate(yield* signed(own, claims, { kid })))
          assert.strictEqual(refusal.reason, "KeysUnavailable")
        }
        assert.deepStrictEqual(jwks.asked, ["/jwks"])
      }).pipe(Effect.scoped)
  )

  it.live("follow no redirect to their keys", () =>
    Effect.gen(function* () {
      const { authenticate, claims, jwks, key } = yield* setUp({ pause: Duration.zero })
      const own = yield* key("one", "ES256")
      jwks.status = 302
      yield* Effect.flip(authenticate(yield* signed(own, claims)))
      jwks.status = 200
      jwks.keys = [own.jwk]
      yield* authenticate(yield* signed(own, claims))
      assert.deepStrictEqual(jwks.asked, ["/jwks", "/jwks"])
    }).pipe(Effect.scoped)
  )
})

describe("presentedCredential", () => {
  const shown = (...fields: ReadonlyArray<readonly [string, string]>) =>
    requestCredential({ method: "GET", target: "/", authority: undefined, version: "1.1", connection: {}, fields })

  const cases: ReadonlyArray<readonly [string, ReadonlyArray<readonly [string, string]>, kind: string]> = [
    ["a key as X-Api-Key", [["x-api-key", "cbrk_a"]], "ApiKey"],
    ["a key as X-Auth-Token", [["x-auth-token", "cbrk_a"]], "ApiKey"],
    ["a key as a bearer token", [["authorization", "Bearer cbrk_a"]], "ApiKey"],
    ["a key with dots", [["authorization", "Bearer a.b.c"]], "ApiKey"],
    ["a JWT", [["authorization", "Bearer eyJhbGciOiJFUzI1NiJ9.e30.AA"]], "Jwt"],
    ["a JWT without a signature", [["authorization", "bearer eyJhbGciOiJub25lIn0.e30."]], "Jwt"],
    ["a signature", [["authorization", "SDK-HMAC-SHA256 Access=a"]], "SdkSignature"],
    ["a derived signature", [["authorization", "V11-HMAC-SHA256 Credential=a"]], "SdkSignature"],
    ["an algorithm of theirs", [["authorization", "SDK-SM2-SM3 Access=a"]], "SdkSignature"],
    ["nothing", [], "Unauthenticated"],
    ["a password", [["authorization", "Basic YTpi"]], "Unauthenticated"],
    [
      "two kinds",
      [
        ["authorization", "Bearer cbrk_a"],
        ["x-api-key", "cbrk_a"]
      ],
      "BadRequest"
    ],
    [
      "two keys",
      [
        ["x-auth-token", "cbrk_a"],
        ["x-api-key", "cbrk_a"]
      ],
      "BadRequest"
    ],
    [
      "one field twice",
      [
        ["x-api-key", "cbrk_a"],
        ["x-api-key", "cbrk_a"]
      ],
      "BadRequest"
    ],
    [
      "a signature and an empty key",
      [
        ["authorization", "SDK-HMAC-SHA256 Access=a"],
        ["x-auth-token", ""]
      ],
      "BadRequest"
    ]
  ]

  it.effect.each(cases)("%s", ([, fields, kind]) =>
    Effect.gen(function* () {
      const result = yield* Effect.match(shown(...fields), {
        onSuccess: ({ _tag }) => _tag,
        onFailure: ({ reason }) => reason
      })
      assert.strictEqual(result, kind)
    })
  )
})
