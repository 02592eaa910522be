import { createHmac, createSecretKey, hash, hkdfSync, type KeyObject, timingSafeEqual } from "node:crypto"
import * as Redacted from "effect/Redacted"
import type { SynchronousHashes } from "./Verification.ts"

const keyObjects = new WeakMap<Redacted.Redacted<string>, KeyObject>()

/** Made once for each instance of a secret, and gone with it: making it costs more than the HMAC of a request. */
const keyObjectOf = (sk: Redacted.Redacted<string>): KeyObject => {
  const known = keyObjects.get(sk)
  if (known !== undefined) return known
  const made = createSecretKey(Redacted.value(sk), "utf8")
  keyObjects.set(sk, made)
  return made
}

/** As long as a SHA-256 in hex. */
const left = Buffer.alloc(64)
const right = Buffer.alloc(64)

/**
 * Node's own hashes, of which none waits.
 * @category Signing
 * @since 0.1.0
 */
export const hashes: SynchronousHashes = {
  sha256: (data) => hash("sha256", data, "hex"),
  hmacSha256: (sk, data) => createHmac("sha256", keyObjectOf(sk)).update(data, "utf8").digest("hex"),
  hkdfSha256: (sk, salt, info) => Buffer.from(hkdfSync("sha256", keyObjectOf(sk), salt, info, 32)).toString("hex"),
  areEqual: (a, b) => {
    if (a.length !== left.length || b.length !== right.length) return false
    left.write(a, "latin1")
    right.write(b, "latin1")
    return timingSafeEqual(left, right)
  }
}
