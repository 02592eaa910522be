import { Fleet, isAtRest, omitUndefined, type ResourceBackups, type ShowBackupResponse } from "@cbr/domain"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { NamedResource } from "../errors/FailureDetails.ts"
import { BackupNotFound, InvalidRequest, type ShowBackupError } from "../errors/ShowBackupError.ts"
import type { BackupClient } from "./BackupClient.ts"
import { type ListBackupsFilter, type ListBackupsOptions, listPages, maxPageSize } from "./ListBackups.ts"

/**
 * The backups of one server or disk, by its id or its name.
 * @category Calls
 * @since 0.2.0
 */
export type ResourceFilter = ListBackupsFilter &
  ({ readonly resource_id: string } | { readonly resource_name: string; readonly resource_id?: never })

/**
 * The options of `latestBackup`.
 * @category Calls
 * @since 0.2.0
 */
export interface LatestBackupOptions extends Pick<ListBackupsOptions, "onIncomplete"> {
  /**
   * The backup at which a search by id ends: the newest of any state, by default; or the newest whole one, and the one
   * before it while the newest is being copied.
   */
  readonly until?: "newest" | "whole" | undefined
}

/**
 * The newest backups of one server or disk.
 *
 * A search by id ends at the first page that settles it, mostly the first page, of ten backups. A search by name reads
 * all matches, since a server that was built anew has its predecessor's name. Two ids of one name are an `InvalidRequest`,
 * whose detail names both with their newest backup. Where no backup is of the resource, it is `BackupNotFound`. A
 * server that ignores `sort` is read to its end.
 *
 * @example
 * ```ts
 * const { newest } = yield* latestBackup({ project_id, resource_name: "ecs-orders-0001" })
 * newest.backup.status // "available"
 * ```
 * @category Calls
 * @since 0.2.0
 */
export const latestBackup = Effect.fn("latestBackup")(function* (
  filter: ResourceFilter,
  { onIncomplete, until = "newest" }: LatestBackupOptions = {}
): Effect.fn.Return<ResourceBackups<ShowBackupResponse>, ShowBackupError, BackupClient> {
  const now = yield* DateTime.now
  const { resource_id, resource_name } = filter
  // A program without types may name none; the newest of the whole project would be a wrong answer.
  if ((resource_id ?? resource_name ?? "") === "") {
    return yield* new InvalidRequest({ detail: { code: "resource-missing" }, attempts: 0 })
  }
  const fleet = new Fleet<ShowBackupResponse>(now)
  const isSettled = (): boolean => {
    const [resource] = resource_id === undefined ? [] : fleet.resources()
    if (resource === undefined || until === "newest") return resource !== undefined
    const { whole, wholeBefore } = resource
    return whole !== undefined && (wholeBefore !== undefined || isAtRest(whole.backup))
  }
  yield* listPages(filter, resource_id === undefined ? allPages : firstPages, onIncomplete).pipe(
    Stream.takeUntil(({ backups, isSorted }) => {
      for (const response of backups) {
        const { backup } = response
        // One that does not say whose it is matches every filter, and settles nothing.
        const isOfResource =
          resource_id === undefined ? backup.resource_name === resource_name : backup.resource_id === resource_id
        if (isOfResource) fleet.add(response)
      }
      return isSorted && isSettled()
    }),
    Stream.runDrain
  )
  const [resource, ...others] = fleet.resources()
  if (resource === undefined) {
    const by = resource_id === undefined ? "resource_name" : "resource_id"
    return yield* new BackupNotFound({ detail: { code: "no-backup-of-resource", by, resource: filter[by] ?? "" } })
  }
  if (others.length === 0) return resource
  const name = resource_name ?? ""
  const resources = [resource, ...others].map(named)
  return yield* new InvalidRequest({ detail: { code: "several-resources", name, resources } })
})

/** The newest are ten backups or less, and mostly the first of them is enough. */
const firstPages = { first: 10, largest: maxPageSize }

const allPages = { first: maxPageSize, largest: maxPageSize }

const named = ({ key, newest: { backup } }: ResourceBackups): NamedResource => ({
  id: key,
  ...omitUndefined({ newest: backup.id, created_at: backup.created_at?.text })
})
