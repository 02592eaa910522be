import { createHash } from "node:crypto"
import { SdkHmacSha256, V11HmacSha256 } from "@cbr/client/signing"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { ConfigProvider, DateTime, Effect, Layer, Redacted, Result } from "effect"
import type { RequestCredential } from "../../src/callers/RequestCredential.ts"
import { revocationId } from "../../src/callers/Revocations.ts"
import { load } from "../../src/configuration/ConfigurationFile.ts"
import type { RequestHead } from "../../src/http/RequestHead.ts"
import * as ConfiguredAuthenticator from "../../src/reload/ConfiguredAuthenticator.ts"
import { Store } from "../../src/store/Store.ts"
import * as OneProcess from "../store/OneProcess.ts"
import { temporaryFolder, written } from "../TemporaryFolder.ts"

const secret = "Canary-0123456789abcdef0123456789"

const text = `callers:
  billing:
    projects: ["p"]
    access_keys:
      - { ak: BILLINGKEY0001, sk_file: sk }
      - { ak: BILLINGKEY0002, sk_file: sk, expires_at: 2020-01-01T00:00:00Z }
    tokens:
      - { issuer: ci, sub: "job:billing" }
issuers:
  ci: { issuer: "https://ci.test", audience: cbr-proxy, jwks_url: "http://127.0.0.1:9/jwks" }
credentials: { c: { type: token, token: t } }
projects: { p: { region: cn-north-4, credentials: [c] } }
`

const headOf = (headers: Readonly<Record<string, string>>): RequestHead => ({
  method: "GET",
  target: "/v3/projects",
  authority: undefined,
  version: "1.1",
  fields: Object.entries(headers),
  connection: {}
})

const signedBy = Effect.fnUntraced(function* (ak: string) {
  const request = { method: "GET", path: "/v3/projects", query: "", headers: { host: "localhost" } }
  const accessKey = { ak, sk: Redacted.make(secret) }
  const headers = yield* SdkHmacSha256.sign(request, { accessKey, date: yield* DateTime.now })
  return { _tag: "SdkSignature", head: headOf(headers), body: new Uint8Array() } satisfies RequestCredential
})

/** Signed as official SDKs do where the endpoint's name is not the cloud's. */
const derivedFor = Effect.fnUntraced(function* (region: string) {
  const request = { method: "GET", path: "/v3/projects", query: "", headers: { host: "localhost" } }
  const accessKey = { ak: "BILLINGKEY0001", sk: Redacted.make(secret) }
  const scope = { region, service: "cbr" }
  const headers = yield* V11HmacSha256.sign(request, { accessKey, date: yield* DateTime.now, ...scope })
  return { ...(yield* signedBy("BILLINGKEY0001")), head: headOf(headers) }
})

