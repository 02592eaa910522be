import { omitUndefined } from "@cbr/domain"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { ProjectReference } from "../credentials/Credentials.ts"
import type { AddressFault, AddressSetting } from "../errors/FailureDetails.ts"
import { InvalidRequest, NoCredentials } from "../errors/ShowBackupError.ts"
import type * as RegionOverrides from "./RegionOverrides.ts"
import { findRegion, isRegionId, nearestRegions, regionOfProject } from "./Regions.ts"

/**
 * The algorithms that an access key can sign with.
 * @category Endpoints
 * @since 0.1.0
 */
export type SigningAlgorithm = "SDK-HMAC-SHA256" | "V11-HMAC-SHA256"

/**
 * The addresses of calls, without a path, and the region if it is known.
 * @category Endpoints
 * @since 0.1.0
 */
export interface Addresses {
  /** Origin of CBR, or of a proxy in front of it: `https://cbr.cn-north-4.myhuaweicloud.com`. */
  readonly cbr: string
  /** Origin of IAM; needed only where a token or a project id must be fetched. */
  readonly iam?: string | undefined
  /** Region id, such as `cn-north-4`; it is also the name of the default project in it. */
  readonly region?: string | undefined
  /** Origin of STS, which names the owner of an access key; absent if the region has none and none was given. */
  readonly sts?: string
  /** The project that calls are for, where it is named beside the place; the region's own where absent. */
  readonly project?: ProjectReference
  /** The algorithm of access keys; SDK-HMAC-SHA256 if absent. */
  readonly signing?: SigningAlgorithm
}

/**
 * The options of an {@link Endpoint}: a region, addresses, or both, addresses first.
 * @category Endpoints
 * @since 0.1.0
 */
export interface EndpointOptions {
  readonly region?: string | undefined
  readonly endpoint?: string | undefined
  readonly iamEndpoint?: string | undefined
  readonly stsEndpoint?: string | undefined
  /** The project that calls are for, where it is not the region's own. */
  readonly project?: ProjectReference | undefined
  /** Addresses for the region that come before those that it is known by. */
  readonly overrides?: RegionOverrides.RegionOverrides | undefined
  /** The algorithm of access keys: SDK-HMAC-SHA256 by default; V11-HMAC-SHA256 needs a region. */
  readonly signing?: string | undefined
}

/** The service of `Endpoint` by its key, without the layer that reads the environment. */
export const endpointService = Context.Service<
  Context.ServiceClass.Shape<"@cbr/client/Endpoint", Addresses>,
  Addresses
>("@cbr/client/Endpoint")

/** The addresses that a region or an address stands for: see `Endpoint`. */
export const makeAddresses = Effect.fnUntraced(function* (
  options: EndpointOptions
): Effect.fn.Return<Addresses, InvalidRequest | NoCredentials> {
  const { endpoint, iamEndpoint, overrides, project, region, stsEndpoint } = options
  if (region !== undefined && !isRegionId(region)) {
    return yield* new InvalidRequest({ detail: { code: "not-a-region", region, nearest: nearestRegions(region) } })
  }
  const cbrAddress = endpoint ?? overrides?.cbr
  const iamAddress = iamEndpoint ?? overrides?.iam
  const known = region === undefined ? undefined : findRegion(region)
  const cbr = cbrAddress === undefined ? known?.cbr : yield* origin("endpoint", cbrAddress)
  const iam = iamAddress === undefined ? known?.iam : yield* origin("iam-endpoint", iamAddress)
  if (cbr === undefined) {
    return yield* region === undefined
      ? new NoCredentials({ detail: { code: "no-endpoint" } })
      : new InvalidRequest({ detail: { code: "region-without-cbr", region, nearest: nearestRegions(region) } })
  }
  if (region !== undefined && project !== undefined && !isOfRegion(project, region)) {
    return yield* new InvalidRequest({
      detail: { code: "project-of-other-region", project: project.name ?? "", region }
    })
  }
  const sts = stsEndpoint === undefined ? known?.sts : yield* origin("sts-endpoint", stsEndpoint)
  const signing = yield* algorithm(options)
  return {
    cbr,
    iam,
    region,
    ...omitUndefined({ sts, project, signing })
  }
})

/** The region and service of an endpoint's derived signatures; `undefined` if it signs with SDK-HMAC-SHA256. */
export const derivedScope = <Service extends "cbr" | "iam">(
  { region, signing }: Addresses,
  service: Service
): { readonly region: string; readonly service: Service } | undefined =>
  signing === "V11-HMAC-SHA256" && region !== undefined ? { region, service } : undefined

/** Whether a project may be of a region, by its name. */
const isOfRegion = ({ name = "" }: ProjectReference, region: string): boolean =>
  (regionOfProject(name) ?? region) === region || name.startsWith(`${region}_`)

const algorithm = ({
  region,
  signing
}: EndpointOptions): Effect.Effect<SigningAlgorithm | undefined, InvalidRequest> => {
  if (signing === undefined || signing === "SDK-HMAC-SHA256") return Effect.succeed(signing)
  if (signing !== "V11-HMAC-SHA256") {
    return Effect.fail(new InvalidRequest({ detail: { code: "signing-unsupported", algorithm: signing } }))
  }
  return region === undefined
    ? Effect.fail(new InvalidRequest({ detail: { code: "signing-needs-region" } }))
    : Effect.succeed(signing)
}

const origin = (setting: AddressSetting, text: string): Effect.Effect<string, InvalidRequest> => {
  const url = addressOf(text)
  return url instanceof URL
    ? Effect.succeed(url.origin)
    : Effect.fail(new InvalidRequest({ detail: { code: "not-an-address", setting, fault: url } }))
}

/** An address, or why it is no origin; it is not repeated then, since it may hold a password. */
const addressOf = (text: string): URL | AddressFault => {
  if (!URL.canParse(text)) return "no-url"
  const url = new URL(text)
  if (url.protocol !== "https:" && url.protocol !== "http:") return "no-http"
  if (url.username !== "" || url.password !== "") return "with-user"
  if (url.pathname !== "/") return "with-path"
  return url.search === "" && url.hash === "" ? url : "with-query"
}
