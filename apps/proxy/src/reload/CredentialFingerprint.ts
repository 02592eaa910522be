import { hashes } from "@cbr/client/node"
import type { CryptoError } from "effect/crypto/CryptoError"
import * as Kdf from "effect/crypto/Kdf"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Redacted from "effect/Redacted"
import type { Loaded } from "../configuration/ConfigurationFile.ts"
import type { CredentialSection } from "../configuration/CredentialSection.ts"

/**
 * The fingerprint by which replicas find that they have the same credential, under any name; another secret has another
 * fingerprint. It does not reveal the secret: there are too many keys and tokens of the cloud to try, and a password or a
 * shorter secret is derived slowly.
 *
 * Succeeds with `undefined` for a credential of the replica's machine, or one that the cloud gives anew.
 */
export const fingerprintOf = (
  { configuration, secrets }: Loaded,
  name: string
): Effect.Effect<string | undefined, CryptoError, Kdf.Kdf> => {
  const credential = configuration.credentials[name]
  const secret = secrets.get(name)
  if (credential === undefined || secret === undefined) return Effect.succeed(undefined)
  return Effect.flatMap(Kdf.Kdf, ({ derive }) =>
    Effect.map(
      derive(isGuessable(credential, secret) ? Kdf.pbkdf2Sha256 : Kdf.hkdfSha256, utf8(Redacted.value(secret)), {
        salt: utf8(JSON.stringify(["cbr-proxy", credential.type, ...holderOf(credential)])),
        length: 16
      }),
      Hex.encode
    )
  )
}

/** A secret access key of the cloud has 40 characters, and a token of IAM far more. */
const isGuessable = ({ type }: CredentialSection, secret: Redacted.Redacted<string>): boolean =>
  type === "password" || Redacted.value(secret).length < 32

const holderOf = (credential: CredentialSection): ReadonlyArray<string> =>
  credential.type === "access_key"
    ? [credential.ak]
    : credential.type === "password"
      ? [credential.user, credential.domain]
      : []

const encoder = new TextEncoder()
const utf8 = (text: string) => encoder.encode(text)

/**
 * The identity of a configuration's credential in this process: its name, and a fingerprint of its section and its
 * secret. It never leaves the process, so it need not be slow to derive.
 */
export const credentialId = (
  { configuration, secrets }: Pick<Loaded, "configuration" | "secrets">,
  name: string
): string => {
  const credential = configuration.credentials[name]
  const secret = secrets.get(name)
  const of = credential?.type === "agency" ? credentialId({ configuration, secrets }, credential.of) : ""
  const said = JSON.stringify([credential, secret === undefined ? "" : Redacted.value(secret), of])
  return `${name} ${hashes.sha256(said)}`
}
