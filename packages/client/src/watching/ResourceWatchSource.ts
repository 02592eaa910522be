import { type BackupResp, matchesListBackups, newestFirst } from "@cbr/domain"
import * as Effect from "effect/Effect"
import type { BackupCalls } from "../calls/BackupCalls.ts"
import { latestBackup, type ResourceFilter } from "../calls/LatestBackup.ts"
import type { WatchSource } from "./EventSubscription.ts"

/**
 * The newest backup of a server or disk. The watch looks for it by the name until an answer has the resource's id, and
 * by the id from then on.
 *
 * The watch tells the project's events about the newest backup, and about a newer one of the same resource. It looks
 * again where an event leaves something open: the resource of a name, and the newest backup after the newest is gone.
 */
export const resourceWatchSource = (client: BackupCalls, filter: ResourceFilter): WatchSource => {
  const { project_id } = filter
  let known: ResourceFilter = filter
  let newest: BackupResp | undefined

  const isAskedFor = (backup: BackupResp): boolean =>
    (known.resource_id === undefined
      ? backup.resource_name === known.resource_name
      : backup.resource_id === known.resource_id) &&
    matchesListBackups(filter, backup) &&
    isWithin(filter, backup.created_at?.epochMilliseconds)

  return {
    look: Effect.suspend(() => latestBackup(known)).pipe(
      Effect.tap((resource) =>
        Effect.sync(() => {
          newest = resource.newest.backup
          if (resource.resource_id !== undefined) known = { ...filter, resource_id: resource.resource_id }
        })
      ),
      Effect.map((resource) => resource.newest)
    ),
    // A project's events tell nothing of replications.
    events: (lastEventId) =>
      filter.show_replication === true ? undefined : client.listEvents?.(project_id, lastEventId),
    heed: (event) => {
      if (event._tag === "Listed") return "look"
      const { backup } = event.response
      const isKnown = backup.id === newest?.id
      if (event._tag === "Gone" || !isAskedFor(backup)) return isKnown ? "look" : "pass"
      if (known.resource_id === undefined) return "look"
      if (newest !== undefined && !isKnown && newestFirst(newest, backup) < 0) return "pass"
      newest = backup
      return "tell"
    }
  }
}

/** Whether a backup was made in the filter's time; true if it names no time. */
const isWithin = ({ end_time, start_time }: ResourceFilter, made: number | undefined): boolean =>
  made === undefined ||
  ((start_time === undefined || made >= Date.parse(start_time)) &&
    (end_time === undefined || made <= Date.parse(end_time)))
