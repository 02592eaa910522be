import * as Aead from "effect/crypto/Aead"
import type { CryptoError } from "effect/crypto/CryptoError"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

/** A key by which replicas keep what they share from other readers of Redis. */
export interface SealingKey {
  /** Names the key in what was sealed with it; holds no dot. */
  readonly id: string
  /** {@link sealingKeyBytes} long. */
  readonly key: Redacted.Redacted<Uint8Array>
}

/** The length of a key. */
export const sealingKeyBytes = Aead.aes256Gcm.keyLength

/** Makes text unreadable and unforgeable, or does nothing, where there is no key. */
export interface Seal {
  /** @param place where the text will stand; it opens at no other */
  readonly close: (text: string, place: string) => Effect.Effect<string, CryptoError>
  /** The text; `undefined` when it was not sealed with one of the keys for this place. */
  readonly open: (sealed: string, place: string) => Effect.Effect<string | undefined>
}

/**
 * AES-256-GCM with a random nonce: `sealed.<key id>.<nonce>.<text and tag>`.
 * The first key seals, every one opens, so that a new key can be spread before
 * it is used. A key is good for some thousand million texts.
 *
 * @source NIST SP 800-38D, section 8.3
 */
export const makeSeal = Effect.fnUntraced(function* (
  keys: ReadonlyArray<SealingKey>
): Effect.fn.Return<Seal, CryptoError, Aead.Aead | SecureRandom.SecureRandom> {
  const aead = yield* Aead.Aead
  const random = yield* SecureRandom.SecureRandom
  const byId = new Map<string, Aead.Key>()
  for (const { id, key } of keys) byId.set(id, yield* Aead.key(Aead.aes256Gcm, Redacted.value(key)))
  const [first] = byId
  if (first === undefined) return unsealed
  const [id, key] = first

  return {
    close: Effect.fnUntraced(function* (text, place) {
      const nonce = yield* random.randomBytes(Aead.aes256Gcm.nonceLength)
      const sealed = yield* aead.encrypt(key, utf8.encode(text), { nonce, aad: utf8.encode(place) })
      return [mark, id, Base64Url.encode(nonce), Base64Url.encode(sealed)].join(".")
    }),
    open: Effect.fnUntraced(function* (text, place) {
      const [start, id = "", nonce = "", sealed = ""] = text.split(".")
      const key = byId.get(id)
      if (start !== mark || key === undefined) return undefined
      const parts = Result.all([Base64Url.decode(nonce), Base64Url.decode(sealed)])
      if (Result.isFailure(parts)) return undefined
      const opened = yield* Effect.result(
        aead.decrypt(key, parts.success[1], { nonce: parts.success[0], aad: utf8.encode(place) })
      )
      return Result.isSuccess(opened) ? new TextDecoder().decode(opened.success) : undefined
    })
  }
})

const mark = "sealed"
const utf8 = new TextEncoder()

/** Text as it is. What another replica has sealed is none. */
const unsealed: Seal = {
  close: (text) => Effect.succeed(text),
  open: (text) => Effect.succeed(text.startsWith(`${mark}.`) ? undefined : text)
}
