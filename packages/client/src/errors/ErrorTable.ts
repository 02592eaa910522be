import type { LocalizedText } from "@cbr/domain"
import * as Record from "effect/Record"
import type { FailureCode } from "./FailureDetails.ts"
import { serviceCode } from "./ServiceCodes.ts"
import type { ConnectionFailed } from "./ShowBackupError.ts"
import type { WaitUntilError } from "./WaitUntilError.ts"

/**
 * The facts about one kind of error.
 * @category Errors
 * @since 0.1.0
 */
export interface ErrorKind {
  /** Name in URLs, JSON and documentation. */
  readonly slug: string
  /** A few words for a headline. */
  readonly title: LocalizedText
  /** Whether the same call may succeed later with nothing changed. */
  readonly retryable: boolean
  /** Exit code of the command line; a stable contract. */
  readonly exitCode: number
  /** HTTP status that a proxy answers with. */
  readonly httpStatus: number
  /** The advice. */
  readonly hint: LocalizedText
}

type Tag = WaitUntilError["_tag"]

/** The facts for programs: retry, exit code of the command line, status of the proxy. */
const facts: Readonly<Record<Tag, Omit<ErrorKind, "title" | "hint">>> = {
  InvalidRequest: { slug: "invalid-request", retryable: false, exitCode: 2, httpStatus: 400 },
  NoCredentials: { slug: "no-credentials", retryable: false, exitCode: 3, httpStatus: 502 },
  AuthenticationFailed: { slug: "authentication-failed", retryable: false, exitCode: 4, httpStatus: 502 },
  PermissionDenied: { slug: "permission-denied", retryable: false, exitCode: 4, httpStatus: 403 },
  RequestRefused: { slug: "request-refused", retryable: false, exitCode: 4, httpStatus: 400 },
  BackupNotFound: { slug: "backup-not-found", retryable: false, exitCode: 5, httpStatus: 404 },
  RateLimited: { slug: "rate-limited", retryable: true, exitCode: 6, httpStatus: 429 },
  ServiceUnavailable: { slug: "service-unavailable", retryable: true, exitCode: 7, httpStatus: 503 },
  MalformedResponse: { slug: "malformed-response", retryable: false, exitCode: 11, httpStatus: 502 },
  ResponseTooLarge: { slug: "response-too-large", retryable: false, exitCode: 11, httpStatus: 502 },
  ConnectionFailed: { slug: "connection-failed", retryable: true, exitCode: 8, httpStatus: 502 },
  TimedOut: { slug: "timed-out", retryable: true, exitCode: 10, httpStatus: 504 },
  OtherStatus: { slug: "other-status", retryable: false, exitCode: 11, httpStatus: 502 },
  ConditionImpossible: { slug: "condition-impossible", retryable: false, exitCode: 9, httpStatus: 409 },
  ConditionTimedOut: { slug: "condition-timed-out", retryable: true, exitCode: 10, httpStatus: 504 }
}

const titles: Readonly<Record<Tag, LocalizedText>> = {
  InvalidRequest: { en: "invalid request", zh: "请求无效" },
  NoCredentials: { en: "no credentials or endpoint", zh: "缺少凭证或终端节点" },
  AuthenticationFailed: { en: "authentication failed", zh: "认证失败" },
  PermissionDenied: { en: "permission denied", zh: "没有权限" },
  RequestRefused: { en: "request refused", zh: "请求被拒绝" },
  BackupNotFound: { en: "backup not found", zh: "备份不存在" },
  RateLimited: { en: "rate limited", zh: "请求过于频繁" },
  ServiceUnavailable: { en: "service unavailable", zh: "服务不可用" },
  MalformedResponse: { en: "answer not understood", zh: "无法理解响应" },
  ResponseTooLarge: { en: "answer too large", zh: "响应过大" },
  ConnectionFailed: { en: "connection failed", zh: "连接失败" },
  TimedOut: { en: "timed out", zh: "超时" },
  OtherStatus: { en: "unexpected answer", zh: "意外的响应" },
  ConditionImpossible: { en: "condition can no longer come true", zh: "条件已无法满足" },
  ConditionTimedOut: { en: "condition not met in time", zh: "条件未能按时满足" }
}

