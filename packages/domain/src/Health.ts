import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import type { BackupResp } from "./BackupResp.ts"
import { BackupStatus } from "./BackupStatus.ts"
import { type Descendant, descendants } from "./Descendants.ts"
import type { Verdict } from "./Finding.ts"
import { textLiteral } from "./JmesPath.ts"
import { latestReplications } from "./LatestReplication.ts"
import { failureReasons } from "./ReplicationRecordsExtraInfo.ts"
import type { ReplicationStatus } from "./ReplicationStatus.ts"
import type { RestoreMode } from "./RestoreMode.ts"
import { restoreModeField } from "./RestoreOptions.ts"
import type { Timestamp } from "./Timestamp.ts"
import { unreadableFields } from "./UnreadableFields.ts"

/**
 * How a backup is, from the best to the gravest:
 *
 * - `healthy`: it is available, and nothing known speaks against it;
 * - `in-progress`: it, a part or a copy of it is being made, restored from or deleted;
 * - `degraded`: it is whole, but a copy to another region failed or was skipped;
 * - `unknown`: a status is missing, or is not one that the page lists;
 * - `failed`: it or a part is in error, or its expiry has passed: it would not
 *   restore whole, or may go at any moment.
 * @category Verdicts
 * @since 0.2.0
 */
export const HealthLevel = Schema.Literals(["healthy", "in-progress", "degraded", "unknown", "failed"])

/**
 * How a backup is.
 * @category Verdicts
 * @since 0.2.0
 */
export type HealthLevel = typeof HealthLevel.Type

/** Some of the parts of a backup, at any depth. */
export interface Parts {
  /** How many there are in all. */
  readonly total: number
  /** Whether all of them are disks, by their `resource_type`. */
  readonly areDisks: boolean
  /** Those that the reason is about: each by its name, or the next best, and its status as it came. */
  readonly parts: readonly [Part, ...ReadonlyArray<Part>]
}

interface Part {
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
  /** What a healthy backup serves for; `undefined` where the service did not say it. */
  readonly "restore-mode": { readonly mode: RestoreMode | undefined }
}

/**
 * The code of a reason.
 * @category Verdicts
 * @since 0.2.0
 */
export type HealthCode = keyof HealthFacts

/**
 * Why a backup is as it is: a code, the field that decided, and the facts.
 * @category Verdicts
 * @since 0.2.0
 */
export type HealthReason = {
  readonly [C in HealthCode]: { readonly code: C; readonly field: string } & HealthFacts[C]
}[HealthCode]

/**
 * The judgement of a backup.
 * @category Verdicts
 * @since 0.2.0
 */
export interface Health {
  readonly level: HealthLevel
  /** At least one, the gravest first. */
  readonly reasons: readonly [HealthReason, ...ReadonlyArray<HealthReason>]
}

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

/**
 * What each level is to an expectation of health, which may hold `degraded` to be graver.
 * @category Verdicts
 * @since 0.2.0
 */
export const levelVerdicts: Readonly<Record<HealthLevel, Verdict>> = {
  healthy: "ok",
  "in-progress": "warning",
  degraded: "warning",
  unknown: "unknown",
  failed: "critical"
}

/**
 * Orders levels: a greater number is graver.
 * @category Verdicts
 * @since 0.2.0
 */
export const gravityOf = (level: HealthLevel): number => HealthLevel.literals.indexOf(level)

/**
 * The one judgement of a backup, from its status, expiry, parts, replications
 * and restore mode: a level and the reasons for it.
 *
 * Pure: `now` is an argument. A missing field proves nothing. Without a status the level is `unknown`. Missing parts,
 * copies or expiry have no reason, unless they came in a form that could not be read. Parts and copies count at any
 * depth; of the copies to one region the
 * newest counts. A healthy backup has one reason, its restore mode.
 *
 * @example
 * ```ts
 * health(backup, now)
 * // { level: "failed", reasons: [{ code: "children-in-error", field: "children[2].status", total: 3, … }] }
 * ```
 * @source 表4 BackupResp, `status`; 表5 BackupExtendInfo, `supported_restore_mode`; 表7 ReplicationRecordGet, `status`
 * @category Verdicts
 * @since 0.2.0
 */
export const health = (backup: BackupResp, now: DateTime.Utc): Health => {
  const all = [{ path: "", part: backup }, ...descendants(backup)]
  const found: ReadonlyArray<HealthReason> = [
    ...ofStatus(backup.status),
    ...unreadableFields(backup).map((path) => ({ code: "field-unreadable", field: path, path }) as const),
    ...ofExpiry(backup, now),
    ...ofParts(backup, now),
    ...all.flatMap(ofReplications)
  ].sort((one, other) => gravityOf(healthLevels[other.code]) - gravityOf(healthLevels[one.code]))
  const [first, ...others] = found
  return first === undefined
    ? { level: "healthy", reasons: [ofRestoreMode(backup)] }
    : { level: healthLevels[first.code], reasons: [first, ...others.filter(isFirstOfItsRegion(found))] }
}

