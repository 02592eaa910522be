import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { read } from "../../src/configuration/ConfigurationText.ts"
import { effective } from "../../src/configuration/EffectiveConfiguration.ts"

describe("the configuration in force", () => {
  it("shows neither a secret nor what a program is told to find one", () => {
    const { configuration } = Result.getOrThrow(
      read(`callers: {}
credentials:
  inline: { type: access_key, ak: EXAMPLEKEY000001, sk: Canary-sk }
  printed: { type: token, token_command: [vault, -token, Canary-argument] }
projects: {}
`)
    )
    const shown = effective(configuration)
    assert.notInclude(shown, "Canary")
    const { credentials } = JSON.parse(shown) as { readonly credentials: Readonly<Record<string, object>> }
    assert.deepStrictEqual(credentials["inline"], { type: "access_key", ak: "EXAM…", sk: "<redacted>" })
    assert.deepStrictEqual(credentials["printed"], { type: "token", token_command: ["vault", "…"] })
  })
})
