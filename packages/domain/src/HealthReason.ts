import type { BackupStatus } from "./BackupStatus.ts"
import type { HealthLevel } from "./HealthLevel.ts"
import type { ReplicationStatus } from "./ReplicationStatus.ts"
import type { RestoreMode } from "./RestoreMode.ts"
import type { Timestamp } from "./Timestamp.ts"

/** Some of the parts of a backup, at any depth. */
export interface Parts {
  /** The number of all parts. */
  readonly total: number
  /** Whether all of them are disks, by their `resource_type`. */
  readonly areDisks: boolean
  /** Those that the reason is about: each by its name, or the next best, and its status as it came. */
  readonly parts: readonly [Part, ...ReadonlyArray<Part>]
}

/** A part that a reason is about. */
export interface Part {
  readonly name: string
  readonly status: BackupStatus | undefined
}

/** A replication to a region, which the record may not name. */
interface Replication {
  readonly region: string | undefined
}

/** The code says it all. */
type NoFacts = object

/**
 * The facts of each reason by its code.
 * @category Verdicts
 * @since 0.2.0
 */
export interface HealthFacts {
  readonly "status-error": NoFacts
  readonly "children-in-error": Parts
  readonly expired: { readonly at: Timestamp }
  readonly "children-expired": Parts
  /** A field that decides came, and could not be read. */
  readonly "field-unreadable": { readonly path: string }
  readonly "status-missing": NoFacts
  readonly "status-undocumented": { readonly status: BackupStatus }
  readonly "children-status-missing": Parts
  readonly "children-status-undocumented": Parts
  readonly "replication-status-missing": Replication
  readonly "replication-status-undocumented": Replication & { readonly status: ReplicationStatus }
  readonly "replication-failed": Replication & { readonly reasons: ReadonlyArray<string> }
  readonly "replication-skipped": Replication & { readonly reasons: ReadonlyArray<string> }
  readonly "status-in-progress": { readonly status: keyof typeof BackupStatus.meanings }
  readonly "children-in-progress": Parts
  readonly "replication-in-progress": Replication & {
    readonly isWaiting: boolean
    /** In percent, as far as the service said it. */
    readonly progress: number | undefined
  }
  /** The restore mode of a healthy backup; `undefined` if the service did not send it. */
  readonly "restore-mode": { readonly mode: RestoreMode | undefined }
}

/**
 * The code of a reason.
 * @category Verdicts
 * @since 0.2.0
 */
export type HealthCode = keyof HealthFacts

/**
 * A reason for a backup's health: a code, the field that decided, and the facts.
 * @category Verdicts
 * @since 0.2.0
 */
export type HealthReason = {
  readonly [C in HealthCode]: { readonly code: C; readonly field: string } & HealthFacts[C]
}[HealthCode]

/**
 * The level that each reason stands for.
 * @category Verdicts
 * @since 0.2.0
 */
export const healthLevels = {
  "status-error": "failed",
  "children-in-error": "failed",
  expired: "failed",
  "children-expired": "failed",
  "field-unreadable": "unknown",
  "status-missing": "unknown",
  "status-undocumented": "unknown",
  "children-status-missing": "unknown",
  "children-status-undocumented": "unknown",
  "replication-status-missing": "unknown",
  "replication-status-undocumented": "unknown",
  "replication-failed": "degraded",
  "replication-skipped": "degraded",
  "status-in-progress": "in-progress",
  "children-in-progress": "in-progress",
  "replication-in-progress": "in-progress",
  "restore-mode": "healthy"
} as const satisfies Readonly<Record<HealthCode, HealthLevel>>
