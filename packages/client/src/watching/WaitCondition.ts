import {
  type BackupResp,
  type BackupStatus,
  descendants,
  failureReasons,
  latestReplication,
  phase,
  restoreOptions,
  type ShowBackupResponse,
  omitUndefined
} from "@cbr/domain"
import type { FailureDetail } from "../errors/FailureDetails.ts"
import type { Sighting } from "./Observation.ts"
import { canBecome } from "./StatusTransitions.ts"

/**
 * The backup has one of these statuses.
 * @category Watching
 * @since 0.1.0
 */
export interface StatusIs {
  readonly _tag: "StatusIs"
  readonly statuses: readonly [BackupStatus, ...ReadonlyArray<BackupStatus>]
}

/**
 * The backup is there, however it stands.
 * @category Watching
 * @since 0.2.0
 */
export interface Exists {
  readonly _tag: "Exists"
}

/**
 * The backup is gone: the service answers 404.
 * @category Watching
 * @since 0.1.0
 */
export interface Deleted {
  readonly _tag: "Deleted"
}

/**
 * The newest replication to a region succeeded.
 * @category Watching
 * @since 0.1.0
 */
export interface Replicated {
  readonly _tag: "Replicated"
  readonly region: string
}

/**
 * Every part of the backup is available; the backup itself, if it has no parts.
 * @category Watching
 * @since 0.1.0
 */
export interface ChildrenAvailable {
  readonly _tag: "ChildrenAvailable"
}

/**
 * The backup can be restored (`backup`), an image can be made of it (`snapshot`), or either (`any`).
 * @category Watching
 * @since 0.1.0
 */
export interface Restorable {
  readonly _tag: "Restorable"
  readonly mode: RestorableMode
}

/**
 * The restore mode of {@link Restorable}.
 * @category Watching
 * @since 0.1.0
 */
export type RestorableMode = "any" | "backup" | "snapshot"

/**
 * A test of the caller's own.
 * @category Watching
 * @since 0.1.0
 */
export interface Satisfies {
  readonly _tag: "Satisfies"
  /** The description of the test, for messages. */
  readonly description: string
  readonly predicate: (response: ShowBackupResponse) => boolean
  /** The test's value for an answer for which it does not hold, for messages; and a field that the answer lacks. */
  readonly gives?:
    | ((response: ShowBackupResponse) => { readonly value: string; readonly missing?: string; readonly near?: string })
    | undefined
}

/**
 * All of these hold in one and the same answer.
 * @category Watching
 * @since 0.1.0
 */
export interface All {
  readonly _tag: "All"
  readonly conditions: readonly [PresentCondition, ...ReadonlyArray<PresentCondition>]
}

/**
 * A condition on a backup that is there.
 * @category Watching
 * @since 0.2.0
 */
export type PresentCondition = Exists | StatusIs | Replicated | ChildrenAvailable | Restorable | Satisfies | All

/**
 * A condition to wait for.
 * @category Watching
 * @since 0.1.0
 */
export type WaitCondition = PresentCondition | Deleted

/**
 * The status is one of these.
 * @category Watching
 * @since 0.1.0
 */
export const status = (...statuses: readonly [BackupStatus, ...ReadonlyArray<BackupStatus>]): StatusIs => ({
  _tag: "StatusIs",
  statuses
})

/**
 * The backup is there.
 * @category Watching
 * @since 0.2.0
 */
export const exists: Exists = { _tag: "Exists" }

/**
 * Whether a condition is a wait for a backup that need not be there yet.
 * @category Watching
 * @since 0.2.0
 */
export const awaitsExistence = (condition: WaitCondition): boolean =>
  condition._tag === "Exists" || (condition._tag === "All" && condition.conditions.some(awaitsExistence))

/**
 * The backup is gone.
 * @category Watching
 * @since 0.1.0
 */
export const deleted: Deleted = { _tag: "Deleted" }

/**
 * The newest replication to `region` succeeded.
 * @category Watching
 * @since 0.1.0
 */
export const replicated = (region: string): Replicated => ({ _tag: "Replicated", region })

/**
 * Every part is available.
 * @category Watching
 * @since 0.1.0
 */
export const childrenAvailable: ChildrenAvailable = { _tag: "ChildrenAvailable" }

/**
 * It can be restored, or an image be made of it.
 * @category Watching
 * @since 0.1.0
 */
export const restorable = (mode: RestorableMode = "any"): Restorable => ({ _tag: "Restorable", mode })

/**
 * A test of the caller's own; messages have its `description`, and the value that it `gives` if it does not hold.
 *
 * @example
 * ```ts
 * satisfies("larger than 100 GB", ({ backup }) => (backup.resource_size ?? 0) > 100)
 * ```
 * @category Watching
 * @since 0.1.0
 */
export const satisfies = (
  description: string,
  predicate: Satisfies["predicate"],
  gives?: Satisfies["gives"]
): Satisfies => ({ _tag: "Satisfies", description, predicate, gives })

/**
 * All of these at once.
 * @category Watching
 * @since 0.1.0
 */
export const all = (...conditions: readonly [PresentCondition, ...ReadonlyArray<PresentCondition>]): All => ({
  _tag: "All",
  conditions
})

/**
 * The decision on a condition by a sighting.
 * @category Watching
 * @since 0.1.0
 */
export type Decision =
  | { readonly _tag: "Met" }
  | {
      readonly _tag: "Pending"
      /** Why the condition does not hold yet. */
      readonly reason: FailureDetail
    }
  | {
      readonly _tag: "Impossible"
      /** Why the condition can no longer come true. */
      readonly reason: FailureDetail
    }

