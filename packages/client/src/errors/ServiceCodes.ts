import type { LocalizedText } from "@cbr/domain"
import type { ShowBackupError } from "./ShowBackupError.ts"

/** The status, code and words of an answer. */
export interface CodedAnswer {
  readonly status_code: number
  readonly error_code?: string | undefined
  readonly error_msg?: string | undefined
  /** Present where `cbr-proxy` answered. */
  readonly proxy_request_id?: string | undefined
}

/**
 * The kinds of error that an answer can be.
 * @category Errors
 * @since 0.1.0
 */
export type AnsweredKind = Exclude<ShowBackupError["_tag"], "NoCredentials" | "ConnectionFailed">

/**
 * A code of the service or its gateway whose meaning is known beyond its status.
 * @category Errors
 * @since 0.1.0
 */
export interface ServiceCode {
  /** The kind of error that it is. */
  readonly kind: AnsweredKind
  /** The advice, if it differs from the kind's own. */
  readonly hint?: LocalizedText
  /** Seconds until a retry may succeed, if known without a `Retry-After`. */
  readonly retry_after?: number
}

/**
 * The kind of a status without a known code. Only CBR knows backups: a 404 of IAM is about a domain or a project.
 */
export const kindOfStatus = (status: number, code: string | undefined, isOfCbr: boolean): AnsweredKind => {
  switch (status) {
    case 401:
      return "AuthenticationFailed"
    case 403:
      return "PermissionDenied"
    case 404:
      return isOfCbr ? "BackupNotFound" : "OtherStatus"
    case 408:
      return "TimedOut"
    case 429:
      return "RateLimited"
    default:
      if (status >= 500) return "ServiceUnavailable"
      return status >= 400 && isSpeaking(code) ? "RequestRefused" : "OtherStatus"
  }
}

/** Whether a code is CBR's own, or that of `cbr-proxy` in its place: no other API refuses. */
const isSpeaking = (code: string | undefined): boolean => /^(?:BackupService|SYS|CbrProxy)\./.test(code ?? "")

interface Row extends ServiceCode {
  readonly status?: number
  /** The service's full code, or the gateway's number: its prefix varies by place. */
  readonly code?: string
  /** In the service's words, where one code has several meanings. */
  readonly text?: RegExp
}

const wrongEndpoint: LocalizedText = {
  en: "no such API at this address: check the endpoint and the region (this is not a missing backup)",
  zh: "该地址没有此 API：请检查终端节点和区域（并非备份不存在）"
}

const locked: LocalizedText = {
  en: "the key is locked after repeated failures: wait five minutes, then use the right secret",
  zh: "密钥因多次认证失败被锁定：请等待五分钟，再使用正确的 SK"
}

const expired: LocalizedText = {
  en: "check this machine's clock (it may differ by 15 minutes at most), and that a temporary key has not ended",
  zh: "请检查本机时钟（误差不得超过 15 分钟），以及临时密钥是否已过期"
}

const renewToken: LocalizedText = {
  en: "get a new token, in the region that the call goes to",
  zh: "请在调用所在区域重新获取 Token"
}

const quota: LocalizedText = {
  en: "the quota is used up or the account is frozen: ask its administrator",
  zh: "配额已用尽或账号被冻结：请联系管理员"
}

const otherProject: LocalizedText = {
  en: "the project is not one of this credential's: check the project id and the region; the credential itself was not refused",
  zh: "该项目不属于此凭证：请检查项目 ID 和区域；凭证本身并未被拒绝"
}

const unreadAddress: LocalizedText = {
  en: "check the project id and the backup id: CBR says this of an address that it cannot read, and of what is gone",
  zh: "请检查项目 ID 和备份 ID：地址无法识别，或对象已不存在时，CBR 会如此答复"
}

const wrongParameter: LocalizedText = {
  en: "check the project id and the backup id: CBR does not take one of them",
  zh: "请检查项目 ID 和备份 ID：CBR 不接受其中之一"
}

const notFoundPart: LocalizedText = {
  en: "what the backup belongs to is gone: its restore point or its resource",
  zh: "备份所属的恢复点或资源已不存在"
}

const noAgency: LocalizedText = {
  en: "give the server an agency that may read CBR backups, or set an access key",
  zh: "请为该服务器配置有权查看 CBR 备份的委托，或设置访问密钥"
}

const garbled: LocalizedText = {
  en: "the gateway cannot read the request: look for a proxy on the way that changes it",
  zh: "网关无法识别该请求：请检查途中是否有代理改动了请求"
}

