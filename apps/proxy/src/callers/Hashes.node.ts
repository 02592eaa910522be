import { hash, timingSafeEqual } from "node:crypto"
import type { SynchronousHashes } from "@cbr/client/signing"
import * as Redacted from "effect/Redacted"

/** Bytes that SHA-256 takes at a time. */
const block = 64

/** A secret's two pads, each at the head of a buffer that has room for what is hashed behind it. */
interface Pads {
  readonly inner: Buffer
  readonly outer: Buffer
  /** The part of `inner` that was hashed last: all that callers sign is of one length. */
  message: Buffer
}

const known = new WeakMap<Redacted.Redacted<string>, Pads>()

/** Made once for each instance of a secret, and gone with it. */
const padsOf = (sk: Redacted.Redacted<string>): Pads => {
  const found = known.get(sk)
  if (found !== undefined) return found
  const secret = Buffer.from(Redacted.value(sk), "utf8")
  const key = secret.length > block ? hash("sha256", secret, "buffer") : secret
  const inner = Buffer.alloc(block + 256)
  const pads: Pads = { inner, outer: Buffer.alloc(block + 32), message: inner }
  for (let index = 0; index < block; index++) {
    pads.inner[index] = (key[index] ?? 0) ^ 0x36
    pads.outer[index] = (key[index] ?? 0) ^ 0x5c
  }
  known.set(sk, pads)
  return pads
}

/**
 * Over Node's hash in one call: `createHmac` makes an object outside of
 * JavaScript's memory for each HMAC, which takes three times as long.
 *
 * @source RFC 2104, section 2
 */
const hmacSha256 = (sk: Redacted.Redacted<string>, data: string): string => {
  const pads = padsOf(sk)
  const { inner, outer } = pads
  const end = block + Buffer.byteLength(data, "utf8")
  if (pads.message.length !== end) {
    pads.message = end <= inner.length ? inner.subarray(0, end) : Buffer.concat([inner.subarray(0, block)], end)
  }
  pads.message.write(data, block, "utf8")
  outer.write(hash("sha256", pads.message, "binary"), block, "binary")
  return hash("sha256", outer, "hex")
}

/** As long as a SHA-256 in hex. */
const left = Buffer.alloc(64)
const right = Buffer.alloc(64)

/** What credentials are verified with where nothing may be waited for. */
export const hashes: SynchronousHashes = {
  sha256: (data) => hash("sha256", data, "hex"),
  hmacSha256,
  areEqual: (a, b) => {
    if (a.length !== left.length || b.length !== right.length) return false
    left.write(a, "latin1")
    right.write(b, "latin1")
    return timingSafeEqual(left, right)
  }
}
