import { type Credential, Credentials } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { inMemory } from "../InMemoryTransport.ts"
import { body, show, timedError } from "../TestClient.ts"

const key = (ak: string, sk: string, security_token?: string): Credential => ({
  _tag: "AccessKey",
  accessKey: {
    ak,
    sk: Redacted.make(sk),
    security_token: security_token === undefined ? undefined : Redacted.make(security_token)
  }
})
const token = (text: string): Credential => ({ _tag: "Token", token: Redacted.make(text) })

describe("a credential that no request can carry", () => {
  const unsendable: ReadonlyArray<readonly [name: string, credential: Credential, what: string]> = [
    ["an empty token", token(""), "the token is empty"],
    ["a token with a line break", token("example\n"), "the token holds"],
    ["a token that adds a header", token("example\r\nx-evil: 1"), "the token holds"],
    ["a token beyond ASCII", token("beispiel-ü"), "the token holds"],
    ["an empty access key id", key("", "example"), "the access key id is empty"],
    ["an access key id with a space", key("EXAMPLE 1", "example"), "the access key id holds"],
    ["an empty secret access key", key("EXAMPLE1", ""), "the secret access key is empty"],
    [
      "a secret access key in quotation marks",
      key("EXAMPLE1", '"example"'),
      "the secret access key stands in quotation"
    ],
    ["a secret access key in UTF-16", key("EXAMPLE1", "e\0x\0"), "the secret access key holds zero bytes"],
    ["a token with an invisible character", token("exam\u200bple"), "the token holds the invisible character U+200B"],
    ["a security token with a line break", key("EXAMPLE1", "example", "example\n"), "the security token holds"]
  ]
  for (const [name, credential, what] of unsendable) {
    it.effect(`${name}: NoCredentials, nothing is sent`, () =>
      Effect.gen(function* () {
        const transport = inMemory(() => ({ status: 200, body }))
        const credentials = Layer.succeed(Credentials, {
          current: Effect.succeed(credential),
          refused: () => Effect.succeed(false)
        })
        const { error } = yield* timedError(show({ http: transport.layer, credentials }))
        assert.strictEqual(error._tag, "NoCredentials")
        assert.isTrue(error.message.startsWith(what))
        assert.notInclude(error.message, "xample")
        assert.strictEqual(error.attempts, 0)
        assert.strictEqual(transport.sent.length, 0)
      })
    )
  }
})
