import * as Digest from "effect/crypto/Digest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Redacted from "effect/Redacted"
import type { Refusal } from "../edge/Refusal.ts"
import type { Caller } from "./Caller.ts"
import { type PresentedCredential, unauthenticated } from "./PresentedCredential.ts"

/** A new key of 256 random bits, with a prefix by which secret scanners can know it. */
export const generate: Effect.Effect<Redacted.Redacted<string>, never, SecureRandom.SecureRandom> = Effect.gen(
  function* () {
    const random = yield* SecureRandom.SecureRandom
    return Redacted.make(`cbrk_${Base64Url.encode(yield* random.randomBytes(32))}`)
  }
)

/** SHA-256 of a key in hex: all that is ever kept of it. A key of 256 random bits needs no salt and no slow hash. */
export const hashOf = (key: Redacted.Redacted<string>): Effect.Effect<string, never, Digest.Digest> =>
  Digest.Digest.use(({ digestHex }) => digestHex(Digest.sha256, new TextEncoder().encode(Redacted.value(key))))

/**
 * Knows callers by the hash of their key. The time of a look-up tells of the
 * presented key's hash, from which nobody can work towards a key.
 *
 * @param callers by the hash of each of their keys: see {@link hashOf}
 */
export const verifier = (
  callers: ReadonlyMap<string, Caller>
): Effect.Effect<
  (presented: Extract<PresentedCredential, { _tag: "ApiKey" }>) => Effect.Effect<Caller, Refusal>,
  never,
  Digest.Digest
> =>
  Effect.map(
    Digest.Digest,
    (digest) =>
      ({ key }) =>
        Effect.flatMap(Effect.provideService(hashOf(key), Digest.Digest, digest), (hash) => {
          const caller = callers.get(hash)
          return caller === undefined ? Effect.fail(unauthenticated) : Effect.succeed(caller)
        })
  )
