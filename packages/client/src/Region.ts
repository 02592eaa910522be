/**
 * The endpoints of a region: `https://cbr.<region>.myhuaweicloud.com` and its
 * IAM, with the domains that Europe and Open Telekom Cloud use.
 *
 * @param region a region id: see {@link isRegionId}
 * @example
 * ```ts
 * endpointsOf("cn-north-4").cbr // "https://cbr.cn-north-4.myhuaweicloud.com"
 * ```
 */
export const endpointsOf = (region: string): { readonly cbr: string; readonly iam: string } => {
  const domain = domains.get(region) ?? "myhuaweicloud.com"
  return { cbr: `https://cbr.${region}.${domain}`, iam: `https://iam.${region}.${domain}` }
}

const domains: ReadonlyMap<string, string> = new Map([
  ["eu-west-101", "myhuaweicloud.eu"],
  ["eu-de", "otc.t-systems.com"],
  ["eu-nl", "otc.t-systems.com"]
])

/** Whether a text can be a region's id; only such a text becomes a part of a host name. */
export const isRegionId = (text: string): boolean => /^[a-z]{2}(?:-[a-z]+)+-\d{1,3}$|^eu-(?:de|nl)$/.test(text)
