import { ProxyError } from "../problems/ProxyError.ts"
import { declaresEmptyJsonBody } from "./EmptyJsonBody.ts"
import type { HttpLimits } from "./HttpLimits.ts"
import type { IsPublicHost } from "./PublicHosts.ts"
import { type RequestHead, valuesOf } from "./RequestHead.ts"

/** The requirements for a head beyond HTTP itself. */
export interface RequestRequirements {
  readonly limits: HttpLimits
  readonly isPublicHost: IsPublicHost
}

const refusal = (reason: ProxyError["reason"], message: string) => new ProxyError({ reason, message })

/**
 * The error of a head, if it has any. Node's parser lets all of these heads through, and parties on the way read them
 * differently: a checker in front must not see another request than the server.
 *
 * @source RFC 9112, sections 2.3, 3.2 and 6; RFC 9110, sections 7.4 and 10.1.1; RFC 3986, section 3.3
 */
export const validateHead = (
  head: RequestHead,
  { limits, isPublicHost }: RequestRequirements
): ProxyError | undefined => {
  const isPlain = head.method === "GET" && !head.fields.some(isWeighed)
  return (
    unreadable(head, limits) ??
    malformed(wrongHost(head) ?? (isPlain ? undefined : wrongFraming(head)) ?? wrongTarget(head.target)) ??
    (isHealthCheck(head) ? undefined : misdirected(head, isPublicHost)) ??
    (isPlain ? undefined : unwelcome(head, limits))
  )
}

/** The path by which a balancer checks that the process answers. */
export const healthPath = "/-/healthz"

/** A balancer asks by whatever name or address it has, HAProxy by none at all; the answer is the same for every caller. */
const isHealthCheck = ({ method, target }: RequestHead): boolean =>
  target === healthPath && (method === "GET" || method === "HEAD")

/** Fields that say how a body comes, or why a request may be unwelcome; most have none of them. */
const weighed: ReadonlySet<string> = new Set([
  "content-encoding",
  "content-length",
  "expect",
  "origin",
  "sec-fetch-mode",
  "sec-fetch-site",
  "transfer-encoding"
])

const isWeighed = (field: RequestHead["fields"][number]): boolean => weighed.has(field[0])

const unreadable = (head: RequestHead, limits: HttpLimits): ProxyError | undefined => {
  if (head.version !== "1.1" && head.version !== "1.0") {
    return refusal("VersionNotSupported", "the request line names no version 1.0 or 1.1 of HTTP")
  }
  if (head.fields.length > limits.fields) {
    return refusal("HeadTooLarge", `the request has more than ${limits.fields} header fields`)
  }
  return head.target.length > limits.targetLength
    ? refusal("TargetTooLong", `the request target has more than ${limits.targetLength} characters`)
    : undefined
}

const malformed = (message: string | undefined): ProxyError | undefined =>
  message === undefined ? undefined : refusal("BadRequest", message)

/** The last that was found right: most callers write the same. */
let rightHost = ""

const host = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/

const wrongHost = (head: RequestHead): string | undefined => {
  const [only, ...more] = valuesOf(head, "host")
  if (only === undefined) {
    return head.version === "1.0" && isHealthCheck(head) ? undefined : "the request has no Host"
  }
  if (more.length > 0) return "the request has more than one Host"
  if (only !== rightHost) {
    if (!host.test(only)) return "Host is not a name or an address with an optional port"
    rightHost = only
  }
  return head.authority === undefined || head.authority.toLowerCase() === only.toLowerCase()
    ? undefined
    : "the request target names another host than Host"
}

const bodiless: ReadonlySet<string> = new Set(["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"])

const wrongFraming = (head: RequestHead): string | undefined => {
  const lengths = valuesOf(head, "content-length")
  const codings = valuesOf(head, "transfer-encoding")
  if (lengths.length + codings.length > 1) return "the length of the body is given more than once"
  if (lengths.some((length) => !/^(?:0|[1-9]\d{0,15})$/.test(length))) return "Content-Length is not a plain number"
  if (codings.some((coding) => coding.toLowerCase() !== "chunked")) return "Transfer-Encoding is not chunked"
  if (codings.length > 0 && head.version === "1.0") return "HTTP/1.0 has no Transfer-Encoding"
  const hasBody = codings.length > 0 || lengths.some((length) => length !== "0")
  return hasBody && bodiless.has(head.method) && !declaresEmptyJsonBody(head) ? "the method has no body" : undefined
}

/** Nothing is ever decoded, so an escape cannot be part of a path that is served. */
const path = /^\/[A-Za-z0-9\-._~!$&'()*+,=:@/]*$/
const query = /^[A-Za-z0-9\-._~!$&'()*+,=:@;/?%]*$/

const wrongTarget = (target: string): string | undefined => {
  if (!target.startsWith("/")) return "the request target is not a path"
  const mark = target.indexOf("?")
  const segments = mark < 0 ? target : target.slice(0, mark)
  if (!path.test(segments)) return "the path has a character or an escape that no path here has"
  if (segments.includes("//") || (segments.endsWith("/") && segments !== "/"))
    return "the path has an empty segment: remove the / at its end, or the doubled one"
  if (segments.includes("/.") && /\/\.{1,2}(?:\/|$)/.test(segments)) return "the path has a dot segment"
  return mark < 0 || query.test(target.slice(mark + 1)) ? undefined : "the query has a character that must be escaped"
}

const misdirected = (head: RequestHead, isPublicHost: IsPublicHost): ProxyError | undefined => {
  const [name = ""] = valuesOf(head, "host")
  return isPublicHost(name) ? undefined : refusal("MisdirectedRequest", "the name in Host is not a name of the proxy")
}

/** The error of a well-formed head that is refused to every caller. */
const unwelcome = (head: RequestHead, limits: HttpLimits): ProxyError | undefined => {
  if (head.method === "TRACE") {
    return new ProxyError({
      reason: "MethodNotAllowed",
      message: "the proxy does not send a request back",
      headers: { allow: "GET, HEAD" }
    })
  }
  if (valuesOf(head, "expect").some((expectation) => expectation.toLowerCase() !== "100-continue")) {
    return refusal("ExpectationFailed", "the proxy cannot meet the expectation in Expect")
  }
  if (isFromAnotherSite(head)) {
    return refusal("CrossSite", "a page of another site sent the request")
  }
  if (valuesOf(head, "content-encoding").some((coding) => coding.toLowerCase() !== "identity")) {
    return refusal("UnsupportedMediaType", "the body has a content coding")
  }
  return Number(valuesOf(head, "content-length")[0] ?? 0) > limits.bodyBytes ? contentTooLarge(limits) : undefined
}

export const contentTooLarge = ({ bodyBytes }: HttpLimits): ProxyError =>
  refusal("ContentTooLarge", `the body has more than ${bodyBytes} bytes`)

/**
 * A script of another site, as browsers tell it. A link that a user follows is
 * none: it brings no credential along.
 *
 * @source Fetch Metadata Request Headers (W3C), section 2; RFC 6454, section 7
 */
export const isFromAnotherSite = (head: RequestHead): boolean => {
  const [own = ""] = valuesOf(head, "host")
  const origins = valuesOf(head, "origin")
  if (origins.some((origin) => origin.replace(/^https?:\/\//, "") !== own)) return true
  const sites = valuesOf(head, "sec-fetch-site")
  const isNavigation =
    head.method === "GET" && valuesOf(head, "sec-fetch-mode").join() === "navigate" && origins.length === 0
  return sites.some((site) => site !== "same-origin" && site !== "none") && !isNavigation
}
