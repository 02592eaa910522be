import type { ShowBackupError } from "@cbr/client"
import * as Result from "effect/Result"
import type { ProxyError } from "../problems/ProxyError.ts"
import type { CacheEntry, Present } from "./CacheEntry.ts"
import type { CacheStatus } from "./CacheStatus.ts"

/** Why there is no backup to show. */
export type FetchError = ShowBackupError | ProxyError

/** The result of a lookup, and the cache's part in it. */
export interface CacheResult {
  readonly outcome: Result.Result<Present, FetchError>
  readonly status: CacheStatus
  /** When it was answered, in milliseconds since 1970. */
  readonly at: number
}

/** The backup of an entry, or its error. */
export const outcomeOf = (entry: CacheEntry): CacheResult["outcome"] =>
  entry._tag === "Present" ? Result.succeed(entry) : Result.fail(entry.error)

/** An entry as the answer. */
export const cachedResult = (entry: CacheEntry, detail: string | undefined, now: number): CacheResult => ({
  outcome: outcomeOf(entry),
  status: statusOfHit(entry, detail, now),
  at: now
})

/** The status of an answer from an entry. */
export const statusOfHit = ({ freshness }: CacheEntry, detail: string | undefined, now: number): CacheStatus => ({
  hit: true,
  ttl: Math.floor((freshness.freshUntil - now) / 1_000),
  ...(detail === undefined ? {} : { detail })
})

/** The status that the cloud answered, if it did. */
export const fwdStatusOf = (outcome: CacheResult["outcome"]): { readonly fwdStatus?: number } => {
  if (Result.isSuccess(outcome)) return { fwdStatus: 200 }
  const { failure } = outcome
  // Where nothing was sent the status is of another answer: an earlier one, or one of IAM.
  if (failure._tag === "ProxyError" || failure.status_code === undefined || failure.attempts === 0) return {}
  return { fwdStatus: failure.status_code }
}
