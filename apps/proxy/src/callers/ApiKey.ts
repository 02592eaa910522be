import { hashes } from "@cbr/client/node"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import type { ProxyError } from "../problems/ProxyError.ts"
import type { Caller, VerifiedCaller } from "../rights/Caller.ts"
import { type RequestCredential, unauthenticated } from "./RequestCredential.ts"
import { revocationId } from "./Revocations.ts"

/** A new key of 256 random bits, with a prefix by which secret scanners can know it. */
export const generate: Effect.Effect<Redacted.Redacted<string>, never, SecureRandom.SecureRandom> = Effect.gen(
  function* () {
    const random = yield* SecureRandom.SecureRandom
    return Redacted.make(`cbrk_${Base64Url.encode(yield* random.randomBytes(32))}`)
  }
)

/** SHA-256 of a key in hex: all that is ever kept of it. A key of 256 random bits needs no salt and no slow hash. */
export const hashOf = (key: Redacted.Redacted<string>): Effect.Effect<string> =>
  Effect.sync(() => hashes.sha256(Redacted.value(key)))

/** A caller's key as presented. */
type Presented = Extract<RequestCredential, { _tag: "ApiKey" }>

/**
 * Knows callers by the hash of their key. The time of a look-up tells of the
 * presented key's hash, from which no key can be derived.
 *
 * @param callers by the hash of each of their keys: see {@link hashOf}
 */
export const verifier =
  (callers: Pick<ReadonlyMap<string, Caller>, "get">) =>
  ({ hash }: Presented): Exit.Exit<VerifiedCaller, ProxyError> => {
    const caller = callers.get(hash)
    return caller === undefined ? nobodys : Exit.succeed({ caller, revocation_id: revocationId.ofKey(hash) })
  }

const nobodys = Exit.fail(unauthenticated)
