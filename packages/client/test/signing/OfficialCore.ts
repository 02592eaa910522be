import { formatSigningDate } from "@cbr/client/signing"
import { omitUndefined } from "@cbr/domain"
import { AKSKSigner } from "@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js"
import { BasicCredentials } from "@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js"
import { DerivedAKSKSigner } from "@huaweicloud/huaweicloud-sdk-core/auth/DerivedAKSKSigner.js"
import type { RandomRequest } from "./RandomRequest.ts"

/** A request for the signers of the official Node core. With `X-Sdk-Date` they do not read their clock. */
export interface CoreRequest {
  readonly method: string
  readonly endpoint: string
  readonly queryParams?: Readonly<Record<string, string | Array<string>>>
  readonly headers: Readonly<Record<string, string>>
  readonly data?: unknown
}

export const coreCredentials = (key: { readonly ak: string; readonly sk: string }) =>
  new BasicCredentials({ ak: key.ak, sk: key.sk, regionId: "cn-north-4", derivedAuthServiceName: "cbr" })

const authorizationIn = (headers: object): string =>
  String(Object.entries(headers).find(([name]) => name === "Authorization")?.[1])

export const coreAuthorization = (request: CoreRequest, credentials: BasicCredentials): string =>
  authorizationIn(AKSKSigner.sign(request, credentials))

/** Signs with V11, for region cn-north-4 and service cbr. */
export const coreDerivedAuthorization = (request: CoreRequest, credentials: BasicCredentials): string =>
  authorizationIn(DerivedAKSKSigner.sign(request, credentials))

/** The signer's inner steps, which are `protected`: only they show the signed text. */
export class CoreSteps extends AKSKSigner {
  static canonicalHeaderNames(headers: Readonly<Record<string, string>>): ReadonlyArray<string> {
    return AKSKSigner.buildCanonicalHeaders(headers)
      .split("\n")
      .slice(0, -1)
      .map((line) => line.split(":")[0]!)
  }
  static canonicalQuery(queryParams: Readonly<Record<string, string>>): string {
    return AKSKSigner.CanonicalQueryString({ queryParams })
  }
  static canonicalUri(path: string): string | undefined {
    return AKSKSigner.CanonicalURI(path)
  }
}

const groups = (query: RandomRequest["query"]): Record<string, Array<string>> => {
  const byName = new Map<string, Array<string>>()
  for (const [name, value] of query) byName.set(name, [...(byName.get(name) ?? []), value])
  return Object.fromEntries(byName)
}

/** The same request as the core's callers write it. */
export const toCore = (random: RandomRequest): CoreRequest => ({
  method: random.method,
  endpoint: `https://${random.host}/${random.segments.join("/")}`,
  queryParams: groups(random.query),
  headers: {
    ...Object.fromEntries(random.headers),
    "X-Sdk-Date": formatSigningDate(random.date),
    ...omitUndefined({ "X-Project-Id": random.projectId, "X-Security-Token": random.securityToken }),
    ...(random.isPayloadSigned ? {} : { "X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD" })
  },
  data: random.body
})
