import { omitUndefined } from "@cbr/domain"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Service } from "./FailureDetails.ts"
import { FailureDetail } from "./FailureDetailSchema.ts"
import { redactServiceText, type SentSecrets } from "./redact.ts"
import { type AnsweredKind, kindOfStatus, serviceCode } from "./ServiceCodes.ts"
import * as ServiceErrorBody from "./ServiceErrorBody.ts"
import { serviceTime } from "./ServiceTime.ts"
import { type Answer, AuthenticationFailed, isOfProxy, ShowBackupError, TimedOut } from "./ShowBackupError.ts"

/** A response that is no success, as it was received. */
export interface ErrorResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The body, or as much of it as was read. */
  readonly text: string
  /** `Retry-After`, in seconds from the receipt. */
  readonly retry_after?: number | undefined
  /** The service that answered. */
  readonly service: Service
  /** The secrets of the request, which no error may show. */
  readonly secrets: SentSecrets
}

/** Makes the error of a response, by its status and codes. No other place does. */
export const toError = (response: ErrorResponse): ShowBackupError => {
  const body = ServiceErrorBody.read(response.text)
  const safe = (text: string | undefined) =>
    text === undefined ? undefined : redactServiceText(text, response.secrets)
  const code = safe(body.error_code)
  const words = safe(body.error_msg)
  const known = serviceCode({ status_code: response.status, error_code: code, error_msg: words })
  const request_id = requestId(response.headers, response.secrets) ?? safe(body.request_id)
  const proxy_request_id = safe(response.headers["x-cbr-proxy-request-id"])
  const retry_after = response.retry_after ?? known?.retry_after
  const answer: Answer = {
    status_code: response.status,
    ...omitUndefined({ request_id, proxy_request_id, error_code: code, error_msg: words, retry_after })
  }
  const byProxy = isOfProxy(answer)
  const failure = byProxy && words === body.error_msg ? failureIn(response, words) : undefined
  const detail: FailureDetail = {
    code: "answered",
    by: byProxy ? "proxy" : response.service,
    status: response.status,
    ...omitUndefined({ error_code: code, error_msg: words, failure })
  }
  const error = make(known?.kind ?? kindOfStatus(response.status, code, response.service === "CBR"), {
    detail,
    ...answer
  })
  if (error._tag !== "AuthenticationFailed") return error
  const served = serviceTime(response.headers["date"], body.error_msg)
  if (served === undefined) return error
  return new AuthenticationFailed({ detail, ...answer, service_time: new Date(served).toISOString() })
}

const decodeProblem = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ failure: Schema.Record(Schema.String, Schema.Unknown) }))
)
const decodeFailure = Schema.decodeUnknownOption(FailureDetail)

/** The failure that a proxy names by code, if its facts make the very words of the answer and hold no secret. */
const failureIn = ({ secrets: sent, text }: ErrorResponse, message: string | undefined): FailureDetail | undefined => {
  const problem = Option.getOrUndefined(decodeProblem(text))
  if (problem === undefined) return undefined
  const facts = JSON.stringify(problem.failure)
  const detail = Option.getOrUndefined(decodeFailure({ ...problem.failure, message }))
  return detail?.code === "other" || redactServiceText(facts, sent) !== facts ? undefined : detail
}

/**
 * The service's id of a call, under whichever header name it came.
 */
export const requestId = (headers: ErrorResponse["headers"], sent: SentSecrets): string | undefined => {
  for (const name of requestIds) {
    const id = headers[name]
    const safe = id === undefined ? "" : redactServiceText(id, sent)
    if (safe !== "") return safe
  }
  return undefined
}

const requestIds = ["x-request-id", "x-openstack-request-id", "x-iam-trace-id"]

const make = (kind: AnsweredKind, fields: Answer & { readonly detail: FailureDetail }): ShowBackupError => {
  if (kind === "TimedOut") return new TimedOut({ ...fields, limit: "attempt" })
  const Kind = ShowBackupError.members.find(({ identifier }) => identifier === kind)
  return new (Kind as new (of: typeof fields) => ShowBackupError)(fields)
}
