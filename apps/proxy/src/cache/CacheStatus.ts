/**
 * The cache's part in an answer, in the words of RFC 9211. The key is not
 * told: it names the credential upstream.
 */
export interface CacheStatus {
  readonly hit: boolean
  /** Seconds that the answer stays fresh; negative when it is stale. */
  readonly ttl?: number
  /** Why the cloud was asked. */
  readonly fwd?: "uri-miss" | "stale" | "request"
  /** The status that the cloud answered, if it did. */
  readonly fwdStatus?: number
  readonly stored?: boolean
  /** Whether another request had asked already. */
  readonly collapsed?: boolean
  readonly detail?: string
}

/** The value of `Cache-Status`. */
export const fieldOf = ({ collapsed, detail, fwd, fwdStatus, hit, stored, ttl }: CacheStatus): string => {
  let field = hit ? "cbr-proxy; hit" : "cbr-proxy"
  if (fwd !== undefined) field += `; fwd=${fwd}`
  if (fwdStatus !== undefined) field += `; fwd-status=${fwdStatus}`
  if (ttl !== undefined) field += `; ttl=${ttl}`
  if (stored === true) field += "; stored"
  if (collapsed === true) field += "; collapsed"
  return detail === undefined ? field : `${field}; detail=${detail}`
}

/** One word for logs and metrics. */
export type CacheLabel = "hit" | "stale" | "miss" | "collapsed" | "none"

/** The label of a request: `none` if it asked for cached answers alone, and the cache had none. */
export const labelOf = (status: CacheStatus): CacheLabel => {
  if (status.hit) return (status.ttl ?? 0) < 0 ? "stale" : "hit"
  if (status.fwd === undefined) return "none"
  return status.collapsed === true ? "collapsed" : "miss"
}
