import * as Request from "../errors/ShowBackupError.ts"
import * as Wait from "../errors/WaitUntilError.ts"
import type { ErrorClass, PlainError } from "./PlainTypes.ts"

/**
 * Every way in which a client's methods fail, but for being aborted.
 * @category Promises
 * @since 0.1.0
 */
export type BackupError = PlainErrorOf<Wait.WaitUntilError>

type PlainErrorOf<E extends Error> = E extends Error ? PlainError<E> : never

/**
 * A project id, backup id, condition or endpoint that cannot be right; nothing was sent.
 * @category Promises
 * @since 0.1.0
 */
export type InvalidRequest = PlainError<Request.InvalidRequest>
export const InvalidRequest: ErrorClass<InvalidRequest> = Request.InvalidRequest

/**
 * No usable credential was given; nothing was sent.
 * @category Promises
 * @since 0.1.0
 */
export type NoCredentials = PlainError<Request.NoCredentials>
export const NoCredentials: ErrorClass<NoCredentials> = Request.NoCredentials

/**
 * The service did not accept the key, the token or the signature.
 * @category Promises
 * @since 0.1.0
 */
export type AuthenticationFailed = PlainError<Request.AuthenticationFailed>
export const AuthenticationFailed: ErrorClass<AuthenticationFailed> = Request.AuthenticationFailed

/**
 * The service knows the caller and refuses the call.
 * @category Promises
 * @since 0.1.0
 */
export type PermissionDenied = PlainError<Request.PermissionDenied>
export const PermissionDenied: ErrorClass<PermissionDenied> = Request.PermissionDenied

/**
 * CBR reads the request and refuses it as it is; `error_code` and `error_msg` say why.
 * @category Promises
 * @since 0.2.0
 */
export type RequestRefused = PlainError<Request.RequestRefused>
export const RequestRefused: ErrorClass<RequestRefused> = Request.RequestRefused

/**
 * There is no such backup in this project and region.
 * @category Promises
 * @since 0.1.0
 */
export type BackupNotFound = PlainError<Request.BackupNotFound>
export const BackupNotFound: ErrorClass<BackupNotFound> = Request.BackupNotFound

/**
 * The service throttles; `retry_after` says when to come back, if it told.
 * @category Promises
 * @since 0.1.0
 */
export type RateLimited = PlainError<Request.RateLimited>
export const RateLimited: ErrorClass<RateLimited> = Request.RateLimited

/**
 * The service, or a gateway before it, failed.
 * @category Promises
 * @since 0.1.0
 */
export type ServiceUnavailable = PlainError<Request.ServiceUnavailable>
export const ServiceUnavailable: ErrorClass<ServiceUnavailable> = Request.ServiceUnavailable

/**
 * A 200 whose body is not a backup.
 * @category Promises
 * @since 0.1.0
 */
export type MalformedResponse = PlainError<Request.MalformedResponse>
export const MalformedResponse: ErrorClass<MalformedResponse> = Request.MalformedResponse

/**
 * A body beyond the size limit; reading stopped there.
 * @category Promises
 * @since 0.1.0
 */
export type ResponseTooLarge = PlainError<Request.ResponseTooLarge>
export const ResponseTooLarge: ErrorClass<ResponseTooLarge> = Request.ResponseTooLarge

/**
 * The service could not be reached, or the connection broke; `reason` says where.
 * @category Promises
 * @since 0.1.0
 */
export type ConnectionFailed = PlainError<Request.ConnectionFailed>
export const ConnectionFailed: ErrorClass<ConnectionFailed> = Request.ConnectionFailed

/**
 * No answer in time; `limit` says which time.
 * @category Promises
 * @since 0.1.0
 */
export type TimedOut = PlainError<Request.TimedOut>
export const TimedOut: ErrorClass<TimedOut> = Request.TimedOut

/**
 * An answer that fits nothing above, such as a redirect or a path that the gateway does not know.
 * @category Promises
 * @since 0.1.0
 */
export type OtherStatus = PlainError<Request.OtherStatus>
export const OtherStatus: ErrorClass<OtherStatus> = Request.OtherStatus

/**
 * The awaited condition can no longer come true; `detail.reason` says why.
 * @category Promises
 * @since 0.1.0
 */
export type ConditionImpossible = PlainError<Wait.ConditionImpossible>
export const ConditionImpossible: ErrorClass<ConditionImpossible> = Wait.ConditionImpossible

/**
 * The awaited condition did not come true in time.
 * @category Promises
 * @since 0.1.0
 */
export type ConditionTimedOut = PlainError<Wait.ConditionTimedOut>
export const ConditionTimedOut: ErrorClass<ConditionTimedOut> = Wait.ConditionTimedOut
