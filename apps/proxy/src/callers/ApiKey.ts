import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Redacted from "effect/Redacted"
import { hashes } from "../crypto/Hashes.node.ts"
import type { Refusal } from "../problems/Refusal.ts"
import type { Caller, Known } from "../rights/Caller.ts"
import { type PresentedCredential, unauthenticated } from "./PresentedCredential.ts"
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
type Presented = Extract<PresentedCredential, { _tag: "ApiKey" }>

/**
 * Knows callers by the hash of their key, without waiting; `undefined` for
 * nobody's. The time of a look-up tells of the presented key's hash, from
 * which nobody can work towards a key.
 *
 * @param callers by the hash of each of their keys: see {@link hashOf}
 */
export const verifierNow =
  (callers: Pick<ReadonlyMap<string, Caller>, "get">) =>
  ({ hash }: Presented): Known | undefined => {
    const caller = callers.get(hash)
    return caller === undefined ? undefined : { caller, revocation_id: revocationId.ofKey(hash) }
  }

/** The same, with a refusal for nobody's. */
export const verifier = (
  callers: Pick<ReadonlyMap<string, Caller>, "get">
): ((presented: Presented) => Effect.Effect<Known, Refusal>) => {
  const verify = verifierNow(callers)
  return (presented) =>
    Effect.suspend(() => {
      const known = verify(presented)
      return known === undefined ? Effect.fail(unauthenticated) : Effect.succeed(known)
    })
}