const hints: Readonly<Record<Tag, LocalizedText>> = {
  InvalidRequest: { en: "correct the id or the address; nothing was sent", zh: "请更正 ID 或地址；尚未发送任何请求" },
  NoCredentials: {
    en: "set CBR_REGION or CBR_ENDPOINT, and HUAWEICLOUD_SDK_AK with HUAWEICLOUD_SDK_SK, or CBR_TOKEN; nothing was sent",
    zh: "请设置 CBR_REGION 或 CBR_ENDPOINT，以及 HUAWEICLOUD_SDK_AK 和 HUAWEICLOUD_SDK_SK，或 CBR_TOKEN；尚未发送任何请求"
  },
  AuthenticationFailed: {
    en: "check the key or token and its region; don't repeat the call with the same key: five failures lock it",
    zh: "请检查密钥或 Token 及其区域；不要用同一密钥重试：连续失败五次会被锁定"
  },
  PermissionDenied: {
    en: "check the project id, and that the user may read CBR backups in it",
    zh: "请检查项目 ID，以及该用户是否有权查看其中的 CBR 备份"
  },
  RequestRefused: {
    en: "correct what CBR names: it refuses the same request again",
    zh: "请按 CBR 所述更正请求：同样的请求会再次被拒绝"
  },
  BackupNotFound: {
    en: "check the backup id, the project and the region; a deleted backup answers 404 too",
    zh: "请检查备份 ID、项目和区域；已删除的备份同样返回 404"
  },
  RateLimited: { en: "wait, then call again, less often", zh: "请稍候再试，并降低调用频率" },
  ServiceUnavailable: {
    en: "call again later; quote the request id to the service's support if it lasts",
    zh: "请稍后重试；若持续出现，请向技术支持提供请求 ID"
  },
  MalformedResponse: {
    en: "check that the endpoint is CBR's, and that no portal or proxy answers in its place",
    zh: "请确认终端节点是 CBR 的，且没有其他门户或代理代为应答"
  },
  ResponseTooLarge: {
    en: "check that the endpoint is CBR's: its answers stay far below the limit",
    zh: "请确认终端节点是 CBR 的：其响应远小于此上限"
  },
  ConnectionFailed: {
    en: "check the endpoint, the region and the network between here and there",
    zh: "请检查终端节点、区域以及网络连接"
  },
  TimedOut: { en: "call again, or allow more time", zh: "请重试，或延长超时时间" },
  OtherStatus: {
    en: "check the endpoint and the region: this does not look like CBR's API",
    zh: "请检查终端节点和区域：这不像是 CBR 的 API"
  },
  ConditionImpossible: {
    en: "look at the backup: waiting longer does not help",
    zh: "请查看该备份的状态；继续等待无济于事"
  },
  ConditionTimedOut: { en: "wait again, or allow more time", zh: "请再次等待，或延长等待时间" }
}

/**
 * The facts about each kind of error. The command line and the proxy read this table and have no other.
 * @category Errors
 * @since 0.1.0
 */
export const ErrorTable: Readonly<Record<WaitUntilError["_tag"], ErrorKind>> = Record.map(facts, (kind, tag) => ({
  ...kind,
  title: titles[tag],
  hint: hints[tag]
}))

/**
 * Whether the same call may succeed later with nothing changed.
 * A certificate stays untrusted, and a port without TLS, a proxy's demand for a password and an error of no known
 * network failure last too. Of the server's failures only 500, 502, 503 and 504 pass: a 501 or 505 does not.
 * @category Errors
 * @since 0.1.0
 */
export const isRetryable = (error: WaitUntilError): boolean => {
  switch (error._tag) {
    case "ConnectionFailed":
      return ["Dns", "Connect", "Broken"].includes(error.reason)
    case "ServiceUnavailable":
      return error.status_code === undefined || [500, 502, 503, 504].includes(error.status_code)
    default:
      return ErrorTable[error._tag].retryable
  }
}

/**
 * The advice for an error, as precise as the service's code allows.
 * @category Errors
 * @since 0.1.0
 */
export const hintOf = (error: WaitUntilError): LocalizedText => {
  const precise =
    detailHints[error.detail.code] ?? (error._tag === "ConnectionFailed" ? connectionHints[error.reason] : undefined)
  if (precise !== undefined) return precise
  if ("status_code" in error && error.status_code !== undefined) {
    const { error_code, error_msg, proxy_request_id, status_code } = error
    const known = serviceCode({ status_code, error_code, error_msg, proxy_request_id })
    if (known?.kind === error._tag && known.hint !== undefined) return known.hint
  }
  return ErrorTable[error._tag].hint
}

const detailHints: Readonly<Partial<Record<FailureCode, LocalizedText>>> = {
  "no-backup-of-resource": {
    en: "check the name or id of the server or disk, the project and the region",
    zh: "请检查服务器或磁盘的名称或 ID、项目和区域"
  },
  "several-resources": {
    en: "name one of them by its id, in place of the name",
    zh: "请用其中一个的 ID 代替名称"
  },
  "list-parameters-malformed": {
    en: "correct the filter; nothing was sent",
    zh: "请更正筛选条件；尚未发送任何请求"
  }
}

const connectionHints: Readonly<Partial<Record<ConnectionFailed["reason"], LocalizedText>>> = {
  Tls: {
    en: "check the endpoint; for a private certificate authority point NODE_EXTRA_CA_CERTS at its certificate",
    zh: "请检查终端节点；若使用私有 CA，请用 NODE_EXTRA_CA_CERTS 指定其证书"
  },
  NotTls: {
    en: "check the port of the endpoint, or call it by http:// if it is meant to be open",
    zh: "请检查终端节点的端口；若该端口本应为明文，请使用 http://"
  },
  NoAnswer: {
    en: "see its cause; in a browser, the service may allow no call from the page (CORS)",
    zh: "请查看其 cause；在浏览器中，服务可能不允许该网页调用（CORS）"
  },
  ProxyLogin: {
    en: "give the proxy's name and password in HTTPS_PROXY, as http://USER:PASSWORD@HOST:PORT; a sign such as @ or % as %40 or %25",
    zh: "请在 HTTPS_PROXY 中给出代理的用户名和密码，即 http://USER:PASSWORD@HOST:PORT；其中 @、% 等符号写作 %40、%25"
  }
}
