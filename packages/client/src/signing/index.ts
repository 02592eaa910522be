/**
 * Signing and verification of requests by access key, SDK-HMAC-SHA256 and V11-HMAC-SHA256, over the `Mac` and `Digest`
 * services of `effect/crypto`: synchronous with `NodeCrypto`, on WebCrypto in a browser. What is verified is verified
 * without waiting, by a server's own hashes.
 */
export type { AccessKey } from "./AccessKey.ts"
export * as Authorization from "./Authorization.ts"
export {
  canonicalHeaders,
  canonicalQuery,
  canonicalRequest,
  canonicalRequestHash,
  canonicalUri,
  payloadHash
} from "./CanonicalRequest.ts"
export * as SdkHmacSha256 from "./SdkHmacSha256.ts"
export type { SignableRequest } from "./SignableRequest.ts"
export { SignatureRefusal, SignatureRefused } from "./SignatureRefused.ts"
export { formatSigningDate, parseSigningDate } from "./SigningDate.ts"
export * as V11HmacSha256 from "./V11HmacSha256.ts"
export { defaultWindow, unsignedPayload, type VerifyOptions } from "./SignatureClaim.ts"
export { type SynchronousHashes } from "./SynchronousHashes.ts"
export { verify } from "./Verification.ts"
