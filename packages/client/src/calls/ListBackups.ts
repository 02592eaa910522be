import { type ListBackupsRequest, matchesListBackups, type ShowBackupResponse } from "@cbr/domain"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { FailureDetail } from "../errors/FailureDetails.ts"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"
import type { BackupClient } from "./BackupClient.ts"
import { BackupClientService } from "./BackupClientService.ts"
import { ListPagingState, newestFirstSort, type PageSizes } from "./ListPagingState.ts"

/**
 * Which backups to list. Order and paging are the client's own.
 * @category Calls
 * @since 0.2.0
 */
export type ListBackupsFilter = Omit<ListBackupsRequest, "sort" | "limit" | "offset" | "marker">

/**
 * The options of `listBackups`.
 * @category Calls
 * @since 0.2.0
 */
export interface ListBackupsOptions {
  /** Backups a page at most, 2 to 1,000; 1,000 by default. */
  readonly pageSize?: number | undefined
  /**
   * Hears once that the list may be incomplete, with the reason; and once that the server refuses `show_replication`, so
   * that the list is without copies (`list-without-copies`).
   */
  readonly onIncomplete?: ((detail: FailureDetail) => Effect.Effect<void>) | undefined
}

/** Backups that a page has at most, by the API's page. */
export const maxPageSize = 1000

/**
 * Lists backups over all pages, the newest first.
 *
 * Each page is one call, with the credentials, limits and retries of `showBackup`. No backup comes twice, and none that
 * stood still while the list was read is missed; one that is made meanwhile may be. What the service filters loosely is
 * filtered again. After an answer that is too large, the client asks for smaller pages. `onIncomplete` hears of a server
 * that ignores `sort` or `offset`. If a server refuses `show_replication` with 400, the client asks again without it.
 *
 * @example
 * ```ts
 * listBackups({ project_id, vault_id, status: ["error"] }).pipe(
 *   Stream.runForEach(({ backup }) => Console.log(backup.id, backup.resource_name))
 * )
 * ```
 * @source GET /v3/{project_id}/backups
 * @category Calls
 * @since 0.2.0
 */
export const listBackups = (
  filter: ListBackupsFilter,
  { onIncomplete, pageSize = maxPageSize }: ListBackupsOptions = {}
): Stream.Stream<ShowBackupResponse, ShowBackupError, BackupClient> =>
  listPages(filter, { first: pageSize, largest: pageSize }, onIncomplete).pipe(
    // A page is one piece of the stream: to take it apart costs as much as to read it.
    Stream.map(({ backups }) => backups),
    Stream.filter(Arr.isReadonlyArrayNonEmpty),
    Stream.flattenArray
  )

/** A page of the list: its new backups that match the filter. */
export interface NewBackups {
  readonly backups: ReadonlyArray<ShowBackupResponse>
  /** Whether the server has kept to the order so far: then the next backups are older. */
  readonly isSorted: boolean
}

/** The pages of a list, in which nothing comes twice. */
export const listPages = (
  filter: ListBackupsFilter,
  sizes: PageSizes,
  onIncomplete: ListBackupsOptions["onIncomplete"] = () => Effect.void
): Stream.Stream<NewBackups, ShowBackupError, BackupClient> =>
  Stream.suspend(() => {
    const paging = new ListPagingState(sizes)
    const { show_replication: _, ...withoutCopies } = filter
    let refusesCopies = false
    const next = Effect.gen(function* () {
      const client = yield* BackupClientService
      const asked: ListBackupsRequest = {
        ...(refusesCopies ? withoutCopies : filter),
        sort: newestFirstSort,
        ...paging.window
      }
      const listed = yield* client.listBackupsPage(asked).pipe(
        Effect.catch((refused) => {
          if (asked.show_replication === undefined || refused.status_code !== 400) return Effect.fail(refused)
          const { show_replication: _, ...others } = asked
          return client.listBackupsPage(others).pipe(
            Effect.tap(() => {
              refusesCopies = true
              return onIncomplete({ code: "list-without-copies" })
            }),
            // If the parameter made no difference, the first answer has the fault.
            Effect.mapError((error) => (error.status_code === 400 ? refused : error))
          )
        }),
        Effect.catchTag("ResponseTooLarge", (error) => (paging.shrink() ? Effect.undefined : Effect.fail(error)))
      )
      if (listed === undefined) return []
      const backups = paging.take(listed).filter(({ backup }) => matchesListBackups(filter, backup))
      if (paging.isOver && paging.incomplete !== undefined) {
        yield* onIncomplete({ code: `list-${paging.incomplete}` })
      }
      return [{ backups, isSorted: paging.isSorted }]
    })
    return Stream.paginate(undefined, () =>
      Effect.map(next, (pages) => [pages, paging.isOver ? Option.none() : Option.some(undefined)] as const)
    )
  })
