import { omitUndefined } from "@cbr/domain"
import type * as HttpClientError from "effect/http/HttpClientError"
import { causesOf, errorsOf } from "./causesOf.ts"
import type { FailureCode, FailureDetail } from "./FailureDetails.ts"
import { property, textAt } from "./property.ts"
import { ConnectionFailed, InvalidRequest, withCause } from "./ShowBackupError.ts"

/**
 * Makes the failure of a transport's error: the step of reaching the service that failed. The message names the host
 * and the step; never a header.
 */
export const fromHttpClientError = (
  error: HttpClientError.HttpClientError,
  origin: string
): ConnectionFailed | InvalidRequest => {
  const failed = error.reason
  if (failed._tag === "InvalidUrlError" || failed._tag === "EncodeError") {
    return new InvalidRequest({ detail: { code: "address-not-callable", origin } })
  }
  const { cause } = failed
  const fault = systemFault(cause)
  const { host } = new URL(origin)
  if (failed._tag === "TransportError" && !isOfNetwork(cause, fault?.code)) {
    if (isStandIn(cause)) return new InvalidRequest({ detail: { code: "undici-missing" } })
    const name = cause instanceof Error ? cause.name : typeof cause
    const detail = { code: "no-answer", host, error: name } as const
    return withCause(new ConnectionFailed({ detail, reason: "NoAnswer" }), cause)
  }
  const reason = reasonOf(fault)
  const isOfTunnel = isProxys(fault?.code)
  const detail: FailureDetail = {
    code: isOfTunnel && reason !== "ProxyLogin" ? "tunnel-refused" : codes[reason],
    ...((isOfTunnel ? undefined : proxyOf(fault, origin)) ?? { host }),
    ...omitUndefined({ system_code: fault?.code })
  }
  return new ConnectionFailed({ detail, reason })
}

/** The reasons but `NoAnswer`, which names no step. */
type Reason = Exclude<ConnectionFailed["reason"], "NoAnswer">

/**
 * Whether the network failed: by a code of the operating system, of undici, of an HTTP parser or of TLS. The error of
 * undici's own parser has only a name, that of Deno's `fetch` its words, and that of workerd's the advice to retry.
 */
const isOfNetwork = (cause: unknown, code: string | undefined): boolean =>
  code === undefined ? causesOf(cause).some(tellsOfNetwork) : knownCodes.test(code)

// Node's `fetch` says `UND_ERR_INVALID_ARG` of a dispatcher that another undici made.
const knownCodes =
  /^(?:E(?:AI_[A-Z]+|ACCES|ADDRNOTAVAIL|CONN(?:ABORTED|REFUSED|RESET)|HOST(?:DOWN|UNREACH)|NET(?:DOWN|RESET|UNREACH)|NOTCONN|NOTFOUND|PIPE|PROTO|TIMEDOUT)|ENODATA|ERR_(?:HTTP2|PROXY|SOCKET|STREAM)_\w+|UND_ERR_(?!INVALID|NOT_SUPPORTED)\w+|HPE_\w+)$|CERT|TLS|SSL|SIGNATURE|ISSUER/

const tellsOfNetwork = (cause: unknown): boolean =>
  property(cause, "name") === "HTTPParserError" ||
  textAt(cause, "message")?.startsWith("error sending request") === true ||
  property(cause, "retryable") === true

/** Bun's undici has the classes of a dispatcher, and none of their methods. */
const isStandIn = (cause: unknown): boolean =>
  cause instanceof TypeError && /\bdispatcher\.\w+ is not a function/.test(cause.message)

/** The proxy, if the failed look-up or connection was not the origin's: a transport calls no third host. */
const proxyOf = (fault: SystemFault | undefined, origin: string) => {
  if (fault === undefined) return undefined
  const { hostname, port, protocol } = new URL(origin)
  if (fault.hostname !== undefined && fault.hostname !== hostname)
    return { host: fault.hostname, isProxy: true } as const
  return fault.port !== undefined && fault.port !== Number(port || (protocol === "http:" ? 80 : 443))
    ? ({ host: `${fault.address}:${fault.port}`, isProxy: true } as const)
    : undefined
}

const codes = {
  Dns: "name-not-found",
  Connect: "not-connected",
  ProxyLogin: "proxy-wants-login",
  Tls: "certificate-not-trusted",
  NotTls: "no-tls",
  Broken: "connection-broken"
} as const satisfies Readonly<Record<Reason, FailureCode>>

/** Whether the code is that of Node's transports for a proxy that refuses CONNECT. */
const isProxys = (code: string | undefined) => code === "ERR_PROXY_TUNNEL" || code === "UND_ERR_ABORTED"

/** Whether the proxy demands a name and a password; only the transport's words have the status. */
const isProxysDemand = ({ code, message }: SystemFault) => isProxys(code) && /\b407\b/.test(message)

const reasonOf = (fault: SystemFault | undefined): Reason => {
  if (fault === undefined) return "Broken"
  if (isNotTls(fault)) return "NotTls"
  if (isProxysDemand(fault)) return "ProxyLogin"
  const { code } = fault
  if (isProxys(code)) return "Connect"
  if (/^(?:ENOTFOUND|ENODATA|EAI_[A-Z]+)$/.test(code)) return "Dns"
  if (/^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ETIMEDOUT|EACCES|UND_ERR_CONNECT_TIMEOUT)$/.test(code)) {
    return "Connect"
  }
  return /CERT|TLS|SSL|SIGNATURE|ISSUER|SELF_SIGNED|EPROTO/.test(code) ? "Tls" : "Broken"
}

/** Whether the server speaks no TLS, by its first bytes; the code EPROTO stands for other faults too. */
const isNotTls = ({ code, message }: SystemFault): boolean =>
  /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/.test(code) ||
  (code === "EPROTO" && /wrong version number|packet length too long|http request/.test(message))

interface SystemFault {
  readonly code: string
  readonly message: string
  /** The name that was looked up. */
  readonly hostname: string | undefined
  /** The address of the connection. */
  readonly address: string | undefined
  readonly port: number | undefined
}

/** The operating system's or transport's code and words, from the nearest cause that has a code. */
const systemFault = (failed: unknown): SystemFault | undefined => {
  const cause = causesOf(failed).find((each) => textAt(each, "code") !== undefined)
  if (cause === undefined) return undefined
  // A name has several addresses; the first one stands for all.
  const [tried = cause] = errorsOf(cause)
  const [address, port] = [textAt(tried, "address"), property(tried, "port")]
  return {
    code: textAt(cause, "code") ?? "",
    message: textAt(cause, "message") ?? "",
    hostname: textAt(cause, "hostname"),
    address: address?.includes(":") === true ? `[${address}]` : address,
    port: address !== undefined && typeof port === "number" ? port : undefined
  }
}
