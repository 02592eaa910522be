/**
 * An HTTP request as its signature sees it: the parts of the request line as they stand on the wire,
 * the headers and the body.
 *
 * @example
 * const request: SignableRequest = {
 *   method: "GET",
 *   path: "/v3/4229d7a45436489f8c3dc2b1d35d4987/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d",
 *   query: "",
 *   headers: { host: "cbr.cn-north-4.myhuaweicloud.com" }
 * }
 * @category Signing
 * @since 0.1.0
 */
export interface SignableRequest {
  /** In the case in which it is sent; methods are case-sensitive (RFC 9110, section 9.1). */
  readonly method: string
  /** Path as it stands in the request line (percent-encoded), without the query. */
  readonly path: string
  /** Query as it stands in the request line, without `?`; `""` when there is none. */
  readonly query: string
  /** Lower-case names. Values as sent. */
  readonly headers: Readonly<Record<string, string>>
  /** The bytes as sent; text is sent as UTF-8. Absent and empty are the same. */
  readonly body?: string | Uint8Array | undefined
}

/**
 * The value of the header of this name, in lower case.
 * A name that every JavaScript object inherits (`constructor`, `__proto__`) is absent like any other.
 */
export const headerValue = (headers: SignableRequest["headers"], name: string): string | undefined => {
  const value: unknown = headers[name]
  return typeof value === "string" ? value : undefined
}
