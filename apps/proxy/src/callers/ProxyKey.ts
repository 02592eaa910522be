import * as Context from "effect/Context"
import * as Digest from "effect/crypto/Digest"
import * as Mac from "effect/crypto/Mac"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Refusal } from "../edge/Refusal.ts"
import { unauthenticated } from "./PresentedKey.ts"

/** The key that lets callers in. Only its SHA-256 is kept. */
export class ProxyKey extends Context.Service<
  ProxyKey,
  {
    /** Succeeds for the right key alone, after the same time for any wrong one. */
    readonly accept: (presented: Redacted.Redacted<string>) => Effect.Effect<void, Refusal>
  }
>()("@cbr/proxy/ProxyKey") {
  static readonly layer = (key: Redacted.Redacted<string>): Layer.Layer<ProxyKey, never, Digest.Digest> =>
    Layer.effect(
      ProxyKey,
      Effect.gen(function* () {
        const { digest } = yield* Digest.Digest
        const hash = (text: Redacted.Redacted<string>) =>
          digest(Digest.sha256, new TextEncoder().encode(Redacted.value(text)))
        const expected = yield* hash(key)
        return ProxyKey.of({
          accept: (presented) =>
            Effect.flatMap(hash(presented), (actual) =>
              Mac.timingSafeEqual(expected, actual) ? Effect.void : Effect.fail(unauthenticated)
            )
        })
      })
    )

  /** A new key of 256 random bits, with a prefix by which secret scanners can know it. */
  static readonly generate: Effect.Effect<Redacted.Redacted<string>, never, SecureRandom.SecureRandom> = Effect.gen(
    function* () {
      const random = yield* SecureRandom.SecureRandom
      return Redacted.make(`cbrk_${Base64Url.encode(yield* random.randomBytes(32))}`)
    }
  )
}
