import type { ShowBackupError } from "@cbr/client"
import type { FetchError } from "./CacheResult.ts"
import type { CacheStore } from "./CacheStore.ts"

/**
 * The meaning of a failed call for the cached entry:
 *
 * - `transient`: nothing. The cloud, or the way to it, is in trouble, and an older
 *   answer is better than none.
 * - `denied`: the cloud no longer lets us see the backup, so the entry goes.
 * - `notFound`: there is no such backup.
 * - `local`: nothing, and an older answer would hide a mistake that has to be corrected.
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
  // A portal or a broken gateway in the cloud's place answers with a body that is no backup.
  MalformedResponse: "transient",
  ResponseTooLarge: "transient",
  ConnectionFailed: "transient",
  TimedOut: "transient",
  OtherStatus: "local"
}

/** The class of a failure. The proxy's own refusals to call, for load or quota, are transient too. */
export const failureClassOf = (error: FetchError): FailureClass =>
  error._tag === "ProxyError" ? "transient" : failureClasses[error._tag]

/** Forgets the entry of a key, or has it used for longer, as the failure of a call at a moment asks. */
export const noteFailure = (
  store: Pick<CacheStore, "get" | "forget">,
  key: string,
  error: FetchError,
  at: number
): void => {
  switch (failureClassOf(error)) {
    case "notFound":
    case "denied":
      return store.forget(key)
    case "transient": {
      const entry = store.get(key)
      if (entry?._tag !== "Present") return
      entry.revalidation.lastAt = at
      entry.revalidation.backoffUntil = at + backoffOf(error)
      return
    }
    case "local":
  }
}

/** Milliseconds without calls for a backup after a call for it failed: a second, or as the cloud says, up to half a minute. */
const backoffOf = (error: FetchError): number =>
  Math.min(Math.max(error._tag === "ProxyError" ? 1 : (error.retry_after ?? 1), 1), 30) * 1_000
