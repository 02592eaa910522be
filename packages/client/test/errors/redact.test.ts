import { runInNewContext } from "node:vm"
import { redactServiceText, type SentSecrets } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Redacted, Schema } from "effect"

const ak = "EXAMPLEACCESSKEY0001"
const sk = "exampleSecretKeyForTestsOnly000000000001"
const token = "MIIexampleTokenOfTestsOnly=="
const signature = "1f2029766d300c43002bb17baa2a5282c9fca66fd0edf792d6925ee6bd8e14d2"
const path = "/v3/4229d7a45436489f8c3dc2b1d35d4987/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d"
const password = "example pass+word"
const sent: SentSecrets = { ak, secrets: [sk, token, password].map((secret) => Redacted.make(secret)) }

const percentEncoded = (text: string) =>
  [...text].map((character) => `%${character.charCodeAt(0).toString(16)}`).join("")

const authorization = `SDK-HMAC-SHA256 Access=${ak}, SignedHeaders=host;x-sdk-date, Signature=${signature}`

describe("what a gateway may quote", () => {
  const quoted: ReadonlyArray<readonly [name: string, text: string, safe: string | RegExp]> = [
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
    [
      "the token in a URL in lower case",
      `?t=${encodeURIComponent(token).replaceAll("%3D", "%3d")}&x`,
      "?t=<redacted>&x"
    ],
    ["the token with every character escaped", `?t=${percentEncoded(token)}&x`, "?t=<redacted>&x"],
    ["the password in a form", "q=example+pass%2bword&x", "q=<redacted>&x"],
    ["the password in a text with escapes", `no \\u0065xample\\u0020pass\\u002Bword here`, "no <redacted> here"],
    ["the secret key in base64", `wrong ${btoa(sk)}!`, /^wrong <redacted>[\w=]{0,3}!$/],
    [
      "the secret key in basic authentication",
      `wrong ${btoa(`user:${sk}:x`)}!`,
      /^wrong \w{1,8}<redacted>[\w=]{0,6}!$/
    ],
    [
      "the token that a line break splits",
      `the token ${token.slice(0, 9)}\r\n\u0000${token.slice(9)} ended`,
      "the token <redacted> ended"
    ],
    ["someone's token", "bad token=abc.def, ok", "bad token=<redacted>, ok"],
    ["someone's token in JSON", `{"subject_token": "abc.def", "x": 1}`, `{"subject_token": "<redacted>", "x": 1}`],
    ["someone's token in words", "token: abcdefghij0123456789 ended", "token: <redacted> ended"],
    ["someone's access key", "access_key=SOMEONEELSES00000001&x", "access_key=<redacted>&x"],
    ["someone's access key id", "AccessKeyId: SOMEONEELSES00000001, x", "AccessKeyId: SOME…, x"],
    ["someone's password", "passwd=abc def", "passwd=<redacted>"],
    ["someone's bearer", "Bearer abc.def-ghi, ok", "Bearer <redacted>, ok"],
    ["someone's long token", `token ${"A1b2".repeat(40)} end`, "token <redacted> end"]
  ]
  for (const [name, text, safe] of quoted) {
    it(name, () => {
      const shown = redactServiceText(text, sent)
      if (typeof safe === "string") assert.strictEqual(shown, safe)
      else assert.match(shown, safe)
    })
  }

  it("without knowing what was sent, its form gives it away", () => {
    const safe = redactServiceText(`Get secretKey failed, ak:${ak}. ${authorization}`)
    assert.notInclude(safe, ak)
    assert.notInclude(safe, signature)
    assert.include(safe, "ak:EXAM…")
  })
})

describe("a text made to take long", () => {
  // Half a mebibyte takes a fraction of a second; where the cost grows with the square of the length, it takes minutes.
  const hostile = [
    "a-",
    "x_",
    "x-security-",
    "access-key ",
    "token",
    'token" ',
    "Bearer auth",
    "canonicalRequest ",
    "sk ",
    "%e4%b8",
    String.raw`\u0061`,
    "\u200b",
    " "
  ]
  for (const part of hostile) {
    it(`of ${JSON.stringify(part)} costs no more for each character than a short one`, () => {
      const text = part.repeat(Math.ceil((512 * 1024) / part.length))
      const redact = () => redactServiceText(text, sent).length
      assert.isAtMost(runInNewContext("redact()", { redact }, { timeout: 20_000 }) as number, 401)
    })
  }
  it("is masked where a token stands at the end of it", () => {
    assert.strictEqual(redactServiceText(`${"a-".repeat(50)}token=${token}`), `${"a-".repeat(50)}token=<redacted>`)
    assert.strictEqual(redactServiceText(`a1_csrfToken=${token}`), "a1_csrfToken=<redacted>")
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
    "token: expired",
    "Bearer token is missing",
    "the access key is unknown",
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

  it("however it is spelt, broken or long, never survives", () => {
    const broken = [...token].map((character, index) => (index % 2 === 0 ? `${character}\u0000` : character)).join("")
    const many = `${"\u0000".repeat(60_000)}${token.slice(0, 5)}${"\u200b\n".repeat(1000)}${token.slice(5)}`
    const long = "Ab1+/é ".repeat(9000)
    const lower = encodeURIComponent(long).replace(/%../g, (byte) => byte.toLowerCase())
    assert.strictEqual(redactServiceText(lower, { secrets: [Redacted.make(long)] }), "<redacted>")
    for (const text of [broken, many, token.split("").join("\n")]) {
      assert.strictEqual(redactServiceText(text, sent), "<redacted>")
    }
  })

  it("is masked where the text has nothing else", () => {
    const id = "0123456789abcdef0123456789abcdef"
    for (const secret of [sk, token, password, id]) {
      assert.strictEqual(redactServiceText(secret, { secrets: [Redacted.make(secret)] }), "<redacted>")
    }
  })

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