const ofStatus = (status: BackupStatus | undefined): ReadonlyArray<HealthReason> => {
  const field = "status"
  if (status === undefined) return [{ code: "status-missing", field }]
  if (!BackupStatus.isDocumented(status)) return [{ code: "status-undocumented", field, status }]
  if (status === "available") return []
  return status === "error" ? [{ code: "status-error", field }] : [{ code: "status-in-progress", field, status }]
}

const ofExpiry = (backup: BackupResp, now: DateTime.Utc): ReadonlyArray<HealthReason> =>
  hasExpired(backup, now) ? [{ code: "expired", field: "expired_at", at: backup.expired_at }] : []

/**
 * Whether the expiry of a backup has passed; one without an expiry has not expired.
 * @category Verdicts
 * @since 0.2.0
 */
export const hasExpired = <B extends Pick<BackupResp, "expired_at">>(
  backup: B,
  now: DateTime.Utc
): backup is B & { readonly expired_at: Timestamp } =>
  backup.expired_at !== undefined && DateTime.isLessThanOrEqualTo(backup.expired_at.utc, now)

/** What is to be said of the statuses of a backup's parts, at any depth; nothing of those that are available. */
export const statusesOfParts = (backup: BackupResp): ReadonlyArray<HealthReason & Parts> =>
  partsWith(backup, {
    "children-in-error": ({ status }) => status === "error",
    "children-status-missing": ({ status }) => status === undefined,
    "children-status-undocumented": ({ status }) => status !== undefined && !BackupStatus.isDocumented(status),
    "children-in-progress": ({ status }) =>
      status !== undefined && BackupStatus.isDocumented(status) && status !== "available" && status !== "error"
  })

const ofParts = (backup: BackupResp, now: DateTime.Utc): ReadonlyArray<HealthReason> => [
  ...statusesOfParts(backup),
  ...partsWith(backup, { "children-expired": (part) => hasExpired(part, now) })
]

type PartsCode = Extract<HealthCode, `children-${string}`>

const partsWith = (
  backup: BackupResp,
  tests: { readonly [C in PartsCode]?: (part: BackupResp) => boolean }
): ReadonlyArray<HealthReason & Parts> => {
  const all = descendants(backup)
  const areDisks = all.every(({ part }) => part.resource_type === "OS::Cinder::Volume")
  return (Object.keys(tests) as Array<PartsCode>).flatMap((code) => {
    const [first, ...others] = all.filter(({ part }) => tests[code]?.(part))
    if (first === undefined) return []
    const field = `${first.path}.${code === "children-expired" ? "expired_at" : "status"}`
    return [{ code, field, total: all.length, areDisks, parts: [named(first), ...others.map(named)] as const }]
  })
}

const named = ({ part, path }: Descendant): Part => ({
  name: part.resource_name ?? part.name ?? part.id ?? path,
  status: part.status
})

const ofReplications = ({ part, path }: Descendant): ReadonlyArray<HealthReason> =>
  latestReplications(part).flatMap((record): ReadonlyArray<HealthReason> => {
    const { destination_region: region, extra_info, status } = record
    const records = `${path === "" ? "" : `${path}.`}replication_records`
    const field = `${records}[${
      region === undefined
        ? (part.replication_records ?? []).indexOf(record)
        : `?destination_region==${textLiteral(region)}`
    }].status`
    const reasons = failureReasons(extra_info)
    switch (status) {
      case "success":
        return []
      case "fail":
        return [{ code: "replication-failed", field, region, reasons }]
      case "skip":
        return [{ code: "replication-skipped", field, region, reasons }]
      case "replicating":
      case "waiting_replicate":
        return [
          {
            code: "replication-in-progress",
            field,
            region,
            isWaiting: status === "waiting_replicate",
            progress: extra_info?.progress
          }
        ]
      case undefined:
        return [{ code: "replication-status-missing", field, region }]
      default:
        return [{ code: "replication-status-undocumented", field, region, status }]
    }
  })

/** The parts of a backup are copied with it: the same of the same region is said once. */
const isFirstOfItsRegion = (found: ReadonlyArray<HealthReason>) => (reason: HealthReason) =>
  !("region" in reason) ||
  found.find((each) => each.code === reason.code && "region" in each && each.region === reason.region) === reason

const ofRestoreMode = ({ extend_info }: BackupResp): HealthReason => ({
  code: "restore-mode",
  field: restoreModeField,
  mode: extend_info?.supported_restore_mode
})
