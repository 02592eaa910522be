import type { ShowBackupRequest, ShowBackupResponse } from "@cbr/domain"
import * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { InvalidRequest, ShowBackupError } from "../errors/ShowBackupError.ts"
import { validateCount } from "../resilience/PolicyValidation.ts"
import type { BackupClient } from "./BackupClient.ts"
import { BackupClientService } from "./BackupClientService.ts"

/**
 * The result of one of many requests.
 * @category Calls
 * @since 0.1.0
 */
export interface Shown {
  readonly request: ShowBackupRequest
  readonly result: Result.Result<ShowBackupResponse, ShowBackupError>
}

/** Requests under way at once, unless told otherwise. */
const defaultConcurrency = 8

/**
 * Fetches many backups, eight at a time unless told otherwise, and gives each
 * as it arrives: one that fails is a result like any other.
 *
 * The requests may come from a stream without an end: no more are taken than
 * are under way, or done and not yet read. A concurrency that is no whole
 * number above 0 fails with `InvalidRequest` before the first.
 *
 * @example
 * ```ts
 * showMany(requests, { concurrency: 16 }).pipe(
 *   Stream.runForEach(({ request, result }) =>
 *     Console.log(request.backup_id, Result.isSuccess(result) ? result.success.backup.status : result.failure.message)
 *   )
 * )
 * ```
 * @category Calls
 * @since 0.1.0
 */
export const showMany = <E = never, R = never>(
  requests: Iterable<ShowBackupRequest> | Stream.Stream<ShowBackupRequest, E, R>,
  options: { readonly concurrency?: number | undefined } = {}
): Stream.Stream<Shown, E | InvalidRequest, R | BackupClient> => {
  const { concurrency = defaultConcurrency } = options
  const fault = validateCount("concurrency", concurrency, 1)
  if (fault !== undefined) return Stream.fail(fault)
  return (Stream.isStream(requests) ? requests : Stream.fromIterable(requests, { chunkSize: 1 })).pipe(
    Stream.mapEffect(
      (request) =>
        BackupClientService.use((client) => client.showBackup(request)).pipe(
          Effect.result,
          Effect.map((result): Shown => ({ request, result }))
        ),
      { concurrency, unordered: true }
    )
  )
}
