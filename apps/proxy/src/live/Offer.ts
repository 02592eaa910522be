import type { ShowBackupRequest } from "@cbr/domain"
import type * as DateTime from "effect/DateTime"
import type { Gateway, Visitor } from "../gateway/Gateway.ts"

/** Where the events of a backup are. */
export const eventsPath = (project_id: string, backup_id: string) =>
  `/-/v1/projects/${project_id}/backups/${backup_id}/events` as const

/** What they are. */
export const eventStreamType = "text/event-stream"

/**
 * The `Link` that tells, with an answer for a backup, where its events are: for
 * those who may have them.
 *
 * @source RFC 8288; RFC 5989, section 5
 */
export const offerOf = (
  gateway: Gateway["Service"],
  visitor: Visitor,
  { backup_id, project_id }: ShowBackupRequest,
  now: DateTime.Utc
): string | undefined =>
  gateway.allows(visitor, project_id, "watch", now)
    ? `<${eventsPath(project_id, backup_id)}>; rel="monitor"; type="${eventStreamType}"`
    : undefined
