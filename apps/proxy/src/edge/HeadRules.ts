import { Refusal } from "./Refusal.ts"
import { type RequestHead, valuesOf } from "./RequestHead.ts"

/** Header fields of one request. Beyond a parser's own cap, fields get lost without a word. */
const mostFields = 64

/** Characters of a request target. */
const longestTarget = 2048

/**
 * What is wrong with a head, if anything. Node's parser lets all of this
 * through, and each of it is read differently by different parties on the
 * way: whoever checks must not see another request than whoever serves.
 *
 * @source RFC 9112, sections 2.3, 3.2 and 6; RFC 3986, section 3.3
 */
export const refusalOf = (head: RequestHead): Refusal | undefined => {
  if (head.version !== "1.1" && head.version !== "1.0") {
    return new Refusal({
      reason: "VersionNotSupported",
      message: "the request line names no version 1.0 or 1.1 of HTTP"
    })
  }
  if (head.fields.length > mostFields) {
    return new Refusal({ reason: "HeadTooLarge", message: `the request has more than ${mostFields} header fields` })
  }
  if (head.target.length > longestTarget) {
    return new Refusal({
      reason: "TargetTooLong",
      message: `the request target has more than ${longestTarget} characters`
    })
  }
  const wrong = wrongHost(head) ?? wrongFraming(head) ?? wrongTarget(head.target)
  return wrong === undefined ? undefined : new Refusal({ reason: "BadRequest", message: wrong })
}

const host = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/

const wrongHost = (head: RequestHead): string | undefined => {
  const [only, ...more] = valuesOf(head, "host")
  if (only === undefined) return "the request has no Host"
  if (more.length > 0) return "the request has more than one Host"
  return host.test(only) ? undefined : "Host is not a name or an address with an optional port"
}

const wrongFraming = (head: RequestHead): string | undefined => {
  const lengths = valuesOf(head, "content-length")
  const codings = valuesOf(head, "transfer-encoding")
  if (lengths.length + codings.length > 1) return "the length of the body is given more than once"
  if (lengths.some((length) => !/^(?:0|[1-9]\d{0,15})$/.test(length))) return "Content-Length is not a plain number"
  if (codings.some((coding) => coding.toLowerCase() !== "chunked")) return "Transfer-Encoding is not chunked"
  if (codings.length > 0 && head.version === "1.0") return "HTTP/1.0 has no Transfer-Encoding"
  const hasBody = codings.length > 0 || lengths.some((length) => length !== "0")
  return hasBody && (head.method === "GET" || head.method === "HEAD") ? "a GET has no body" : undefined
}

/** Nothing is ever decoded, so an escape cannot be part of a path that is served. */
const path = /^(?:\/[A-Za-z0-9\-._~!$&'()*+,=:@]*)+$/
const query = /^[A-Za-z0-9\-._~!$&'()*+,=:@;/?%]*$/

const wrongTarget = (target: string): string | undefined => {
  if (!target.startsWith("/")) return "the request target is not a path"
  const mark = target.indexOf("?")
  const segments = mark < 0 ? target : target.slice(0, mark)
  if (!path.test(segments)) return "the path has a character or an escape that no path here has"
  if (segments.includes("//")) return "the path has an empty segment"
  if (/\/\.{1,2}(?:\/|$)/.test(segments)) return "the path has a dot segment"
  return mark < 0 || query.test(target.slice(mark + 1)) ? undefined : "the query has a character that must be escaped"
}
