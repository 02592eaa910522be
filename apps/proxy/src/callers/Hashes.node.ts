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

/** What credentials are verified with where nothing may be waited for. */
export const hashes: SynchronousHashes = {
  sha256: (data) => hash("sha256", data, "hex"),
  hmacSha256: (sk, data) => createHmac("sha256", keyObjectOf(sk)).update(data).digest("hex"),
  areEqual: (a, b) => timingSafeEqual(Buffer.from(a, "latin1"), Buffer.from(b, "latin1"))
}
