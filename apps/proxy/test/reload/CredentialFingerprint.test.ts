import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { Kdf } from "effect/crypto"
import type { CredentialSection } from "../../src/configuration/CredentialSection.ts"
import { fingerprintOf } from "../../src/reload/CredentialFingerprint.ts"
import { loadedWith } from "../store/LoadedWith.ts"

/** The fingerprint of a credential, and the derivation of it. */
const known = Effect.fnUntraced(function* (credential: CredentialSection, text: string) {
  const { derive } = yield* Kdf.Kdf
  const used: Array<unknown> = []
  const secret = Redacted.make(text)
  const identity = yield* fingerprintOf(loadedWith(credential, secret), "main").pipe(
    Effect.provideService(Kdf.Kdf, {
      ...(yield* Kdf.Kdf),
      derive: (algorithm, ...rest) => {
        used.push(algorithm)
        return derive(algorithm, ...rest)
      }
    })
  )
  return { identity, used }
}, Effect.provide(NodeCrypto.layerKdf))

const secret = Redacted.make("")
const accessKey: CredentialSection = { type: "access_key", ak: "AK", sk: secret }
const token: CredentialSection = { type: "token", token: secret }
const password: CredentialSection = { type: "password", user: "u", domain: "d", password: secret }

describe("what replicas know a credential by", () => {
  const cases: ReadonlyArray<readonly [string, CredentialSection, length: number, slowly: boolean]> = [
    ["a secret access key of the cloud", accessKey, 40, false],
    ["a secret access key that could be guessed", accessKey, 31, true],
    ["a token of IAM", token, 4_000, false],
    ["a token that could be guessed", token, 8, true],
    ["a password of any length", password, 64, true]
  ]

  it.effect.each(cases)("is derived slowly from what could be guessed, and fast from the rest: %s", (each) =>
    Effect.gen(function* () {
      const [, credential, length, slowly] = each
      const { identity, used } = yield* known(credential, "s".repeat(length))
      assert.deepStrictEqual(used, [slowly ? Kdf.pbkdf2Sha256 : Kdf.hkdfSha256])
      assert.match(identity ?? "", /^[0-9a-f]{32}$/)
    })
  )
})
