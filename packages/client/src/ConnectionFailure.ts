import type * as HttpClientError from "effect/http/HttpClientError"
import { ConnectionFailed, InvalidRequest } from "./ShowBackupError.ts"

/**
 * What a transport's error means: which step of reaching the service failed.
 * The message names the host and the step; never a header.
 */
export const fromHttpClientError = (
  error: HttpClientError.HttpClientError,
  origin: string
): ConnectionFailed | InvalidRequest => {
  switch (error.reason._tag) {
    case "InvalidUrlError":
    case "EncodeError":
      return new InvalidRequest({ message: `${origin} cannot be called: the address is not valid` })
    default: {
      const code = systemCode(error)
      const reason = reasonOf(code)
      const suffix = code === undefined ? "" : ` (${code})`
      const sentence = isProxys(code) ? proxysRefusal : sentences[reason]
      return new ConnectionFailed({ message: `${sentence(new URL(origin).host)}${suffix}`, reason })
    }
  }
}

type Reason = ConnectionFailed["reason"]

const sentences: Readonly<Record<Reason, (host: string) => string>> = {
  Dns: (host) => `the name ${host} could not be found in DNS`,
  Connect: (host) => `no connection to ${host}`,
  Tls: (host) => `the certificate of ${host} is not trusted, or TLS failed`,
  Broken: (host) => `the connection to ${host} broke before the answer was complete`
}

const proxysRefusal = (host: string) => `the proxy on the way opened no connection to ${host}`

/** What the transports of Node say when a proxy answers CONNECT with a refusal. */
const isProxys = (code: string | undefined) => code === "ERR_PROXY_TUNNEL" || code === "UND_ERR_ABORTED"

const reasonOf = (code: string | undefined): Reason => {
  if (code === undefined) return "Broken"
  if (isProxys(code)) return "Connect"
  if (/^(?:ENOTFOUND|ENODATA|EAI_[A-Z]+)$/.test(code)) return "Dns"
  if (/^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ETIMEDOUT|EACCES|UND_ERR_CONNECT_TIMEOUT)$/.test(code)) {
    return "Connect"
  }
  return /CERT|TLS|SSL|SIGNATURE|ISSUER|SELF_SIGNED|EPROTO/.test(code) ? "Tls" : "Broken"
}

/** The operating system's or transport's code, wherever in the chain of causes it stands. */
const systemCode = (error: HttpClientError.HttpClientError): string | undefined => {
  const pending: Array<unknown> = ["cause" in error.reason ? error.reason.cause : undefined]
  for (let seen = 0; seen < 10 && pending.length > 0; seen++) {
    const cause = pending.shift()
    if (typeof cause !== "object" || cause === null) continue
    if ("code" in cause && typeof cause.code === "string") return cause.code
    if ("cause" in cause) pending.push(cause.cause)
    if ("errors" in cause && Array.isArray(cause.errors)) pending.push(...cause.errors)
  }
  return undefined
}
