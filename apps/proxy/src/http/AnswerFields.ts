/**
 * Fields of every answer.
 *
 * @param proxy_request_id the proxy's own id of the exchange
 */
export const answerFields = (proxy_request_id: string) => ({
  "x-cbr-proxy-request-id": proxy_request_id,
  // Without it a shared cache may keep what X-Auth-Token protects.
  "cache-control": "no-store",
  "x-content-type-options": "nosniff"
})
