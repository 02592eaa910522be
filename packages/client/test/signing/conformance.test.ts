import { SdkHmacSha256, V11HmacSha256 } from "@cbr/client/signing"
import { assert, describe, layer } from "@effect/vitest"
import { Arbitrary, Effect, Redacted } from "effect"
import { NodeHashes } from "./NodeHashes.ts"
import {
  coreAuthorization,
  coreCredentials,
  coreDerivedAuthorization,
  type CoreRequest,
  CoreSteps,
  toCore
} from "./OfficialCore.ts"
import { accessKeyOf, onWire, randomRequest } from "./RandomRequest.ts"
import { accessKey, date, plain, signingDate } from "./vectors.ts"

/** The core lists names by code unit and writes their lines by locale; a signature can be right only where both agree. */
const agreesWithItself = ({ headers }: CoreRequest): boolean => {
  const names = Object.keys(headers).map((name) => name.toLowerCase())
  const byLocale = [...names].sort((a, b) => a.localeCompare(b))
  return names.sort().every((name, index) => name === byLocale[index])
}

const comparable = Arbitrary.filter(randomRequest, (random) => agreesWithItself(toCore(random)))
const scope = { region: "cn-north-4", service: "cbr" }

describe("the official Node core", () => {
  layer(NodeHashes)((it) => {
    it.effect.prop(
      "SDK-HMAC-SHA256: the same Authorization for 2,000 requests",
      [comparable],
      ([random]) =>
        Effect.gen(function* () {
          const headers = yield* SdkHmacSha256.sign(onWire(random), {
            accessKey: accessKeyOf(random),
            date: random.date
          })
          assert.strictEqual(headers["authorization"], coreAuthorization(toCore(random), coreCredentials(random)))
        }),
      { arbitrary: { runs: 2000 } }
    )

    it.effect.prop(
      "V11-HMAC-SHA256: the same Authorization for 1,000 requests",
      [comparable],
      ([random]) =>
        Effect.gen(function* () {
          const headers = yield* V11HmacSha256.sign(onWire(random), {
            accessKey: accessKeyOf(random),
            date: random.date,
            ...scope
          })
          assert.strictEqual(
            headers["authorization"],
            coreDerivedAuthorization(toCore(random), coreCredentials(random))
          )
        }),
      { arbitrary: { runs: 1000 } }
    )
  })
})

const credentials = coreCredentials({ ak: accessKey.ak, sk: Redacted.value(accessKey.sk) })
const endpoint = `https://${plain.headers["host"]}`

const coreOf = (changes: { readonly path?: string; readonly headers?: Record<string, string> }): string =>
  coreAuthorization(
    {
      method: "GET",
      endpoint: endpoint + (changes.path ?? plain.path),
      headers: { "X-Sdk-Date": signingDate, ...changes.headers }
    },
    credentials
  )

const ours = (changes: { readonly path?: string; readonly headers?: Record<string, string> }) =>
  Effect.map(
    SdkHmacSha256.sign(
      { ...plain, path: changes.path ?? plain.path, headers: { ...plain.headers, ...changes.headers } },
      { accessKey, date }
    ),
    (headers) => headers["authorization"]!
  )

const signedHeadersIn = (authorization: string): ReadonlyArray<string> =>
  /SignedHeaders=([^,]*)/.exec(authorization)![1]!.split(";")

describe("where the official Node core disagrees with itself", () => {
  layer(NodeHashes)((it) => {
    it.effect("names: listed by code unit, their lines written by locale", () =>
      Effect.gen(function* () {
        const headers = { "x-a": "1", "x!a": "2" }
        const authorization = coreOf({ headers })
        assert.deepStrictEqual(signedHeadersIn(authorization), ["host", "x!a", "x-a", "x-sdk-date"])
        assert.deepStrictEqual(CoreSteps.canonicalHeaderNames(headers), ["x-a", "x!a"])

        const right = yield* ours({ headers })
        assert.deepStrictEqual(signedHeadersIn(right), signedHeadersIn(authorization))
        assert.notStrictEqual(right, authorization)
      })
    )

    it.effect("path: escaped once more than sent, where a query is escaped once", () =>
      Effect.gen(function* () {
        assert.strictEqual(CoreSteps.canonicalQuery({ "a b": "" }), "a%20b=")
        assert.strictEqual(CoreSteps.canonicalUri("/a b"), "/a%20b/", "its step takes the decoded path")
        assert.strictEqual(CoreSteps.canonicalUri("/a%20b"), "/a%2520b/", "but is given the escaped one")
        assert.strictEqual(coreOf({ path: "/a b" }), coreOf({ path: "/a%20b" }), "even where the caller's was decoded")

        const right = yield* ours({ path: "/a%20b" })
        assert.notStrictEqual(right, coreOf({ path: "/a%20b" }))
        assert.strictEqual(yield* ours({ path: "/a b" }), right)
        assert.strictEqual(yield* ours({ path: "/a%2520b" }), coreOf({ path: "/a%20b" }), "which is another path")
      })
    )

    it.effect("values: blanks around them are signed, though they are not part of what is sent", () =>
      Effect.gen(function* () {
        const blank = { "x-a": " 1 " }
        assert.strictEqual(new Headers(blank).get("x-a"), "1")
        assert.notStrictEqual(coreOf({ headers: blank }), coreOf({ headers: { "x-a": "1" } }))

        assert.strictEqual(yield* ours({ headers: blank }), coreOf({ headers: { "x-a": "1" } }))
      })
    )

    it.effect("names with _: signed, though gateways drop them", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(signedHeadersIn(coreOf({ headers: { a_b: "1" } })), ["a_b", "host", "x-sdk-date"])
        assert.strictEqual(yield* ours({ headers: { a_b: "1" } }), coreOf({}))
      })
    )
  })
})
