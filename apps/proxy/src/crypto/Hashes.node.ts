import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from "node:crypto"
import type { SynchronousHashes } from "@cbr/client/signing"
import * as Redacted from "effect/Redacted"

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

/** What credentials are verified with where nothing may be waited for. */
export const hashes: SynchronousHashes = {
  sha256: (data) => hash("sha256", data, "hex"),
  hmacSha256: (sk, data) => createHmac("sha256", keyObjectOf(sk)).update(data, "utf8").digest("hex"),
  areEqual: (a, b) => {
    if (a.length !== left.length || b.length !== right.length) return false
    left.write(a, "latin1")
    right.write(b, "latin1")
    return timingSafeEqual(left, right)
  }
}
