import type { ErrorKind } from "@cbr/client"
import * as Schema from "effect/Schema"

/** What a problem says of its kind, whoever found it: the client or this edge. */
export type ProblemKind = Omit<ErrorKind, "exitCode">

/**
 * Why the proxy itself turns a request away. What goes wrong beyond it is in
 * the client's `ErrorTable`; these are faults of HTTP, which the client's
 * callers cannot make.
 */
export const refusals = {
  BadRequest: {
    slug: "bad-request",
    title: { en: "bad request", zh: "请求有误" },
    retryable: false,
    httpStatus: 400,
    hint: {
      en: "send one well-formed HTTP/1.1 request; nothing was sent to the cloud",
      zh: "请发送一个格式正确的 HTTP/1.1 请求;未向云服务发送任何请求"
    }
  },
  Unauthenticated: {
    slug: "unauthenticated",
    title: { en: "key required", zh: "需要密钥" },
    retryable: false,
    httpStatus: 401,
    hint: {
      en: "send this proxy's key as X-Auth-Token or as Authorization: Bearer",
      zh: "请以 X-Auth-Token 或 Authorization: Bearer 发送本代理的密钥"
    }
  },
  Forbidden: {
    slug: "forbidden",
    title: { en: "not allowed", zh: "不允许" },
    retryable: false,
    httpStatus: 403,
    hint: {
      en: "ask whoever runs this proxy for the right to this project; whether the backup exists was not looked up",
      zh: "请向本代理的管理员申请该项目的权限;未查询该备份是否存在"
    }
  },
  NoSuchResource: {
    slug: "no-such-resource",
    title: { en: "no such resource", zh: "资源不存在" },
    retryable: false,
    httpStatus: 404,
    hint: {
      en: "call /v3/{project_id}/backups/{backup_id}, spelt exactly so",
      zh: "请严格按照 /v3/{project_id}/backups/{backup_id} 的格式调用"
    }
  },
  MethodNotAllowed: {
    slug: "method-not-allowed",
    title: { en: "method not allowed", zh: "不允许的方法" },
    retryable: false,
    httpStatus: 405,
    hint: { en: "use a method that Allow lists", zh: "请使用 Allow 中列出的方法" }
  },
  TargetTooLong: {
    slug: "target-too-long",
    title: { en: "request target too long", zh: "请求目标过长" },
    retryable: false,
    httpStatus: 414,
    hint: { en: "keep path and query below 2 KiB", zh: "路径与查询参数请保持在 2 KiB 以内" }
  },
  HeadTooLarge: {
    slug: "head-too-large",
    title: { en: "request head too large", zh: "请求头过大" },
    retryable: false,
    httpStatus: 431,
    hint: { en: "send at most 64 header fields", zh: "请求头字段请勿超过 64 个" }
  },
  VersionNotSupported: {
    slug: "version-not-supported",
    title: { en: "HTTP version not supported", zh: "不支持的 HTTP 版本" },
    retryable: false,
    httpStatus: 505,
    hint: { en: "speak HTTP/1.1", zh: "请使用 HTTP/1.1" }
  },
  InternalError: {
    slug: "internal-error",
    title: { en: "internal error", zh: "内部错误" },
    retryable: true,
    httpStatus: 500,
    hint: {
      en: "a fault of the proxy: report it with the proxy's request id",
      zh: "代理自身的故障:请附上代理的请求 ID 进行反馈"
    }
  }
} as const satisfies Record<string, ProblemKind>

/**
 * A request that the proxy does not serve. The message is for the caller and
 * quotes nothing of the request.
 */
export class Refusal extends Schema.TaggedError<Refusal>()("Refusal", {
  reason: Schema.Literals(Object.keys(refusals) as ReadonlyArray<keyof typeof refusals>),
  message: Schema.String,
  /** Fields that belong to such an answer: `Allow`, `WWW-Authenticate`. */
  headers: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
}) {}
