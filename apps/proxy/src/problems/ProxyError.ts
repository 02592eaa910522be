import type { ErrorKind } from "@cbr/client"
import * as Schema from "effect/Schema"

/** What a problem says of its kind, whether the client or the proxy found it. */
export type ProblemKind = Omit<ErrorKind, "exitCode">

/**
 * Why the proxy itself turns a request away. What goes wrong beyond it is in
 * the client's `ErrorTable`; these are faults of HTTP, which the client's
 * callers cannot make.
 */
export const proxyErrors = {
  BadRequest: {
    slug: "bad-request",
    title: { en: "bad request", zh: "请求有误" },
    retryable: false,
    httpStatus: 400,
    hint: {
      en: "correct what the detail names; the proxy sent nothing to the cloud",
      zh: "请按 detail 所述更正请求；本代理未向云服务发送任何请求"
    }
  },
  Unauthenticated: {
    slug: "unauthenticated",
    title: { en: "credential required", zh: "需要凭证" },
    retryable: false,
    httpStatus: 401,
    hint: {
      en: "send this proxy's key as Authorization: Bearer, X-Api-Key or X-Auth-Token, or sign with its access key by SDK-HMAC-SHA256, the clock within 15 minutes",
      zh: "请以 Authorization: Bearer、X-Api-Key 或 X-Auth-Token 发送本代理的密钥，或使用其访问密钥以 SDK-HMAC-SHA256 签名（时钟误差须在 15 分钟以内）"
    }
  },
  CrossSite: {
    slug: "cross-site",
    title: { en: "request from another site", zh: "来自其他站点的请求" },
    retryable: false,
    httpStatus: 403,
    hint: {
      en: "call the proxy from a program, not from a page of another site",
      zh: "请从程序中调用本代理，而不是从其他站点的网页"
    }
  },
  Forbidden: {
    slug: "forbidden",
    title: { en: "not allowed", zh: "不允许" },
    retryable: false,
    httpStatus: 403,
    hint: {
      en: "ask the operator of this proxy for the right to this project and the scope that the call needs; the proxy did not look up whether the backup exists",
      zh: "请向本代理的管理员申请该项目的权限以及该调用所需的 scope；本代理未查询该备份是否存在"
    }
  },
  NoSuchResource: {
    slug: "no-such-resource",
    title: { en: "no such resource", zh: "资源不存在" },
    retryable: false,
    httpStatus: 404,
    hint: {
      en: "call a path of /-/openapi.json, such as /v3/{project_id}/backups/{backup_id}, spelt exactly so",
      zh: "请严格按照 /-/openapi.json 中的路径调用，例如 /v3/{project_id}/backups/{backup_id}"
    }
  },
  MethodNotAllowed: {
    slug: "method-not-allowed",
    title: { en: "method not allowed", zh: "不允许的方法" },
    retryable: false,
    httpStatus: 405,
    hint: { en: "use a method of the Allow header", zh: "请使用 Allow 中列出的方法" }
  },
  NotAcceptable: {
    slug: "not-acceptable",
    title: { en: "not acceptable", zh: "不可接受的内容类型" },
    retryable: false,
    httpStatus: 406,
    hint: {
      en: "accept text/event-stream, or leave Accept out",
      zh: "请接受 text/event-stream，或省略 Accept"
    }
  },
  RequestTimeout: {
    slug: "request-timeout",
    title: { en: "request took too long", zh: "请求发送超时" },
    retryable: true,
    httpStatus: 408,
    hint: { en: "send the whole request without pauses", zh: "请一次性连续发送整个请求" }
  },
  ContentTooLarge: {
    slug: "content-too-large",
    title: { en: "content too large", zh: "内容过大" },
    retryable: false,
    httpStatus: 413,
    hint: { en: "ask for fewer backups in one request", zh: "请减少单次查询的备份数量" }
  },
  TargetTooLong: {
    slug: "target-too-long",
    title: { en: "request target too long", zh: "请求目标过长" },
    retryable: false,
    httpStatus: 414,
    hint: { en: "call the documented path, and add nothing to it", zh: "请按文档所述的路径调用，不要附加其他内容" }
  },
  UnsupportedMediaType: {
    slug: "unsupported-media-type",
    title: { en: "unsupported media type", zh: "不支持的媒体类型" },
    retryable: false,
    httpStatus: 415,
    hint: { en: "send application/json, not compressed", zh: "请发送未压缩的 application/json" }
  },
  ExpectationFailed: {
    slug: "expectation-failed",
    title: { en: "expectation failed", zh: "无法满足期望" },
    retryable: false,
    httpStatus: 417,
    hint: { en: "send no Expect but 100-continue", zh: "除 100-continue 外请勿发送 Expect" }
  },
  MisdirectedRequest: {
    slug: "misdirected-request",
    title: { en: "misdirected request", zh: "请求的主机名不属于本代理" },
    retryable: false,
    httpStatus: 421,
    hint: {
      en: "call the proxy by one of its public hosts, or have its operator add the name to them",
      zh: "请使用代理的公开主机名调用，或请其管理员将该主机名加入公开主机列表"
    }
  },
  QuotaExceeded: {
    slug: "quota-exceeded",
    title: { en: "quota exceeded", zh: "超出配额" },
    retryable: true,
    httpStatus: 429,
    hint: { en: "wait for Retry-After, then call less often", zh: "请等待 Retry-After 指定的时间，并降低调用频率" }
  },
  HeadTooLarge: {
    slug: "head-too-large",
    title: { en: "request head too large", zh: "请求头过大" },
    retryable: false,
    httpStatus: 431,
    hint: { en: "send fewer and shorter header fields", zh: "请减少请求头字段的数量和长度" }
  },
  Overloaded: {
    slug: "overloaded",
    title: { en: "overloaded", zh: "过载" },
    retryable: true,
    httpStatus: 503,
    hint: { en: "call again after Retry-After", zh: "请在 Retry-After 之后重试" }
  },
  NotCached: {
    slug: "not-cached",
    title: { en: "not cached", zh: "未缓存" },
    retryable: true,
    httpStatus: 504,
    hint: { en: "leave out only-if-cached to ask the cloud", zh: "去掉 only-if-cached 即可向云服务查询" }
  },
  VersionNotSupported: {
    slug: "version-not-supported",
    title: { en: "HTTP version not supported", zh: "不支持的 HTTP 版本" },
    retryable: false,
    httpStatus: 505,
    hint: { en: "use HTTP/1.1", zh: "请使用 HTTP/1.1" }
  },
  KeysUnavailable: {
    slug: "keys-unavailable",
    title: { en: "keys unavailable", zh: "无法获取验证密钥" },
    retryable: true,
    httpStatus: 503,
    hint: {
      en: "call again in a moment; if it lasts, the operator of this proxy should look at the token issuer's JWKS",
      zh: "请稍后重试；若持续出现，请本代理的管理员检查令牌颁发者的 JWKS"
    }
  },
  RevocationsUnknown: {
    slug: "revocations-unknown",
    title: { en: "revocations unknown", zh: "无法确认凭证是否已吊销" },
    retryable: true,
    httpStatus: 503,
    hint: {
      en: "call again after Retry-After; if it lasts, the operator of this proxy should look at its Redis",
      zh: "请在 Retry-After 之后重试；若持续出现，请本代理的管理员检查其 Redis"
    }
  },
  InternalError: {
    slug: "internal-error",
    title: { en: "internal error", zh: "内部错误" },
    retryable: true,
    httpStatus: 500,
    hint: {
      en: "report this fault of the proxy, with the proxy's request id",
      zh: "代理自身的故障：请附上代理的请求 ID 进行反馈"
    }
  }
} as const satisfies Record<string, ProblemKind>

/**
 * A request that the proxy does not serve. The message is for the caller and
 * quotes nothing of the request.
 */
export class ProxyError extends Schema.TaggedError<ProxyError>()("ProxyError", {
  reason: Schema.Literals(Object.keys(proxyErrors) as ReadonlyArray<keyof typeof proxyErrors>),
  message: Schema.String,
  /** What the caller is not told and the operator reads in the log; quotes nothing of the request either. */
  why: Schema.optionalKey(Schema.String),
  /** Fields that belong to such an answer: `Allow`, `WWW-Authenticate`. */
  headers: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
}) {}
