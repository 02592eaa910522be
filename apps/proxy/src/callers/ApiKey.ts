import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Redacted from "effect/Redacted"
import type { Refusal } from "../edge/Refusal.ts"
import type { Caller } from "./Caller.ts"
import { hashes } from "./Hashes.node.ts"
import { type PresentedCredential, unauthenticated } from "./PresentedCredential.ts"

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
  (callers: ReadonlyMap<string, Caller>) =>
  ({ hash }: Presented): Caller | undefined =>
    callers.get(hash)

/** The same, with a refusal for nobody's. */
export const verifier = (
  callers: ReadonlyMap<string, Caller>
): ((presented: Presented) => Effect.Effect<Caller, Refusal>) => {
  const verify = verifierNow(callers)
  return (presented) =>
    Effect.suspend(() => {
      const caller = verify(presented)
      return caller === undefined ? Effect.fail(unauthenticated) : Effect.succeed(caller)
    })
}
