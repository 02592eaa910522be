import { hash, hkdfSync, timingSafeEqual } from "node:crypto"
import * as Redacted from "effect/Redacted"
import { HmacSha256 } from "./HmacSha256.node.ts"
import type { SynchronousHashes } from "./SynchronousHashes.ts"

/** Buffers for two SHA-256 in hex. */
const left = Buffer.alloc(64)
const right = Buffer.alloc(64)

/**
 * Node's own hashes, of which none waits.
 * @category Signing
 * @since 0.1.0
 */
export const hashes: SynchronousHashes = {
  sha256: (data) => hash("sha256", data, "hex"),
  hmacSha256: (sk, data) => HmacSha256.of(sk, () => Buffer.from(Redacted.value(sk))).digestHex(data),
  hkdfSha256: (sk, salt, info) => Buffer.from(hkdfSync("sha256", Redacted.value(sk), salt, info, 32)).toString("hex"),
  areEqual: (a, b) => {
    if (a.length !== left.length || b.length !== right.length) return false
    left.write(a, "latin1")
    right.write(b, "latin1")
    return timingSafeEqual(left, right)
  }
}
