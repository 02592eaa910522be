import type * as DateTime from "effect/DateTime"
import { type CachedRequest, isListRequest } from "../cache/CacheKey.ts"
import type { BackupAccess, Requester } from "../gateway/BackupAccess.ts"
import type { Scope } from "../rights/Caller.ts"

/** The path of a backup's events. */
export const eventsPath = (project_id: string, backup_id: string) =>
  `/-/v1/projects/${project_id}/backups/${backup_id}/events` as const

/** The path of the events of a project's backups. */
export const projectEventsPath = (project_id: string) => `/-/v1/projects/${project_id}/backups/events` as const

/** The media type of both. */
export const eventStreamType = "text/event-stream"

/**
 * The `Link` in the answer for a backup or a list: the path of its events, for a caller that may watch it.
 *
 * @source RFC 8288; RFC 5989, section 5
 */
export const monitorLink = (
  access: BackupAccess["Service"],
  requester: Requester,
  request: CachedRequest,
  now: DateTime.Utc
): string | undefined => {
  const { project_id } = request
  const [path, scopes] = isListRequest(request)
    ? ([projectEventsPath(project_id), watchesProject] as const)
    : ([eventsPath(project_id, request.backup_id), watchesBackup] as const)
  return access.allows(requester, project_id, scopes, now)
    ? `<${path}>; rel="monitor"; type="${eventStreamType}"`
    : undefined
}

/** The scopes of a caller that watches a backup, and of one that watches a project. */
export const watchesBackup: ReadonlyArray<Scope> = ["watch"]
export const watchesProject: ReadonlyArray<Scope> = ["list", "watch"]
