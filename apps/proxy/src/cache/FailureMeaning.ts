import type { ShowBackupError } from "@cbr/client"
import type { Refusal } from "../problems/Refusal.ts"

/**
 * What a failed call says of the entry that is there already:
 *
 * - `ill`: nothing. The cloud, or the way to it, is in trouble, and an older
 *   answer is better than none.
 * - `revoked`: the cloud no longer lets us see the backup, so the entry goes.
 * - `gone`: there is no such backup.
 * - `ours`: nothing, and an older answer would hide what has to be corrected.
 */
export type FailureMeaning = "ill" | "revoked" | "gone" | "ours"

const meanings: Readonly<Record<ShowBackupError["_tag"], FailureMeaning>> = {
  InvalidRequest: "ours",
  NoCredentials: "ours",
  AuthenticationFailed: "revoked",
  PermissionDenied: "revoked",
  RequestRefused: "ours",
  BackupNotFound: "gone",
  RateLimited: "ill",
  ServiceUnavailable: "ill",
  // What is no backup comes from something that stands in the cloud's place: a portal, a broken gateway.
  MalformedResponse: "ill",
  ResponseTooLarge: "ill",
  ConnectionFailed: "ill",
  TimedOut: "ill",
  OtherStatus: "ours"
}

/** What a failure means for the cache. The proxy's own refusals to call, for load or quota, are an illness too. */
export const meaningOf = (error: ShowBackupError | Refusal): FailureMeaning =>
  error._tag === "Refusal" ? "ill" : meanings[error._tag]
