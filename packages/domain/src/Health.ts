import * as DateTime from "effect/DateTime"
import type { BackupResp } from "./BackupResp.ts"
import { BackupStatus } from "./BackupStatus.ts"
import { type Descendant, descendants } from "./Descendants.ts"
import { HealthLevel, gravityOf } from "./HealthLevel.ts"
import { type Parts, type Part, type HealthCode, type HealthReason, healthLevels } from "./HealthReason.ts"
import { textLiteral } from "./JmesPathLiteral.ts"
import { latestReplications } from "./LatestReplication.ts"
import { failureReasons } from "./ReplicationRecordsExtraInfo.ts"
import { restoreModeField } from "./RestoreOptions.ts"
import type { Timestamp } from "./Timestamp.ts"
import { unreadableFields } from "./UnreadableFields.ts"

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

/** The reasons that the statuses of a backup's parts give, at any depth; available parts give none. */
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
