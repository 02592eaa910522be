/** The path of the board; its files lie below. */
export const boardPath = "/-/board"

/** A project's digest. */
export const fleetPath = (project_id: string) => `/-/v1/projects/${project_id}/fleet` as const

/** A project's changes, as server-sent events. */
export const projectEventsPath = (project_id: string): string => `/-/v1/projects/${project_id}/backups/events`

/** A backup's changes, as server-sent events. */
export const backupEventsPath = (project_id: string, backup_id: string): string =>
  `/-/v1/projects/${project_id}/backups/${backup_id}/events`
