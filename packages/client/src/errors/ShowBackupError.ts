import * as Schema from "effect/Schema"
import { DetailedError } from "./DetailedError.ts"
import type { FailureDetail } from "./FailureDetailSchema.ts"

/**
 * The fields of the service's answer in an error: the four that the API page's samples print, and the number of
 * requests. All text is safe to show: it holds no key, token or signature.
 */
const answer = {
  /** HTTP status of the answer; absent when there was none. */
  status_code: Schema.optionalKey(Schema.Int),
  /** The service's id of the call, to quote to its support. */
  request_id: Schema.optionalKey(Schema.String),
  /** The id that `cbr-proxy` gave the call, where it answered; quote it to the proxy's operator. */
  proxy_request_id: Schema.optionalKey(Schema.String),
  /** The service's code, such as `BackupService.6200` or `APIGW.0301`. */
  error_code: Schema.optionalKey(Schema.String),
  /** The service's own words, redacted. */
  error_msg: Schema.optionalKey(Schema.String),
  /** Seconds until a retry may succeed, if the service gave them. */
  retry_after: Schema.optionalKey(Schema.Finite),
  /** Requests sent to CBR before giving up; 0 when none was, such as after a refusal by IAM. */
  attempts: Schema.optionalKey(Schema.Int)
}

/**
 * A project id, backup id or endpoint that cannot be right; nothing was sent.
 * @category Errors
 * @since 0.1.0
 */
export class InvalidRequest extends DetailedError<InvalidRequest>()("InvalidRequest", answer) {}

/**
 * No usable credential was found; nothing was sent. A detail of `no-credentials` lists where it was looked for.
 * @category Errors
 * @since 0.1.0
 */
export class NoCredentials extends DetailedError<NoCredentials>()("NoCredentials", answer) {}

/**
 * The service did not accept the key, the token or the signature.
 * @category Errors
 * @since 0.1.0
 */
export class AuthenticationFailed extends DetailedError<AuthenticationFailed>()("AuthenticationFailed", {
  ...answer,
  /** The service's time at the refusal, in ISO 8601: a signature is valid for 15 minutes around it. */
  service_time: Schema.optionalKey(Schema.String)
}) {}

/**
 * The service knows the caller and refuses the call.
 * @category Errors
 * @since 0.1.0
 */
export class PermissionDenied extends DetailedError<PermissionDenied>()("PermissionDenied", answer) {}

/**
 * CBR reads the request and refuses it as it is; `error_code` and `error_msg` say why.
 * @category Errors
 * @since 0.2.0
 */
export class RequestRefused extends DetailedError<RequestRefused>()("RequestRefused", answer) {}

/**
 * There is no such backup in this project and region.
 * @category Errors
 * @since 0.1.0
 */
export class BackupNotFound extends DetailedError<BackupNotFound>()("BackupNotFound", answer) {}

/**
 * The service throttles; `retry_after` says when to come back, if it told.
 * @category Errors
 * @since 0.1.0
 */
export class RateLimited extends DetailedError<RateLimited>()("RateLimited", answer) {}

/**
 * The service, or a gateway before it, failed.
 * @category Errors
 * @since 0.1.0
 */
export class ServiceUnavailable extends DetailedError<ServiceUnavailable>()("ServiceUnavailable", answer) {}

/**
 * A 200 whose body is not a backup.
 * @category Errors
 * @since 0.1.0
 */
export class MalformedResponse extends DetailedError<MalformedResponse>()("MalformedResponse", {
  ...answer,
  /** Whether the body is no JSON, as one is that was cut on its way: the call was tried again before it failed. */
  may_be_cut: Schema.optionalKey(Schema.Boolean)
}) {}

/**
 * A body beyond the size limit; reading stopped there.
 * @category Errors
 * @since 0.1.0
 */
export class ResponseTooLarge extends DetailedError<ResponseTooLarge>()("ResponseTooLarge", answer) {}

/**
 * The service could not be reached, or the connection broke; `reason` says where.
 * @category Errors
 * @since 0.1.0
 */
export class ConnectionFailed extends DetailedError<ConnectionFailed>()("ConnectionFailed", {
  ...answer,
  /**
   * The step that failed: name look-up, connect, a proxy that asks for a password, TLS, TLS with a server that speaks
   * none, or an established connection. `NoAnswer` where the error that `cause` holds tells no step: in a browser, a
   * page that the service does not let call it looks like any fault of the network.
   */
  reason: Schema.Literals(["Dns", "Connect", "ProxyLogin", "Tls", "NotTls", "Broken", "NoAnswer"])
}) {}

/**
 * No answer in time; `limit` says which time.
 * @category Errors
 * @since 0.1.0
 */
export class TimedOut extends DetailedError<TimedOut>()("TimedOut", {
  ...answer,
  /** One attempt's time-out, or that of the call over all its attempts. */
  limit: Schema.Literals(["attempt", "call"])
}) {}

/**
 * An answer that fits nothing above, such as a redirect or a path that the gateway does not know.
 * @category Errors
 * @since 0.1.0
 */
export class OtherStatus extends DetailedError<OtherStatus>()("OtherStatus", answer) {}

/**
 * Every way in which `showBackup` fails. `ErrorTable` says of each whether a
 * retry can help, what to do next, its exit code and its HTTP status.
 *
 * @example
 * ```ts
 * client.showBackup(request).pipe(Effect.catchTag("BackupNotFound", () => Effect.succeed(undefined)))
 * ```
 * @category Errors
 * @since 0.1.0
 */
export const ShowBackupError = Schema.Union([
  InvalidRequest,
  NoCredentials,
  AuthenticationFailed,
  PermissionDenied,
  RequestRefused,
  BackupNotFound,
  RateLimited,
  ServiceUnavailable,
  MalformedResponse,
  ResponseTooLarge,
  ConnectionFailed,
  TimedOut,
  OtherStatus
])

/**
 * Every way in which `showBackup` fails.
 * @category Errors
 * @since 0.1.0
 */
export type ShowBackupError = typeof ShowBackupError.Type

/**
 * The fields of the service's answer in an error.
 * @category Errors
 * @since 0.1.0
 */
export type Answer = Schema.Struct.Type<typeof answer>

/**
 * Whether `cbr-proxy` answered, for itself or with the service's answer.
 * @category Errors
 * @since 0.1.0
 */
export const isOfProxy = ({ error_code, proxy_request_id }: Answer): boolean =>
  proxy_request_id !== undefined || error_code?.startsWith("CbrProxy.") === true

/**
 * A refusal of before in place of a request that is not sent, until so many
 * seconds from now: it has no id of its own.
 * @category Errors
 * @since 0.1.0
 */
export const withoutSending = (
  refusal: AuthenticationFailed,
  says: { readonly detail: FailureDetail; readonly retry_after: number }
): AuthenticationFailed => {
  const { proxy_request_id: _, request_id: __, ...rest } = refusal
  return new AuthenticationFailed({ ...rest, ...says })
}

/**
 * The same error, telling how many requests were sent before it.
 * @category Errors
 * @since 0.1.0
 */
export const withAttempts = (error: ShowBackupError, attempts: number): ShowBackupError => {
  const Kind = error.constructor as new (fields: object) => ShowBackupError
  return withCause(new Kind(Object.assign({}, error, { attempts })), error.cause)
}

/**
 * The same error with its cause, which stands in no JSON of it.
 * @category Errors
 * @since 0.2.0
 */
export const withCause = <E extends Error>(error: E, cause: unknown): E =>
  cause === undefined ? error : Object.defineProperty(error, "cause", { value: cause, configurable: true })
