import { hash } from "node:crypto"

/** Bytes that SHA-256 takes in at a time. */
const blockSize = 64
/** Bytes of a SHA-256. */
const hashSize = 32

/**
 * HMAC-SHA256 with one key, by two hashes of one call each. An `Hmac` of Node's
 * is a stream with memory beyond the heap: to collect it costs 15 µs, which is
 * more than all else of a signature.
 *
 * @source RFC 2104, section 2
 */
export class HmacSha256 {
  /** The key with the inner pad, and room for a text. */
  private inner: Buffer
  /** The key with the outer pad, and room for the hash of the first. */
  private readonly outer: Buffer

  /** Makes the HMAC of a key once; it lives as long as the key's holder. */
  static of(holder: WeakKey, key: () => Uint8Array): HmacSha256 {
    let known = made.get(holder)
    if (known === undefined) made.set(holder, (known = new HmacSha256(key())))
    return known
  }

  constructor(key: Uint8Array) {
    this.inner = Buffer.alloc(blockSize + 256, 0x36)
    this.outer = Buffer.alloc(blockSize + hashSize, 0x5c)
    const block = key.length > blockSize ? hash("sha256", key, "buffer") : key
    block.forEach((byte, at) => {
      this.inner[at] = byte ^ 0x36
      this.outer[at] = byte ^ 0x5c
    })
  }

  /** Computes the HMAC of bytes, or of a text as UTF-8. */
  digest(data: string | Uint8Array): Buffer {
    return hash("sha256", this.outerOf(data), "buffer")
  }

  /** Computes the HMAC in lower-case hex. */
  digestHex(data: string | Uint8Array): string {
    return hash("sha256", this.outerOf(data), "hex")
  }

  private outerOf(data: string | Uint8Array): Buffer {
    // UTF-8 has up to three bytes for a unit of a text.
    const most = blockSize + (typeof data === "string" ? 3 : 1) * data.length
    if (most > this.inner.length) this.inner = Buffer.concat([this.inner.subarray(0, blockSize)], most)
    const length = typeof data === "string" ? this.inner.write(data, blockSize) : data.length
    if (typeof data !== "string") this.inner.set(data, blockSize)
    // A text of 32 characters: a buffer for each hash would cost as much as the hash.
    const hashed = hash("sha256", this.inner.subarray(0, blockSize + length), "binary")
    this.outer.write(hashed, blockSize, "latin1")
    return this.outer
  }
}

const made = new WeakMap<WeakKey, HmacSha256>()
