import type { ShowBackupError } from "@cbr/client"
import type { ProxyError } from "../problems/ProxyError.ts"

/**
 * What a failed call says of the entry that is there already:
 *
 * - `transient`: nothing. The cloud, or the way to it, is in trouble, and an older
 *   answer is better than none.
 * - `denied`: the cloud no longer lets us see the backup, so the entry goes.
 * - `notFound`: there is no such backup.
 * - `local`: nothing, and an older answer would hide what has to be corrected.
 */
export type FailureClass = "transient" | "denied" | "notFound" | "local"

const failureClasses: Readonly<Record<ShowBackupError["_tag"], FailureClass>> = {
  InvalidRequest: "local",
  NoCredentials: "local",
  AuthenticationFailed: "denied",
  PermissionDenied: "denied",
  RequestRefused: "local",
  BackupNotFound: "notFound",
  RateLimited: "transient",
  ServiceUnavailable: "transient",
  // What is no backup comes from something that stands in the cloud's place: a portal, a broken gateway.
  MalformedResponse: "transient",
  ResponseTooLarge: "transient",
  ConnectionFailed: "transient",
  TimedOut: "transient",
  OtherStatus: "local"
}

/** What a failure means for the cache. The proxy's own refusals to call, for load or quota, are an illness too. */
export const failureClassOf = (error: ShowBackupError | ProxyError): FailureClass =>
  error._tag === "ProxyError" ? "transient" : failureClasses[error._tag]