const met: Decision = { _tag: "Met" }
const pending = (...reasons: readonly [FailureDetail, ...ReadonlyArray<FailureDetail>]): Decision => ({
  _tag: "Pending",
  reason: reasons.length === 1 ? reasons[0] : { code: "several-reasons", reasons }
})
const impossible = (reason: FailureDetail): Decision => ({ _tag: "Impossible", reason })

/**
 * Whether a condition is met, may still be, or can no longer come true. Pure.
 *
 * A status that the page does not document is never final: an unknown or missing status is pending.
 *
 * | condition            | impossible when                                                                   |
 * | -------------------- | --------------------------------------------------------------------------------- |
 * | any but `deleted`    | the backup is gone                                                                |
 * | `status`             | none of the statuses can follow: `available` not after `error`, nor after a delete began |
 * | `deleted`            | a delete had begun, and the backup is back to `available` or in `error`           |
 * | `replicated`         | the newest record for the region is `fail` or `skip`, or the backup is in `error` |
 * | `childrenAvailable`  | a part, or a backup without parts, is in `error` or being deleted                 |
 * | `restorable`         | the backup is in `error` or being deleted; for `backup`, also when a part is      |
 * | `all`                | any of them is                                                                    |
 * @category Watching
 * @since 0.1.0
 */
export const decide = (condition: WaitCondition, sighting: Sighting): Decision => {
  if (sighting._tag === "Gone") return condition._tag === "Deleted" ? met : impossible({ code: "backup-gone" })
  const { response, wasLeaving } = sighting
  switch (condition._tag) {
    case "Exists":
      return met
    case "StatusIs":
      return decideStatus(response.backup.status, condition.statuses)
    case "Deleted": {
      const { status } = response.backup
      return wasLeaving && status !== undefined && phase(status) === "stable"
        ? impossible({ code: "deletion-undone", status })
        : pending(statusIs(status))
    }
    case "Replicated":
      return decideReplication(condition.region, response.backup)
    case "ChildrenAvailable":
      return decideChildren(response.backup)
    case "Restorable":
      return decideRestorable(condition.mode, response.backup)
    case "Satisfies":
      return condition.predicate(response)
        ? met
        : pending(
            condition.gives === undefined
              ? { code: "test-not-held" }
              : { code: "test-gives", ...condition.gives(response) }
          )
    case "All":
      return decideAll(condition.conditions.map((each) => decide(each, sighting)))
  }
}

const decideStatus = (status: BackupStatus | undefined, statuses: ReadonlyArray<BackupStatus>): Decision => {
  if (status !== undefined && statuses.includes(status)) return met
  return status === undefined || statuses.some((target) => canBecome(status, target))
    ? pending(statusIs(status))
    : impossible({ code: "status-is", status })
}

const statusIs = (status: BackupStatus | undefined): FailureDetail =>
  status === undefined ? { code: "status-missing" } : { code: "status-is", status }

const decideReplication = (region: string, backup: BackupResp): Decision => {
  const record = latestReplication(backup, region)
  switch (record?.status) {
    case "success":
      return met
    case "fail":
    case "skip":
      return impossible({
        code: "replication-ended",
        region,
        status: record.status,
        reasons: failureReasons(record.extra_info)
      })
    case undefined:
    default: {
      if (backup.status === "error") return impossible({ code: "status-is", status: "error" })
      if (record === undefined) return pending({ code: "no-replication", region })
      const { extra_info, status } = record
      return pending({
        code: "replication-is",
        region,
        ...omitUndefined({ status, progress: extra_info?.progress })
      })
    }
  }
}

const decideChildren = (backup: BackupResp): Decision => {
  const parts = decideParts(backup)
  return parts.length === 0 ? decideStatus(backup.status, ["available"]) : decideAll(parts)
}

const decideParts = (backup: BackupResp): ReadonlyArray<Decision> =>
  descendants(backup).map(({ part, path }) => {
    const decision = decideStatus(part.status, ["available"])
    if (decision._tag === "Met") return met
    const { reason } = decision
    return reason.code === "status-is" || reason.code === "status-missing"
      ? { ...decision, reason: { ...reason, path } }
      : decision
  })

const decideRestorable = (mode: RestorableMode, backup: BackupResp): Decision => {
  const { create_image, restore } = restoreOptions(backup)
  if (mode !== "backup" && create_image.possible) return met
  if (mode !== "snapshot" && restore.possible) return met
  const whole = decideStatus(backup.status, ["available"])
  // A restore goes through the parts; an image does not need them.
  const hindrances = [whole, ...(mode === "backup" ? decideParts(backup) : [])]
  const impossible = hindrances.find(({ _tag }) => _tag === "Impossible")
  const restoreMode = backup.extend_info?.supported_restore_mode
  const isOfOtherMode = mode === "any" ? restoreMode !== "backup" && restoreMode !== "snapshot" : restoreMode !== mode
  const unfit: FailureDetail = { code: "restore-mode-is", ...omitUndefined({ mode: restoreMode }) }
  return impossible ?? pendingFor(hindrances, isOfOtherMode ? [unfit] : []) ?? pending(unfit)
}

const decideAll = (decisions: ReadonlyArray<Decision>): Decision =>
  decisions.find(({ _tag }) => _tag === "Impossible") ?? pendingFor(decisions) ?? met

/** Pending for the reasons of all that are, and for more; nothing where there is no reason. */
const pendingFor = (
  decisions: ReadonlyArray<Decision>,
  more: ReadonlyArray<FailureDetail> = []
): Decision | undefined => {
  const reasons = decisions.flatMap((decision) => (decision._tag === "Pending" ? [decision.reason] : []))
  const [first, ...others] = [
    ...reasons.flatMap((reason) => (reason.code === "several-reasons" ? reason.reasons : [reason])),
    ...more
  ]
  return first === undefined ? undefined : pending(first, ...others)
}
