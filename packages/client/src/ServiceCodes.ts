import type { Bilingual } from "@cbr/domain"
import type { ShowBackupError } from "./ShowBackupError.ts"

/** What a service answer says of itself. */
export interface CodedAnswer {
  readonly status_code: number
  readonly error_code?: string | undefined
  readonly error_msg?: string | undefined
  /** Present where `cbr-proxy` answered. */
  readonly proxy_request_id?: string | undefined
}

/** The kinds of error that an answer can be. */
export type AnsweredKind = Exclude<ShowBackupError["_tag"], "NoCredentials" | "ConnectionFailed">

/** A code of the service or its gateway whose meaning is known beyond its status. */
export interface ServiceCode {
  /** The kind of error that it is. */
  readonly kind: AnsweredKind
  /** What to do next, where it differs from the kind's own advice. */
  readonly hint?: Bilingual
  /** When to come back, in seconds, where it is known without a `Retry-After`. */
  readonly retry_after?: number
}

interface Row extends ServiceCode {
  readonly status?: number
  /** The service's full code, or the gateway's number: its prefix varies by place. */
  readonly code?: string
  /** In the service's words, where one code has several meanings. */
  readonly text?: RegExp
}

const wrongEndpoint: Bilingual = {
  en: "no such API at this address: check the endpoint and the region (this is not a missing backup)",
  zh: "该地址没有此 API：请检查终端节点和区域（并非备份不存在）"
}

const locked: Bilingual = {
  en: "the key is locked after repeated failures: wait five minutes, then use the right secret",
  zh: "密钥因多次认证失败被锁定：请等待五分钟，再使用正确的 SK"
}

const expired: Bilingual = {
  en: "check this machine's clock (it may differ by 15 minutes at most), and that a temporary key has not ended",
  zh: "请检查本机时钟（误差不得超过 15 分钟），以及临时密钥是否已过期"
}

const renewToken: Bilingual = {
  en: "get a new token, in the region that the call goes to",
  zh: "请在调用所在区域重新获取 Token"
}

const quota: Bilingual = {
  en: "the quota is used up or the account is frozen: ask its administrator",
  zh: "配额已用尽或账号被冻结：请联系管理员"
}

const largeHead: Bilingual = {
  en: "the request's head is too large, nearly always by its token: get one without a catalog, or use an access key",
  zh: "请求头过大，通常由 Token 引起：请获取不含 catalog 的 Token，或改用访问密钥"
}

const proxysKey: Bilingual = {
  en: "the proxy in between has no key that the cloud accepts: tell whoever runs it",
  zh: "中间的代理没有被云服务接受的密钥：请联系其运维人员"
}

const keyForProxy: Bilingual = {
  en: "set CBR_TOKEN to the proxy's key, which whoever runs it gives out",
  zh: "请将 CBR_TOKEN 设置为该代理的密钥，可向其运维人员获取"
}

/**
 * What `cbr-proxy` means by the name of a kind, which it gives where the
 * service gave no code: by its status alone some would be tried again in vain.
 */
const proxyKinds: Readonly<Record<ShowBackupError["_tag"], ServiceCode>> = {
  InvalidRequest: { kind: "InvalidRequest" },
  NoCredentials: { kind: "AuthenticationFailed", hint: proxysKey },
  AuthenticationFailed: { kind: "AuthenticationFailed", hint: proxysKey },
  PermissionDenied: { kind: "PermissionDenied" },
  BackupNotFound: { kind: "BackupNotFound" },
  RateLimited: { kind: "RateLimited" },
  ServiceUnavailable: { kind: "ServiceUnavailable" },
  MalformedResponse: { kind: "MalformedResponse" },
  ResponseTooLarge: { kind: "ResponseTooLarge" },
  ConnectionFailed: { kind: "ServiceUnavailable" },
  TimedOut: { kind: "TimedOut" },
  OtherStatus: { kind: "OtherStatus" }
}

/** First match wins. */
const rows: ReadonlyArray<Row> = [
  { code: "BackupService.6200", kind: "BackupNotFound" },
  { code: "BackupService.8600", kind: "PermissionDenied" },
  { code: "BackupService.9998", kind: "AuthenticationFailed" },
  { code: "0101", kind: "OtherStatus", hint: wrongEndpoint },
  { code: "0103", kind: "OtherStatus", hint: wrongEndpoint },
  {
    code: "0301",
    text: /reach(?:ed)? the limit/i,
    kind: "AuthenticationFailed",
    hint: locked,
    retry_after: 300
  },
  { code: "0301", text: /signature expired/i, kind: "AuthenticationFailed", hint: expired },
  { code: "0301", text: /token/i, kind: "AuthenticationFailed", hint: renewToken },
  { code: "0301", kind: "AuthenticationFailed" },
  { code: "0307", kind: "AuthenticationFailed", hint: renewToken },
  ...["0302", "0304", "0306", "0310", "0401", "0402", "0802"].map((code): Row => ({
    code,
    status: 403,
    kind: "PermissionDenied"
  })),
  { code: "0501", status: 405, kind: "PermissionDenied", hint: quota },
  { code: "0502", status: 405, kind: "PermissionDenied", hint: quota },
  { code: "0308", kind: "RateLimited" },
  ...Object.entries(proxyKinds).map(([name, known]): Row => ({ code: `CbrProxy.${name}`, ...known })),
  { code: "CbrProxy.Unauthenticated", kind: "AuthenticationFailed", hint: keyForProxy },
  ...[414, 431, 494].map((status): Row => ({ status, kind: "OtherStatus", hint: largeHead }))
]

const gatewayCode = /^API(?:GW|G|C)\.(\d{4})$/

/**
 * What a code means, or `undefined` when only the status counts. What the
 * cloud says of a credential through a proxy, it says of the proxy's.
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
 * What a code can mean, for who has the code alone: more than one where the
 * status or the words beside it decide, none where only they count.
 *
 * @example
 * ```ts
 * serviceCodes("BackupService.6200") // [{ kind: "BackupNotFound" }]
 * ```
 */
export const serviceCodes = (code: string): ReadonlyArray<ServiceCode> =>
  rows
    .filter((row) => row.code !== undefined && row.code === numberOf(code))
    .map(({ hint, kind }) => (hint === undefined ? { kind } : { kind, hint }))

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