const ownCode: LocalizedText = {
  en: "a code of CBR's own: the words beside it say what it means; quote the request id to its support",
  zh: "CBR 自身的错误码：其含义见随附的说明；可向技术支持提供请求 ID"
}

const largeHead: LocalizedText = {
  en: "the request's head is too large, nearly always by its token: get one without a catalog, or use an access key",
  zh: "请求头过大，通常由 Token 引起：请获取不含 catalog 的 Token，或改用访问密钥"
}

const proxysKey: LocalizedText = {
  en: "the proxy in between has no key that the cloud accepts: tell its operator",
  zh: "中间的代理没有被云服务接受的密钥：请联系其运维人员"
}

const keyForProxy: LocalizedText = {
  en: "set CBR_TOKEN to the proxy's key, which its operator gives out",
  zh: "请将 CBR_TOKEN 设置为该代理的密钥，可向其运维人员获取"
}

const scopeOfProxy: LocalizedText = {
  en: "the proxy refuses, not CBR: ask its operator for a right to this project, and for the scope that the call needs (read, list, watch, batch or purge)",
  zh: "拒绝请求的是该代理，而不是 CBR：请向其运维人员申请该项目的权限以及该调用所需的 scope（read、list、watch、batch 或 purge）"
}

/**
 * The meaning of a kind that `cbr-proxy` names in a code, where the service gave no code. By the status alone, the
 * client would retry some kinds in vain.
 */
const proxyKinds: Readonly<Record<ShowBackupError["_tag"], ServiceCode>> = {
  InvalidRequest: { kind: "InvalidRequest" },
  NoCredentials: { kind: "AuthenticationFailed", hint: proxysKey },
  AuthenticationFailed: { kind: "AuthenticationFailed", hint: proxysKey },
  PermissionDenied: { kind: "PermissionDenied" },
  RequestRefused: { kind: "RequestRefused" },
  BackupNotFound: { kind: "BackupNotFound" },
  RateLimited: { kind: "RateLimited" },
  ServiceUnavailable: { kind: "ServiceUnavailable" },
  MalformedResponse: { kind: "MalformedResponse" },
  ResponseTooLarge: { kind: "ResponseTooLarge" },
  ConnectionFailed: { kind: "ServiceUnavailable" },
  TimedOut: { kind: "TimedOut" },
  OtherStatus: { kind: "OtherStatus" }
}

const each = (codes: string, row: Omit<Row, "code">): ReadonlyArray<Row> =>
  codes.split(" ").map((code) => ({ code, ...row }))

/** First match wins. */
const rows: ReadonlyArray<Row> = [
  { code: "BackupService.6200", kind: "BackupNotFound" },
  { code: "BackupService.8600", kind: "PermissionDenied" },
  { code: "BackupService.9998", kind: "AuthenticationFailed" },
  { code: "BackupService.9900", status: 400, kind: "RequestRefused", hint: wrongParameter },
  ...each("BackupService.6217 BackupService.6302", { status: 404, kind: "BackupNotFound", hint: notFoundPart }),
  ...each("BackupService.9910 BackupService.6138 BackupService.6139", { status: 500, kind: "ServiceUnavailable" }),
  ...each("0101 0103", { kind: "OtherStatus", hint: wrongEndpoint }),
  { code: "0301", text: /reach(?:ed)? the limit/i, kind: "AuthenticationFailed", hint: locked, retry_after: 300 },
  { code: "0301", text: /signature expired/i, kind: "AuthenticationFailed", hint: expired },
  { code: "0301", text: /token/i, kind: "AuthenticationFailed", hint: renewToken },
  { code: "0301", kind: "AuthenticationFailed" },
  { code: "0307", kind: "AuthenticationFailed", hint: renewToken },
  ...each("0302 0304 0306 0310 0401 0402 0802", { status: 403, kind: "PermissionDenied" }),
  ...each("0501 0502", { status: 405, kind: "PermissionDenied", hint: quota }),
  { code: "0308", kind: "RateLimited" },
  { code: "0106", status: 400, kind: "OtherStatus", hint: garbled },
  ...[502, 504].map((status): Row => ({ code: "0201", status, kind: "ServiceUnavailable" })),
  ...[400, 413].map((status): Row => ({ code: "0201", status, kind: "OtherStatus", hint: garbled })),
  { code: "0610", status: 502, kind: "ServiceUnavailable" },
  { code: "0613", status: 503, kind: "ServiceUnavailable" },
  ...Object.entries(proxyKinds).map(([name, known]): Row => ({ code: `CbrProxy.${name}`, ...known })),
  { code: "CbrProxy.Unauthenticated", kind: "AuthenticationFailed", hint: keyForProxy },
  { code: "CbrProxy.Forbidden", kind: "PermissionDenied", hint: scopeOfProxy },
  // The words decide a 401 without a code of the gateway: only some are about the credential.
  { status: 401, text: /cloud service agency/i, kind: "PermissionDenied", hint: noAgency },
  { status: 401, text: /verify|decrypt|expire|signature|aksk|secret|password/i, kind: "AuthenticationFailed" },
  { status: 401, text: /\bprojects?\b|\btenant\b/i, kind: "PermissionDenied", hint: otherProject },
  { status: 401, text: /\bur[il]\b|\baddress\b|\bpath\b/i, kind: "RequestRefused", hint: unreadAddress },
  { status: 401, text: /\b[as]k\b|\bkey\b|token|credential|authenticat/i, kind: "AuthenticationFailed" },
  ...[414, 431, 494].map((status): Row => ({ status, kind: "OtherStatus", hint: largeHead }))
]

