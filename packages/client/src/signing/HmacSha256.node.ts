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

  constructor(key: Uint8Array) {
    this.inner = Buffer.alloc(blockSize + 256, 0x36)
    this.outer = Buffer.alloc(blockSize + hashSize, 0x5c)
    const block = key.length > blockSize ? hash("sha256", key, "buffer") : key
    block.forEach((byte, at) => {
      this.inner[at] = byte ^ 0x36
      this.outer[at] = byte ^ 0x5c
    })
  }

  /** Of bytes, or of a text as UTF-8. */
  digest(data: string | Uint8Array): Buffer {
    return hash("sha256", this.outerOf(data), "buffer")
  }

  /** The same in lower-case hex. */
  digestHex(data: string | Uint8Array): string {
    return hash("sha256", this.outerOf(data), "hex")
  }

  private outerOf(data: string | Uint8Array): Buffer {
    const length = typeof data === "string" ? Buffer.byteLength(data) : data.length
    const end = blockSize + length
    if (end > this.inner.length) this.inner = Buffer.concat([this.inner.subarray(0, blockSize)], end)
    if (typeof data === "string") this.inner.write(data, blockSize)
    else this.inner.set(data, blockSize)
    this.outer.set(hash("sha256", this.inner.subarray(0, end), "buffer"), blockSize)
    return this.outer
  }
}
