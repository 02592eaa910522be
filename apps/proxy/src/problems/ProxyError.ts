import type { ErrorKind } from "@cbr/client"
import * as Schema from "effect/Schema"

/** The facts about a kind of problem, whether the client or the proxy found it. */
export type ProblemKind = Omit<ErrorKind, "exitCode">

/** A kind that the same request meets again. The title is in English and in Chinese. */
const lasting = <const Slug extends string>(
  slug: Slug,
  httpStatus: number,
  en: string,
  zh: string,
  hint: ProblemKind["hint"]
) => ({ slug, title: { en, zh }, retryable: false, httpStatus, hint })

/** A kind that the same request may not meet again. */
const temporary = <const Slug extends string>(...kind: Parameters<typeof lasting<Slug>>) => ({
  ...lasting(...kind),
  retryable: true
})

/**
 * Why the proxy itself turns a request away. What goes wrong beyond it is in
 * the client's `ErrorTable`; these are faults of HTTP, which the client's
 * callers cannot make.
 */
export const proxyErrors = {
  BadRequest: lasting("bad-request", 400, "bad request", "请求有误", {
    en: "correct what the detail names; the proxy sent nothing to the cloud",
    zh: "请按 detail 所述更正请求；本代理未向云服务发送任何请求"
  }),
  Unauthenticated: lasting("unauthenticated", 401, "credential required", "需要凭证", {
    en: "send this proxy's key as Authorization: Bearer, X-Api-Key or X-Auth-Token, or sign with its access key by SDK-HMAC-SHA256, the clock within 15 minutes",
    zh: "请以 Authorization: Bearer、X-Api-Key 或 X-Auth-Token 发送本代理的密钥，或使用其访问密钥以 SDK-HMAC-SHA256 签名（时钟误差须在 15 分钟以内）"
  }),
  CrossSite: lasting("cross-site", 403, "request from another site", "来自其他站点的请求", {
    en: "call the proxy from a program, not from a page of another site",
    zh: "请从程序中调用本代理，而不是从其他站点的网页"
  }),
  Forbidden: lasting("forbidden", 403, "not allowed", "不允许", {
    en: "ask the operator of this proxy for the right to this project and the scope that the call needs; the proxy did not look up whether the backup exists",
    zh: "请向本代理的管理员申请该项目的权限以及该调用所需的 scope；本代理未查询该备份是否存在"
  }),
  NoSuchResource: lasting("no-such-resource", 404, "no such resource", "资源不存在", {
    en: "call a path of /-/openapi.json, such as /v3/{project_id}/backups/{backup_id}, spelt exactly so",
    zh: "请严格按照 /-/openapi.json 中的路径调用，例如 /v3/{project_id}/backups/{backup_id}"
  }),
  MethodNotAllowed: lasting("method-not-allowed", 405, "method not allowed", "不允许的方法", {
    en: "use a method of the Allow header",
    zh: "请使用 Allow 中列出的方法"
  }),
  NotAcceptable: lasting("not-acceptable", 406, "not acceptable", "不可接受的内容类型", {
    en: "accept text/event-stream, or leave Accept out",
    zh: "请接受 text/event-stream，或省略 Accept"
  }),
  RequestTimeout: temporary("request-timeout", 408, "request took too long", "请求发送超时", {
    en: "send the whole request without pauses",
    zh: "请一次性连续发送整个请求"
  }),
  ContentTooLarge: lasting("content-too-large", 413, "content too large", "内容过大", {
    en: "ask for fewer backups in one request",
    zh: "请减少单次查询的备份数量"
  }),
  TargetTooLong: lasting("target-too-long", 414, "request target too long", "请求目标过长", {
    en: "call the documented path, and add nothing to it",
    zh: "请按文档所述的路径调用，不要附加其他内容"
  }),
  UnsupportedMediaType: lasting("unsupported-media-type", 415, "unsupported media type", "不支持的媒体类型", {
    en: "send application/json, not compressed",
    zh: "请发送未压缩的 application/json"
  }),
  ExpectationFailed: lasting("expectation-failed", 417, "expectation failed", "无法满足期望", {
    en: "send no Expect but 100-continue",
    zh: "除 100-continue 外请勿发送 Expect"
  }),
  MisdirectedRequest: lasting("misdirected-request", 421, "misdirected request", "请求的主机名不属于本代理", {
    en: "call the proxy by one of its public hosts, or have its operator add the name to them",
    zh: "请使用代理的公开主机名调用，或请其管理员将该主机名加入公开主机列表"
  }),
  QuotaExceeded: temporary("quota-exceeded", 429, "quota exceeded", "超出配额", {
    en: "wait for Retry-After, then call less often",
    zh: "请等待 Retry-After 指定的时间，并降低调用频率"
  }),
  HeadTooLarge: lasting("head-too-large", 431, "request head too large", "请求头过大", {
    en: "send fewer and shorter header fields",
    zh: "请减少请求头字段的数量和长度"
  }),
  Overloaded: temporary("overloaded", 503, "overloaded", "过载", {
    en: "call again after Retry-After",
    zh: "请在 Retry-After 之后重试"
  }),
  NotCached: temporary("not-cached", 504, "not cached", "未缓存", {
    en: "leave out only-if-cached to ask the cloud",
    zh: "去掉 only-if-cached 即可向云服务查询"
  }),
  VersionNotSupported: lasting("version-not-supported", 505, "HTTP version not supported", "不支持的 HTTP 版本", {
    en: "use HTTP/1.1",
    zh: "请使用 HTTP/1.1"
  }),
  KeysUnavailable: temporary("keys-unavailable", 503, "keys unavailable", "无法获取验证密钥", {
    en: "call again in a moment; if it lasts, the operator of this proxy should look at the token issuer's JWKS",
    zh: "请稍后重试；若持续出现，请本代理的管理员检查令牌颁发者的 JWKS"
  }),
  RevocationsUnknown: temporary("revocations-unknown", 503, "revocations unknown", "无法确认凭证是否已吊销", {
    en: "call again after Retry-After; if it lasts, the operator of this proxy should look at its Redis",
    zh: "请在 Retry-After 之后重试；若持续出现，请本代理的管理员检查其 Redis"
  }),
  InternalError: temporary("internal-error", 500, "internal error", "内部错误", {
    en: "report this fault of the proxy, with the proxy's request id",
    zh: "代理自身的故障：请附上代理的请求 ID 进行反馈"
  })
} satisfies Record<string, ProblemKind>

/**
 * A request that the proxy does not serve. The message is for the caller and
 * quotes nothing of the request.
 */
export class ProxyError extends Schema.TaggedError<ProxyError>()("ProxyError", {
  reason: Schema.Literals(Object.keys(proxyErrors) as ReadonlyArray<keyof typeof proxyErrors>),
  message: Schema.String,
  /** The reason for the operator, in the log alone; quotes nothing of the request either. */
  why: Schema.optionalKey(Schema.String),
  /** Fields that belong to such an answer: `Allow`, `WWW-Authenticate`. */
  headers: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
}) {}
