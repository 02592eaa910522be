import { closestMatch } from "leven"

/**
 * A region of the cloud that serves CBR, and where.
 * @category Endpoints
 * @since 0.1.0
 */
export interface Region {
  /** Such as `cn-north-4`; also the name of the default project in it. */
  readonly id: string
  /** Origin of CBR. */
  readonly cbr: string
  /** Origin of IAM; the cloud's own where the region has none. */
  readonly iam: string
  /** Origin of STS, where the region is known to have one. */
  readonly sts?: string
}

/**
 * The endpoints that a region's id stands for: `https://cbr.<region>.myhuaweicloud.com`
 * and its IAM, with the domains that Europe and Open Telekom Cloud use.
 *
 * @param region a region id: see {@link isRegionId}
 * @example
 * ```ts
 * endpointsOf("cn-north-4").cbr // "https://cbr.cn-north-4.myhuaweicloud.com"
 * ```
 * @category Endpoints
 * @since 0.1.0
 */
export const endpointsOf = (region: string): { readonly cbr: string; readonly iam: string } => {
  const domain = domains.get(region) ?? "myhuaweicloud.com"
  return {
    cbr: `https://cbr.${region}.${domain}`,
    iam: withoutIam.includes(region) ? "https://iam.myhuaweicloud.com" : `https://iam.${region}.${domain}`
  }
}

const domains: ReadonlyMap<string, string> = new Map([
  ["eu-west-101", "myhuaweicloud.eu"],
  ["eu-de", "otc.t-systems.com"],
  ["eu-nl", "otc.t-systems.com"]
])

const listed = (ids: string): ReadonlyArray<string> => ids.trim().split(/\s+/)

/** Regions for which the SDKs list no IAM. */
const withoutIam = listed("af-north-1 ap-southeast-5 cn-north-11 cn-north-12 cn-south-4 cn-southwest-3 ru-northwest-2")

/** Regions for which the SDKs list an STS. */
const withSts = listed(`
  af-south-1 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 cn-east-3 cn-north-4 cn-south-1
  cn-southwest-2 la-south-2 sa-brazil-1 tr-west-1
`)

/**
 * Every region that is known to serve CBR: Huawei Cloud's, Europe's and Open Telekom Cloud's.
 * @category Endpoints
 * @since 0.1.0
 */
export const regions: ReadonlyArray<Region> = listed(`
  ae-ad-1 af-north-1 af-south-1
  ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5
  cn-east-2 cn-east-3 cn-east-4 cn-east-5
  cn-north-1 cn-north-2 cn-north-4 cn-north-9 cn-north-11 cn-north-12
  cn-south-1 cn-south-2 cn-south-4 cn-southwest-2 cn-southwest-3
  eu-de eu-nl eu-west-0 eu-west-101
  la-north-2 la-south-2 me-east-1 my-kualalumpur-1 na-mexico-1
  ru-moscow-1 ru-northwest-2 sa-brazil-1 tr-west-1
`).map((id) => ({
  id,
  ...endpointsOf(id),
  ...(withSts.includes(id) ? { sts: `https://sts.${id}.myhuaweicloud.com` } : {})
}))

/**
 * The region of an id, where it is known.
 * @category Endpoints
 * @since 0.1.0
 */
export const findRegion = (id: string): Region | undefined => regions.find((region) => region.id === id)

/**
 * The known regions whose ids come closest to a text, up to three, the closest
 * first; none where nothing is close.
 *
 * @example
 * ```ts
 * nearestRegions("cn-noth-4") // ["cn-north-4", "cn-north-1", "cn-north-2"]
 * ```
 * @category Endpoints
 * @since 0.1.0
 */
export const nearestRegions = (text: string): ReadonlyArray<string> => {
  const left = regions.map(({ id }) => id)
  const found: Array<string> = []
  while (found.length < 3) {
    const nearest = closestMatch(text.toLowerCase().slice(0, longestCompared), left, { maxDistance: furthest })
    if (nearest === undefined) break
    found.push(nearest)
    left.splice(left.indexOf(nearest), 1)
  }
  return found
}

/** Edits between a text and a region that it may have meant. */
const furthest = 3

const longestCompared = 64

/**
 * Whether a text can be a region's id; only such a text becomes a part of a host name.
 * @category Endpoints
 * @since 0.1.0
 */
export const isRegionId = (text: string): boolean => /^[a-z]{2}(?:-[a-z]+)+-\d{1,3}$|^eu-(?:de|nl)$/.test(text)

/**
 * The region that a project's name tells: its own has the region's name, and
 * any other of it begins with that and `_`. Only a region that is known.
 */
export const regionOfProject = (name: string): string | undefined => {
  const [start = ""] = name.split("_")
  return findRegion(start)?.id
}
