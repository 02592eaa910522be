import { redactServiceText, type SentSecrets } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Redacted, Schema } from "effect"

const ak = "EXAMPLEACCESSKEY0001"
const sk = "exampleSecretKeyForTestsOnly000000000001"
const token = "MIIexampleTokenOfTestsOnly=="
const signature = "1f2029766d300c43002bb17baa2a5282c9fca66fd0edf792d6925ee6bd8e14d2"
const path = "/v3/4229d7a45436489f8c3dc2b1d35d4987/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d"
const sent: SentSecrets = { ak, secrets: [Redacted.make(sk), Redacted.make(token)] }

const authorization = `SDK-HMAC-SHA256 Access=${ak}, SignedHeaders=host;x-sdk-date, Signature=${signature}`

describe("what a gateway may quote", () => {
  const quoted: ReadonlyArray<readonly [name: string, text: string, safe: string]> = [
    [
      "the whole request",
      `verify aksk signature fail, canonicalRequest:GET|${path}/||host:cbr|authorization:${authorization}|`,
      "verify aksk signature fail, canonicalRequest:<redacted>"
    ],
    [
      "over several lines",
      `fail, canonicalRequest:GET\n${path}\nx-auth-token:abc`,
      "fail, canonicalRequest:<redacted>"
    ],
    ["in snake case", `fail, canonical_request: GET ${signature}`, "fail, canonicalRequest:<redacted>"],
    ["the string to sign", `bad stringToSign=SDK-HMAC-SHA256|${signature}`, "bad stringToSign:<redacted>"],
    ["the authorization", `bad authorization: ${authorization}`, "bad authorization: <redacted>"],
    ["a JSON of headers", `{"X-Auth-Token": "abc", "x": 1}`, `{"X-Auth-Token": <redacted>`],
    ["a password", `{"user":"u","password":"p w d"}`, `{"user":"u","password":<redacted>`],
    ["a security token", "securitytoken=abc; more", "securitytoken=<redacted>"],
    ["a secret access key", "secret_access_key: abc", "secret_access_key: <redacted>"],
    ["a bare signature", `expected ${signature}`, "expected <redacted>"],
    ["a labelled signature", "Signature=abc, ok", "Signature=<redacted>, ok"],
    [
      "the access key id",
      `Get secretKey failed, ak:${ak}, err:ak not exist`,
      "Get secretKey failed, ak:EXAM…, err:ak not exist"
    ],
    ["the access key id in JSON", `{"ak": "SOMEONEELSES00000001"}`, `{"ak": "SOME…"}`],
    ["a derived credential", "Credential=SOMEONEELSES00000001/20260102/cn-north-4/cbr, x", "Credential=SOME…, x"],
    ["the access key id in words", `the key ${ak} is unknown`, "the key EXAM… is unknown"],
    ["the access key id in upper case", "AK: SOMEONEELSES00000001", "AK: SOME…"],
    ["the token", `the token ${token} ended`, "the token <redacted> ended"],
    ["the token in a URL", `?t=${encodeURIComponent(token)}&x`, "?t=<redacted>&x"],
    ["the secret key", `wrong ${sk}!`, "wrong <redacted>!"],
    ["someone's long token", `token ${"A1b2".repeat(40)} end`, "token <redacted> end"]
  ]
  for (const [name, text, safe] of quoted) {
    it(name, () => assert.strictEqual(redactServiceText(text, sent), safe))
  }

  it("without knowing what was sent, its form gives it away", () => {
    const safe = redactServiceText(`Get secretKey failed, ak:${ak}. ${authorization}`)
    assert.notInclude(safe, ak)
    assert.notInclude(safe, signature)
    assert.include(safe, "ak:EXAM…")
  })
})

describe("ordinary words stay", () => {
  const words = [
    "The backup does not exist.",
    `The API does not exist or has not been published in the environment: GET ${path}`,
    "Incorrect IAM authentication information: decrypt token fail",
    "Incorrect IAM authentication information: x-auth-token not found",
    "Get secretKey failed",
    "Access: denied by policy",
    "备份不存在 🗄"
  ]
  for (const text of words) it(text, () => assert.strictEqual(redactServiceText(text, sent), text))
})

describe("what a terminal or a log would obey", () => {
  it("control characters become a space", () => {
    assert.strictEqual(redactServiceText("a\u001b[31mred\r\n\u0000b\u009bc\u007f"), "a [31mred b c")
  })
  it("so do characters that reorder or hide text", () => {
    assert.strictEqual(
      redactServiceText("a\u202eb\u2066c\u200bd\u2028e\ufefff\u00adg\u{e0041}h\u061ci"),
      "a b c d e f g h i"
    )
  })
  it("the rest is cut to 400 characters, between whole ones", () => {
    assert.strictEqual(redactServiceText("x y ".repeat(200)).length, 401)
    const cut = redactServiceText(`${"x y ".repeat(99)}abc🗄🗄`)
    assert.isTrue(cut.isWellFormed())
    assert.isTrue(cut.endsWith("…"))
  })
})

describe("a secret that was sent", () => {
  const secret = Schema.String.check(Schema.isMinLength(8))
  const words = Schema.Array(Schema.String).check(Schema.isMinLength(1))

  it.prop(
    "never survives",
    [Schema.Array(secret).check(Schema.isMinLength(1), Schema.isMaxLength(3)), words],
    ([secrets, between]) => {
      const text = between.flatMap((word, index) => [word, secrets[index % secrets.length]!]).join("")
      const safe = redactServiceText(text, { secrets: secrets.map((value) => Redacted.make(value)) })
      for (const value of secrets) assert.notInclude(safe, value)
    },
    { arbitrary: { runs: 1000 } }
  )

  it("leaves no rest where another one is inside it", () => {
    const secrets = ["example1", "xxexample1yy"].map((value) => Redacted.make(value))
    assert.strictEqual(redactServiceText("a xxexample1yy b", { secrets }), "a <redacted> b")
  })

  it("with a space does not come about where a control character was", () => {
    assert.strictEqual(
      redactServiceText("a example\u0000password b", { secrets: [Redacted.make("example password")] }),
      "a <redacted> b"
    )
  })

  it("is taken as it is, $& and all", () => {
    assert.strictEqual(redactServiceText("a $&$1$$xy b", { ak: "$&$1$$xy", secrets: [] }), "a $&$1… b")
  })

  it("that is shorter than four characters would be found in ordinary words", () => {
    assert.strictEqual(redactServiceText("another", { secrets: [Redacted.make("the"), Redacted.make("")] }), "another")
  })
})
