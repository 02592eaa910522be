import * as Schema from "effect/Schema"

/**
 * What every failure may carry of the service's answer: the four things that
 * the API page's samples print, and how many requests were sent.
 * All text is safe to show: it holds no key, token or signature.
 */
const answer = {
  /** HTTP status of the answer; absent when there was none. */
  status_code: Schema.optionalKey(Schema.Int),
  /** The service's id of the call, to quote to its support. */
  request_id: Schema.optionalKey(Schema.String),
  /** The id that `cbr-proxy` gave the call, where it answered: to quote to whoever runs it. */
  proxy_request_id: Schema.optionalKey(Schema.String),
  /** The service's code, such as `BackupService.6200` or `APIGW.0301`. */
  error_code: Schema.optionalKey(Schema.String),
  /** The service's own words, redacted. */
  error_msg: Schema.optionalKey(Schema.String),
  /** When to come back, in seconds, where the service said so. */
  retry_after: Schema.optionalKey(Schema.Finite),
  /** Requests sent to CBR before giving up; 0 when none was, such as after a refusal by IAM. */
  attempts: Schema.optionalKey(Schema.Int)
}

const fields = {
  /** What happened, in one sentence, safe to show. */
  message: Schema.String,
  ...answer
}

/** A project id, backup id or endpoint that cannot be right; nothing was sent. */
export class InvalidRequest extends Schema.TaggedError<InvalidRequest>()("InvalidRequest", fields) {}

/** No usable credential was found; nothing was sent. The message lists where it was looked for. */
export class NoCredentials extends Schema.TaggedError<NoCredentials>()("NoCredentials", {
  ...fields,
  /**
   * Each place of a chain, in order: what was looked for there, and why it did not serve. With `may_come` it may have
   * one later without anything of this machine being set up anew.
   */
  searched: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({
        place: Schema.String,
        reason: Schema.String,
        may_come: Schema.optionalKey(Schema.Boolean)
      })
    )
  )
}) {}

/** The service did not accept the key, the token or the signature. */
export class AuthenticationFailed extends Schema.TaggedError<AuthenticationFailed>()("AuthenticationFailed", {
  ...fields,
  /** What the service's clock said as it refused, in ISO 8601: a signature is good for 15 minutes around it. */
  service_time: Schema.optionalKey(Schema.String)
}) {}

/** The service knows the caller and refuses the call. */
export class PermissionDenied extends Schema.TaggedError<PermissionDenied>()("PermissionDenied", fields) {}

/** There is no such backup in this project and region. */
export class BackupNotFound extends Schema.TaggedError<BackupNotFound>()("BackupNotFound", fields) {}

/** The service throttles; `retry_after` says when to come back, if it told. */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", fields) {}

/** The service, or a gateway before it, failed. */
export class ServiceUnavailable extends Schema.TaggedError<ServiceUnavailable>()("ServiceUnavailable", fields) {}

/** A 200 whose body is not a backup. */
export class MalformedResponse extends Schema.TaggedError<MalformedResponse>()("MalformedResponse", {
  ...fields,
  /** Whether the body is no JSON, as one is that was cut on its way: the call was tried again before it failed. */
  may_be_cut: Schema.optionalKey(Schema.Boolean)
}) {}

/** A body beyond the size limit; reading stopped there. */
export class ResponseTooLarge extends Schema.TaggedError<ResponseTooLarge>()("ResponseTooLarge", fields) {}

/** The service could not be reached, or the connection broke; `reason` says where. */
export class ConnectionFailed extends Schema.TaggedError<ConnectionFailed>()("ConnectionFailed", {
  ...fields,
  /** The step that failed: name look-up, connect, a proxy that asks for a password, TLS, TLS with a server that speaks none, or an established connection. */
  reason: Schema.Literals(["Dns", "Connect", "ProxyLogin", "Tls", "NotTls", "Broken"])
}) {}

/** No answer in time; `limit` says which time. */
export class TimedOut extends Schema.TaggedError<TimedOut>()("TimedOut", {
  ...fields,
  /** One attempt's time-out, or the deadline over all attempts. */
  limit: Schema.Literals(["attempt", "deadline"])
}) {}

/** An answer that fits nothing above, such as a redirect or a path that the gateway does not know. */
export class OtherStatus extends Schema.TaggedError<OtherStatus>()("OtherStatus", fields) {}

/**
 * Every way in which `showBackup` fails. `ErrorTable` says of each whether a
 * retry can help, what to do next, its exit code and its HTTP status.
 *
 * @example
 * ```ts
 * client.showBackup(request).pipe(Effect.catchTag("BackupNotFound", () => Effect.succeed(undefined)))
 * ```
 */
export const ShowBackupError = Schema.Union([
  InvalidRequest,
  NoCredentials,
  AuthenticationFailed,
  PermissionDenied,
  BackupNotFound,
  RateLimited,
  ServiceUnavailable,
  MalformedResponse,
  ResponseTooLarge,
  ConnectionFailed,
  TimedOut,
  OtherStatus
])

/** Every way in which `showBackup` fails. */
export type ShowBackupError = typeof ShowBackupError.Type

/** What an error may carry of the service's answer. */
export type Answer = Schema.Struct.Type<typeof answer>

/** Whether `cbr-proxy` answered, for itself or with what it got of the service. */
export const isOfProxy = ({ error_code, proxy_request_id }: Answer): boolean =>
  proxy_request_id !== undefined || error_code?.startsWith("CbrProxy.") === true

/**
 * A refusal of before in place of a request that is not sent, until so many
 * seconds from now: it has no id of its own.
 */
export const withoutSending = (
  refusal: AuthenticationFailed,
  says: { readonly message: string; readonly retry_after: number }
): AuthenticationFailed => {
  const { proxy_request_id: _, request_id: __, ...rest } = refusal
  return new AuthenticationFailed({ ...rest, ...says })
}

/** The same error, telling how many requests were sent before it. */
export const withAttempts = <E extends ShowBackupError>(error: E, attempts: number): E =>
  new (error.constructor as new (fields: E) => E)(Object.assign({}, error, { message: error.message, attempts }))