const tokenOf = (iss: string): RequestCredential => ({
  _tag: "Jwt",
  token: Redacted.make(
    [
      { alg: "ES256", kid: "one" },
      { iss, sub: "job:billing" }
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .concat("AA")
      .join(".")
  )
})

const loaded = Effect.fnUntraced(function* (configuration: string, sk = secret) {
  const paths = yield* written(yield* temporaryFolder, { "proxy.yaml": configuration, sk })
  return yield* load(paths["proxy.yaml"])
})

const platform = Layer.mergeAll(
  NodeServices.layer,
  NodeHttpClient.layerUndici,
  NodeCrypto.layerDigest,
  NodeCrypto.layerMac,
  OneProcess.layer,
  ConfigProvider.layer(ConfigProvider.fromUnknown({}))
)

layer(platform, { excludeTestServices: true })("configured callers", (it) => {
  it.effect("are known by the key pairs issued to them, each until its end", () =>
    Effect.gen(function* () {
      const callers = yield* ConfiguredAuthenticator.make(yield* loaded(text))
      const caller = yield* callers.authenticate(yield* signedBy("BILLINGKEY0001"), DateTime.nowUnsafe())
      assert.strictEqual(caller.id, "billing")
      assert.isUndefined(caller.expires_at)
      const ended = yield* callers.authenticate(yield* signedBy("BILLINGKEY0002"), DateTime.nowUnsafe())
      assert.strictEqual(ended.expires_at && DateTime.formatIso(ended.expires_at), "2020-01-01T00:00:00.000Z")
      assert.strictEqual(
        (yield* Effect.flip(callers.authenticate(yield* signedBy("NOBODYSKEY0001"), DateTime.nowUnsafe()))).why,
        "UnknownAccessKey"
      )
    })
  )

  it.effect("open nothing with a credential that was revoked in the store in memory", () =>
    Effect.gen(function* () {
      const callers = yield* ConfiguredAuthenticator.make(yield* loaded(text))
      const shown = Effect.flatMap(signedBy("BILLINGKEY0001"), (signed) =>
        callers.authenticate(signed, DateTime.nowUnsafe())
      )
      assert.strictEqual((yield* shown).id, "billing")
      yield* (yield* Store).revoke(revocationId.ofAccessKey("BILLINGKEY0001"))
      yield* Effect.sleep("20 millis")
      assert.strictEqual((yield* Effect.flip(shown)).why, "the credential was revoked")
    }).pipe(Effect.provide(Layer.fresh(OneProcess.layer)))
  )

  it.effect("end with their own end or with that of what they show, whichever comes first", () =>
    Effect.gen(function* () {
      const [early, late] = ["2020-01-01T00:00:00Z", "2090-01-01T00:00:00Z"]
      const key = (text: string) => ({ sha256: createHash("sha256").update(text).digest("hex") })
      const [inFile, inKeys, inBoth] = ["one", "two", "three"].map(key)
      const ends = Effect.fnUntraced(function* (own: string, shown: string) {
        const section = {
          projects: ["p"],
          expires_at: own,
          access_keys: [{ ak: "BILLINGKEY0001", sk: secret, expires_at: shown }]
        }
        const { "proxy.yaml": file } = yield* written(yield* temporaryFolder, {
          "proxy.yaml": JSON.stringify({
            keys_file: "keys.json",
            callers: {
              billing: { ...section, keys: [{ sha256: inFile!.sha256, expires_at: shown }, { sha256: inBoth!.sha256 }] }
            },
            credentials: { c: { type: "token", token: "t" } },
            projects: { p: { region: "cn-north-4", credentials: ["c"] } }
          }),
          "keys.json": JSON.stringify({
            keys: [{ id: "k", caller: "billing", sha256: inKeys!.sha256, created_at: early, expires_at: shown }]
          })
        })
        const callers = yield* ConfiguredAuthenticator.make(yield* load(file))
        const shows = [inFile!, inKeys!, inBoth!].map(({ sha256 }) => ({ _tag: "ApiKey", hash: sha256 }) as const)
        const found = yield* Effect.forEach([...shows, yield* signedBy("BILLINGKEY0001")], (presented) =>
          callers.authenticate(presented, DateTime.nowUnsafe())
        )
        return found.map(({ expires_at }) => expires_at && DateTime.formatIso(expires_at).replace(".000", ""))
      })
      assert.deepStrictEqual(yield* ends(early, late), [early, early, early, early])
      assert.deepStrictEqual(yield* ends(late, early), [early, early, late, early])
    })
  )

  it.effect("are known by derived signatures for the regions that are listed, and for no other", () =>
    Effect.gen(function* () {
      const whyNot = Effect.fnUntraced(function* (configuration: string, region: string) {
        const callers = yield* ConfiguredAuthenticator.make(yield* loaded(configuration))
        const result = yield* Effect.result(callers.authenticate(yield* derivedFor(region), DateTime.nowUnsafe()))
        return Result.isFailure(result) ? result.failure.why : result.success.id
      })
      const both = `${text}signatures: { derived_regions: [cn-north-4, cn-east-3] }\n`
      assert.strictEqual(yield* whyNot(both, "cn-north-4"), "billing")
      assert.strictEqual(yield* whyNot(both, "cn-east-3"), "billing")
      assert.strictEqual(yield* whyNot(both, "cn-south-1"), "ScopeMismatch")
      assert.strictEqual(yield* whyNot(text, "cn-north-4"), "UnsupportedAlgorithm")
    })
  )

  it.effect("are known by tokens, whose keys come from the issuer's address alone", () =>
    Effect.gen(function* () {
      const callers = yield* ConfiguredAuthenticator.make(yield* loaded(text))
      assert.strictEqual(
        (yield* Effect.flip(callers.authenticate(tokenOf("https://ci.test"), DateTime.nowUnsafe()))).reason,
        "KeysUnavailable"
      )
      assert.strictEqual(
        (yield* Effect.flip(callers.authenticate(tokenOf("https://evil.test"), DateTime.nowUnsafe()))).reason,
        "Unauthenticated"
      )
    })
  )

  it.effect("change with a secret, and show it nowhere", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* loaded(text), yield* loaded(text, `${secret}-next`)]
      assert.notStrictEqual(one.fingerprint, other.fingerprint)
      assert.notInclude(JSON.stringify([one, [...one.accessKeySecrets]]), secret)
    })
  )

  const faults: ReadonlyArray<readonly [string, text: string, sk: string, fault: string]> = [
    ["a secret that can be guessed", text, "short", "fewer than 32 characters"],
    ["one key id twice", text.replace("BILLINGKEY0002", "BILLINGKEY0001"), secret, "this access key is listed twice"],
    ["a key id that is no word", text.replace("BILLINGKEY0002", '"a,b c/d e"'), secret, "expected 8 to 64 letters"],
    ["an unknown issuer", text.replace("issuer: ci,", "issuer: cd,"), secret, "no such name under issuers"],
    ["keys over plain HTTP", text.replace("127.0.0.1:9", "issuer.test"), secret, "expected an https address"],
    [
      "an algorithm with a shared secret",
      text.replace("audience:", "algorithms: [HS256], audience:"),
      secret,
      "algorithms"
    ]
  ]

  it.effect.each(faults)("with %s are refused, and the secret is not shown", ([, changed, sk, fault]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(loaded(changed, sk))
      assert.include(error.message, fault)
      assert.notInclude(error.message, secret)
    })
  )
})
