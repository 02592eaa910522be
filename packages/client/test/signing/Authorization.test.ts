import { Authorization } from "@cbr/client/signing"
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"

const signature = "0123456789abcdef".repeat(4)
const sdk = `SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=${signature}`
const v11 = `V11-HMAC-SHA256 Credential=AK/20260102/cn-north-4/cbr, SignedHeaders=host;x-sdk-date, Signature=${signature}`

const signedHeaders = ["host", "x-sdk-date"]
const scope = { day: "20260102", region: "cn-north-4", service: "cbr" }

describe("Authorization", () => {
  it("reads what it writes", () => {
    for (const header of [sdk, v11]) {
      assert.strictEqual(Authorization.format(Result.getOrThrow(Authorization.parse(header))), header)
    }
  })

  it("SDK-HMAC-SHA256", () =>
    assert.deepStrictEqual(Result.getOrThrow(Authorization.parse(sdk)), {
      algorithm: "SDK-HMAC-SHA256",
      ak: "AK",
      signedHeaders,
      signature
    }))

  it("V11-HMAC-SHA256", () =>
    assert.deepStrictEqual(Result.getOrThrow(Authorization.parse(v11)), {
      algorithm: "V11-HMAC-SHA256",
      ak: "AK",
      scope,
      signedHeaders,
      signature
    }))

  it("the space after a comma may be missing", () =>
    assert.isTrue(Result.isSuccess(Authorization.parse(sdk.replaceAll(", ", ",")))))

  const withNames = (names: string) => sdk.replace("host;x-sdk-date", names)
  const malformed: ReadonlyArray<readonly [name: string, header: string]> = [
    ["the algorithm alone", "SDK-HMAC-SHA256 "],
    ["50 kB of names", withNames(Array.from({ length: 7000 }, (_, n) => `h${String(n).padStart(5, "0")}`).join(";"))],
    ["50 kB of blanks", `SDK-HMAC-SHA256 ${" ".repeat(50_000)}`],
    ["50 kB of an access key id", sdk.replace("AK", "A".repeat(50_000))],
    ["no access key id", sdk.replace("=AK", "=")],
    ["an access key id with a blank", sdk.replace("AK", "A K")],
    ["an access key id beyond ASCII", sdk.replace("AK", "ÄK")],
    ["no names", withNames("")],
    ["an empty name", withNames("host;;x-sdk-date")],
    ["a ; at the end", withNames("host;x-sdk-date;")],
    ["a repeated name", withNames("host;host;x-sdk-date")],
    ["unsorted names", withNames("x-sdk-date;host")],
    ["a name in upper case", withNames("Host;x-sdk-date")],
    ["a name with _", withNames("__proto__;host;x-sdk-date")],
    ["itself among the names", withNames("authorization;x-sdk-date")],
    ["an odd number of hex digits", sdk.slice(0, -1)],
    ["two hex digits too many", `${sdk}00`],
    ["hex in upper case", sdk.replace("abcdef", "ABCDEF")],
    ["digits that are not hex", sdk.replace("abcdef", "abcdeg")],
    ["a line break at the end", `${sdk}\n`],
    ["parameters twice", `${sdk}, ${sdk.slice(sdk.indexOf("Access"))}`],
    ["one parameter twice", sdk.replace("Access=AK", "Access=AK, Access=AK")],
    ["parameters in another order", `SDK-HMAC-SHA256 SignedHeaders=host;x-sdk-date, Access=AK, Signature=${signature}`],
    ["two headers joined", `${sdk}, ${sdk}`],
    ["a scope under SDK-HMAC-SHA256", v11.replace("V11", "SDK")],
    ["no scope under V11", sdk.replace("SDK", "V11").replace("Access", "Credential")],
    ["a scope of too many parts", v11.replace("/cbr", "/cbr/x")],
    ["a day of seven digits", v11.replace("20260102", "2026010")]
  ]
  for (const [name, header] of malformed) {
    it(`malformed: ${name}`, () => {
      const refused = Result.getOrThrow(Result.flip(Authorization.parse(header)))
      assert.strictEqual(refused.reason, "MalformedAuthorization")
      assert.isUndefined(refused.ak)
    })
  }

  it("nothing is a missing header", () =>
    assert.strictEqual(Result.getOrThrow(Result.flip(Authorization.parse(""))).reason, "MissingAuthorization"))

  for (const algorithm of ["SDK-HMAC-SM3", "SDK-ECDSA-P256-SHA256", "SDK-SM2-SM3"]) {
    it(`${algorithm} is refused by name`, () => {
      const refused = Result.getOrThrow(Result.flip(Authorization.parse(sdk.replace("SDK-HMAC-SHA256", algorithm))))
      assert.strictEqual(refused.reason, "UnsupportedAlgorithm")
      assert.include(refused.message, algorithm)
    })
  }

  it("what is no algorithm of the cloud's is not repeated", () => {
    for (const header of ["Bearer secret-token", "secret-token", "sdk-hmac-sha256 Access=AK", "constructor x"]) {
      const refused = Result.getOrThrow(Result.flip(Authorization.parse(header)))
      assert.strictEqual(refused.reason, "UnsupportedAlgorithm")
      assert.isUndefined(refused.algorithm)
      assert.notInclude(JSON.stringify(refused) + refused.message, header.split(" ")[0]!)
    }
  })
})