const gatewayCode = /^API(?:GW|G|C)\.(\d{4})$/

/**
 * The meaning of an answer's code; `undefined` if only the status counts. Through a proxy, a refused credential is the
 * proxy's own.
 */
export const serviceCode = (answer: CodedAnswer): ServiceCode | undefined => {
  const known = rowOf(answer)
  const isOfProxysKey =
    known?.kind === "AuthenticationFailed" &&
    answer.proxy_request_id !== undefined &&
    answer.error_code?.startsWith("CbrProxy.") !== true
  return isOfProxysKey ? { ...known, hint: proxysKey } : known
}

/**
 * The meanings of a code alone: several if the status or the words beside it decide, and none for an unknown code.
 * IAM's code is the status.
 *
 * @example
 * ```ts
 * serviceCodes("BackupService.6200") // [{ kind: "BackupNotFound" }]
 * ```
 * @category Errors
 * @since 0.1.0
 */
export const serviceCodes = (code: string): ReadonlyArray<ServiceCode> => {
  const found = rows.filter((row) => row.code !== undefined && row.code === numberOf(code))
  if (found.length > 0) return found.map(meaningOf)
  const status_code = code.startsWith("CbrProxy.") ? proxyRefusals[code.slice("CbrProxy.".length)] : undefined
  if (status_code !== undefined) {
    const known = rowOf({ status_code, error_code: code })
    return [known === undefined ? { kind: kindOfStatus(status_code, code, true) } : meaningOf(known)]
  }
  if (/^[45]\d\d$/.test(code)) {
    const ofStatus = rows.filter((row) => row.code === undefined && row.status === Number(code)).map(meaningOf)
    return [{ kind: kindOfStatus(Number(code), undefined, true) }, ...ofStatus.filter(({ hint }) => hint !== undefined)]
  }
  return /^(?:BackupService|SYS)\.\d+$/.test(code) ? [{ kind: "RequestRefused", hint: ownCode }] : []
}

const meaningOf = ({ hint, kind }: Row): ServiceCode => (hint === undefined ? { kind } : { kind, hint })

/** The statuses of `cbr-proxy`'s own refusals, by the name behind `CbrProxy.`. */
const proxyRefusals: Readonly<Record<string, number>> = {
  BadRequest: 400,
  CrossSite: 403,
  Forbidden: 403,
  NoSuchResource: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  RequestTimeout: 408,
  ContentTooLarge: 413,
  TargetTooLong: 414,
  UnsupportedMediaType: 415,
  ExpectationFailed: 417,
  MisdirectedRequest: 421,
  QuotaExceeded: 429,
  HeadTooLarge: 431,
  InternalError: 500,
  Overloaded: 503,
  KeysUnavailable: 503,
  RevocationsUnknown: 503,
  NotCached: 504,
  VersionNotSupported: 505
}

/** The gateway's number, or the code itself. */
const numberOf = (code: string | undefined): string | undefined => gatewayCode.exec(code ?? "")?.[1] ?? code

const rowOf = (answer: CodedAnswer): Row | undefined => {
  const code = numberOf(answer.error_code)
  return rows.find(
    (row) =>
      (row.code === undefined || row.code === code) &&
      (row.status === undefined || row.status === answer.status_code) &&
      (row.text === undefined || row.text.test(answer.error_msg ?? ""))
  )
}
