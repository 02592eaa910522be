import { ErrorTable, evidenceOf, isRetryable, type ShowBackupError } from "@cbr/client"
import { omitUndefined } from "@cbr/domain"
import * as Duration from "effect/Duration"
import * as Exit from "effect/Exit"
import { type ProblemKind, type ProxyError, proxyErrors } from "./ProxyError.ts"

/** A failure, in the words that a caller gets. */
export interface Problem {
  readonly kind: ProblemKind
  /** The occurrence, in one sentence. */
  readonly detail: string
  readonly retryable: boolean
  /** The service's code, or `CbrProxy.` and the name of the kind. */
  readonly error_code: string
  /** The service's words, redacted, or ours. */
  readonly error_msg: string
  /** The failed call by a code with its facts, if `error_msg` is in the words of the proxy. */
  readonly failure: Readonly<Record<string, unknown>> | undefined
  /** The service's id of the call, when it gave one. */
  readonly request_id: string | undefined
  /** Seconds until it is worth calling again. */
  readonly retry_after: number | undefined
  /** Fields that belong to this answer alone. */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * The problem of a failed call, with the service's own code and words if it
 * gave some. Its words on a refused credential are about the proxy's
 * key, not the caller's, so those stay in the proxy's log.
 */
export const fromShowBackupError = (error: ShowBackupError): Problem => {
  const kind: ProblemKind = { ...ErrorTable[error._tag], httpStatus: statusOf(error) }
  const retryable = isWorthComingBack(error)
  const concernsOwnKey = error._tag === "AuthenticationFailed" || error._tag === "NoCredentials"
  const detail = concernsOwnKey
    ? "the proxy has no credential that the cloud accepts; its operator can tell why from its log"
    : error.message
  return {
    kind,
    detail,
    retryable,
    error_code: codeOf(error) || `CbrProxy.${error._tag}`,
    error_msg: (concernsOwnKey ? undefined : error.error_msg) || detail,
    failure: concernsOwnKey || error.error_msg ? undefined : error.detail,
    request_id: error.request_id,
    retry_after: retryable ? retryAfterOf(error) : undefined,
    headers: {}
  }
}

/** The service's code. One that only repeats the status, which may be another here, says less than the kind. */
const codeOf = ({ error_code, status_code }: ShowBackupError): string | undefined =>
  error_code === String(status_code) ? undefined : error_code

/**
 * CBR's statuses of a request that it refuses, which pass. Another one may mean
 * something else here: a 401 would be of the caller's credential.
 */
export const passedStatuses: ReadonlyArray<number> = [400, 409]

/** The status that a failed call is answered with. */
const statusOf = ({ _tag, status_code }: ShowBackupError): number =>
  _tag === "RequestRefused" && status_code !== undefined && passedStatuses.includes(status_code)
    ? status_code
    : ErrorTable[_tag].httpStatus

/**
 * Whether the caller may see the call succeed that it repeats: as the table
 * says, and when the cloud refused the proxy's credential, which the proxy
 * tries again later. The caller has nothing to change about that one.
 */
export const isWorthComingBack = (error: ShowBackupError): boolean =>
  isRetryable(error) || (error._tag === "AuthenticationFailed" && retryAfterOf(error) !== undefined)

/** Rest of a credential that the cloud refused, in milliseconds: as long as the service locks a key. */
export const refusedFor = Duration.toMillis(Duration.minutes(5))

/** Seconds until a call may succeed. The first refusal of a credential holds the next calls back as long as any. */
const retryAfterOf = (error: ShowBackupError): number | undefined =>
  error.retry_after ??
  (error._tag === "AuthenticationFailed" && evidenceOf(Exit.fail(error)) !== "none" ? refusedFor / 1_000 : undefined)

/** The problem of a request that the proxy refused. */
export const fromProxyError = ({ headers = {}, message, reason }: ProxyError): Problem => ({
  kind: proxyErrors[reason],
  detail: message,
  retryable: proxyErrors[reason].retryable,
  error_code: `CbrProxy.${reason}`,
  error_msg: message,
  failure: undefined,
  request_id: undefined,
  retry_after: undefined,
  headers
})

/**
 * The problem as an object for JSON. `error_code`, `error_msg` and `request_id`
 * stand at the top level, never empty, because official SDKs read them there,
 * whatever the media type.
 *
 * @param proxy_request_id a UUID, the proxy's own id of the exchange
 * @source RFC 9457
 */
export const detailsOf = (problem: Problem, proxy_request_id: string) => ({
  type: problemPath(problem.kind.slug),
  title: problem.kind.title.en,
  status: problem.kind.httpStatus,
  detail: problem.detail,
  instance: `urn:uuid:${proxy_request_id}`,
  retryable: problem.retryable,
  error_code: problem.error_code,
  error_msg: problem.error_msg,
  request_id: problem.request_id ?? proxy_request_id,
  ...omitUndefined({ failure: problem.failure })
})

/** The path of a kind's page; its `type`. */
export const problemPath = <const Slug extends string>(slug: Slug) => `/-/problems/${slug}` as const
