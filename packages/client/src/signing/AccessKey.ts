import * as Mac from "effect/crypto/Mac"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

/**
 * A key pair of the cloud, permanent (AK and SK) or temporary (with the security token that came with it).
 * @category Signing
 * @since 0.1.0
 */
export interface AccessKey {
  /** Access key id. Not secret: it travels in every signed request. */
  readonly ak: string
  /** Secret access key. Must not be empty. */
  readonly sk: Redacted.Redacted<string>
  /** Present when the key is temporary; sent and signed as `x-security-token`. */
  readonly security_token?: Redacted.Redacted<string> | undefined
}

const encoder = new TextEncoder()

/** An HMAC-SHA256 key of the UTF-8 bytes of a text. Empty text is a defect: an HMAC key has at least one byte. */
export const hmacKeyOfText = (text: string): Effect.Effect<Mac.Key> =>
  Effect.orDie(Mac.key(Mac.hmacSha256, encoder.encode(text)))

// Held by the secret's identity and gone with it. A WebCrypto layer imports a key object once, so a key made anew for
// each request would be imported for each.
const keys = new WeakMap<Redacted.Redacted<string>, Effect.Effect<Mac.Key>>()

/**
 * The HMAC key of a secret access key. The same `Redacted` gives the same key: keep one instance for each secret.
 */
export const hmacKey = (sk: Redacted.Redacted<string>): Effect.Effect<Mac.Key> =>
  keys.get(sk) ??
  Effect.map(hmacKeyOfText(Redacted.value(sk)), (key) => {
    keys.set(sk, Effect.succeed(key))
    return key
  })
