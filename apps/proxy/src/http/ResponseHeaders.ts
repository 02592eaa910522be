/**
 * Fields of every answer, names and values in turn.
 *
 * @param proxy_request_id the proxy's own id of the exchange
 */
export const responseHeaders = (proxy_request_id: string): ReadonlyArray<string> => [
  "x-cbr-proxy-request-id",
  proxy_request_id,
  "x-content-type-options",
  "nosniff"
]

/** Of an answer that says nothing of its own: without it a shared cache may keep what `X-Auth-Token` protects. */
export const noStore: ReadonlyArray<string> = ["cache-control", "no-store"]
