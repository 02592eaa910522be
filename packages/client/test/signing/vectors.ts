import type { AccessKey, SignableRequest } from "@cbr/client/signing"
import { DateTime, Redacted } from "effect"

/** Made with the official Node core. */
export const date = DateTime.makeUnsafe("2026-01-02T03:04:05Z")
export const signingDate = "20260102T030405Z"
export const accessKey: AccessKey = {
  ak: "EXAMPLEACCESSKEY0001",
  sk: Redacted.make("exampleSecretKeyForTestsOnly000000000001")
}

const projectId = "4229d7a45436489f8c3dc2b1d35d4987"

export const plain: SignableRequest = {
  method: "GET",
  path: `/v3/${projectId}/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d`,
  query: "",
  headers: { host: "cbr.cn-north-4.myhuaweicloud.com" }
}

export const vectors = [
  {
    name: "A, plain",
    request: plain,
    accessKey,
    signedHeaders: ["host", "x-sdk-date"],
    canonicalHash: "8abcc8dfba33e219ebdd3e8659e60b40e142fda90a0b9816a005962c6646ccc9",
    signature: "1f2029766d300c43002bb17baa2a5282c9fca66fd0edf792d6925ee6bd8e14d2"
  },
  {
    name: "B, temporary key and project",
    request: {
      ...plain,
      headers: { ...plain.headers, "content-type": "application/json", "x-project-id": projectId }
    },
    accessKey: { ...accessKey, security_token: Redacted.make("exampleToken==") },
    signedHeaders: ["content-type", "host", "x-project-id", "x-sdk-date", "x-security-token"],
    canonicalHash: "c7c7ec8eb377c5cc7cc562c8260c79772eb5dff30786e11ed049578d3539286a",
    signature: "70f2551d4fb5c19bedcb2e0c4bff6ebd58415dc04ec08a49234fdfd439a66fe2"
  },
  {
    name: "C, query with a repeated name",
    request: {
      method: "GET",
      path: "/v3/projects",
      query: "name=cn-north-4&a%20b=2&a%20b=1",
      headers: { host: "iam.cn-north-4.myhuaweicloud.com" }
    },
    accessKey,
    signedHeaders: ["host", "x-sdk-date"],
    canonicalHash: "c13ad4169f9268c1b26e3190b671279ed5ce3fd4e4e21131cb7bc212fb19149a",
    signature: "393872d4a689c17419a5e76464e64f1c8d27a1c452fb8ab4c6873c526bcfa25e"
  }
] as const

/** D: request A with V11, region cn-north-4, service cbr. */
export const derivedSignature = "1e3aee898545ea7d6cf9eeb1084228ddf46ed4fb65fe26960e2c93c74cd95e80"
