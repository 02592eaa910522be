import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import { age, contentTime, type ContentTime } from "./BackupAge.ts"
import type { BackupResp } from "./BackupResp.ts"
import { BackupStatus } from "./BackupStatus.ts"
import { descendants } from "./Descendants.ts"
import type { Expectations } from "./Expectations.ts"
import type { Finding, Verdict } from "./Finding.ts"
import { rawString } from "./JmesPath.ts"
import { latestReplication } from "./LatestReplication.ts"
import type { OpenEnum } from "./OpenEnum.ts"
import { failureReasons } from "./ReplicationRecordsExtraInfo.ts"
import { hasEnded, ReplicationStatus } from "./ReplicationStatus.ts"
import { RestoreMode } from "./RestoreMode.ts"
import { type Obstacle, restoreModeField, type RestoreOption, restoreOptions } from "./RestoreOptions.ts"
import type { Timestamp } from "./Timestamp.ts"

/**
 * Holds a backup against expectations: one finding for each, and for each
 * region where replication is expected.
 *
 * Pure: `now` is given. As it passes, a verdict on age, expiry or replication
 * only gets graver; before the moment of the content itself, one that turns on
 * its age is `unknown`. A missing field is `unknown`, never `ok`; so is a value that the
 * page does not list, unless it is the very one expected.
 *
 * @example
 * ```ts
 * const findings = assess(backup, { age: { max: Duration.hours(24) } }, now)
 * overallVerdict(findings) // "critical"
 * findings[0].actual // "1d 7h (protected_at 2020-02-05T10:38:34.209782, read as UTC)"
 * ```
 */
export const assess = (backup: BackupResp, expectations: Expectations, now: DateTime.Utc): ReadonlyArray<Finding> => {
  const check = <R extends keyof Expectations>(rule: R): ReadonlyArray<Finding & { readonly rule: R }> => {
    const expected = expectations[rule]
    if (expected === undefined) return []
    return rules[rule](expected as Given[R], backup, now).map((outcome) => ({ rule, ...outcome }))
  }
  return (Object.keys(rules) as Array<keyof Expectations>).flatMap(check)
}

type Given = Required<Expectations>

type Outcome = Omit<Finding, "rule">

type Rules = {
  readonly [R in keyof Given]: (expected: Given[R], backup: BackupResp, now: DateTime.Utc) => ReadonlyArray<Outcome>
}

const rules: Rules = {
  status: (status, backup) => [statusIs("status", status, backup.status)],

  age: ({ max, warn }, backup, now) => {
    const expected = `at most ${words(max)}${warn === undefined ? "" : `, a warning above ${words(warn)}`}`
    return [
      ofAge(backup, now, expected, (old, { at, field }) => {
        const late = warn !== undefined && Duration.isGreaterThan(old, warn) ? "warning" : "ok"
        const verdict = Duration.isGreaterThan(old, max) ? "critical" : late
        return { field, expected, actual: `${words(old)} (${field} ${said(at)})`, verdict }
      })
    ]
  },

  not_expiring_within: (span, { expired_at }, now) => {
    const expected = `more than ${words(span)} from now`
    if (expired_at === undefined) return [missing("expired_at", expected)]
    const left = DateTime.distance(now, expired_at.utc)
    const actual = `${words(left)} from now (${said(expired_at)})`
    return [{ field: "expired_at", expected, actual, verdict: okIf(Duration.isGreaterThan(left, span)) }]
  },

  replicated: ({ regions, within }, backup, now) => regions.map((region) => replication(region, within, backup, now)),

  restorable: (way, backup) => {
    const { create_image, restore } = restoreOptions(backup)
    const mode = backup.extend_info?.supported_restore_mode
    if (way === "backup") return [restorability(restore, way, mode)]
    if (way === "snapshot") return [restorability(create_image, way, mode)]
    const option = mode === "snapshot" ? create_image : restore
    return [restorability(option, "backup or snapshot", mode)]
  },

  encrypted: (encrypted, backup) => [equality("extend_info.encrypted", encrypted, backup.extend_info?.encrypted)],

  multi_az: (multiAz, backup) => [equality("extend_info.is_multi_az", multiAz, backup.extend_info?.is_multi_az)],

  min_children: (least, { children }) => {
    const expected = `at least ${least}`
    return children === undefined
      ? [missing("children", expected)]
      : [{ field: "children", expected, actual: String(children.length), verdict: okIf(children.length >= least) }]
  },

  children_whole: (_, backup) => {
    const expected = "all available"
    if (backup.children === undefined) return [missing("children", expected)]
    const parts = descendants(backup)
    const wanting = parts.filter(({ part }) => part.status !== "available")
    const [first] = [...wanting.filter(({ part }) => isDocumented(BackupStatus, part.status)), ...wanting]
    return first === undefined
      ? [{ field: "children", expected, actual: `${parts.length} of ${parts.length} available`, verdict: "ok" }]
      : [statusIs(`${first.path}.status`, "available", first.part.status)]
  },

  resource: (id, backup) => [equality("resource_id", id, backup.resource_id)]
}

const replication = (
  region: string,
  within: Duration.Duration | undefined,
  backup: BackupResp,
  now: DateTime.Utc
): Outcome => {
  const expected = `success in ${region}${within === undefined ? "" : ` within ${words(within)}`}`
  if (backup.replication_records === undefined) return missing("replication_records", expected)
  const record = latestReplication(backup, region)
  const nowhere = backup.replication_records.findIndex(({ destination_region }) => destination_region === undefined)
  if (record === undefined && nowhere >= 0) {
    return missing(`replication_records[${nowhere}].destination_region`, expected)
  }
  const field = `replication_records[?destination_region==${rawString(region)}].status`
  if (record !== undefined && record.status === undefined) return missing(field, expected)
  const status = record?.status ?? "no replication there"
  if (record?.status === "success") return { field, expected, actual: status, verdict: "ok" }
  if (record !== undefined && !isDocumented(ReplicationStatus, record.status)) {
    return { field, expected, actual: status, verdict: "unknown" }
  }
  if (within === undefined || hasEnded(record?.status)) {
    return { field, expected, actual: [status, ...failureReasons(record?.extra_info)].join(", "), verdict: "critical" }
  }
  return ofAge(backup, now, expected, (old) => {
    const actual = `${status}, ${words(old)} after the backup`
    return { field, expected, actual, verdict: okIf(Duration.isLessThanOrEqualTo(old, within)) }
  })
}

/** Judges by the age of the content, where that tells anything: content from the future has none. */
const ofAge = (
  backup: BackupResp,
  now: DateTime.Utc,
  expected: string,
  judge: (old: Duration.Duration, content: ContentTime) => Outcome
): Outcome => {
  const content = contentTime(backup)
  const old = age(backup, now)
  if (content === undefined || old === undefined) return missing("protected_at", expected)
  if (Duration.isGreaterThanOrEqualTo(old, Duration.zero)) return judge(old, content)
  return { field: content.field, expected, actual: `in the future (${said(content.at)})`, verdict: "unknown" }
}

const restorability = ({ obstacles }: RestoreOption, modes: string, mode: RestoreMode | undefined): Outcome => {
  const [obstacle] = [...obstacles.filter(isCertain), ...obstacles]
  const { actual, expected, field } = obstacle ?? { field: restoreModeField, expected: modes, actual: mode }
  return {
    field,
    expected: field === restoreModeField ? modes : expected,
    actual: actual ?? "missing",
    verdict: obstacle === undefined ? "ok" : isCertain(obstacle) ? "critical" : "unknown"
  }
}

const isCertain = ({ actual, field }: Obstacle): boolean =>
  isDocumented(field === restoreModeField ? RestoreMode : BackupStatus, actual)

// A value that the page does not list may well allow what the listed ones don't.
const isDocumented = (enumeration: OpenEnum<string>, value: string | undefined): boolean =>
  value !== undefined && enumeration.isDocumented(value)

const statusIs = (field: string, expected: BackupStatus, actual: BackupStatus | undefined): Outcome => {
  const outcome = equality(field, expected, actual)
  return outcome.verdict === "ok" || isDocumented(BackupStatus, actual) ? outcome : { ...outcome, verdict: "unknown" }
}

const equality = <A extends string | boolean>(field: string, expected: A, actual: A | undefined): Outcome =>
  actual === undefined
    ? missing(field, String(expected))
    : { field, expected: String(expected), actual: String(actual), verdict: okIf(actual === expected) }

const missing = (field: string, expected: string): Outcome => ({
  field,
  expected,
  actual: "missing",
  verdict: "unknown"
})

const okIf = (holds: boolean): Verdict => (holds ? "ok" : "critical")

const said = (time: Timestamp): string => (time.hasZone ? time.text : `${time.text}, read as UTC`)

/** A duration in whole seconds, as in `1d 7h`. */
const words = (duration: Duration.Duration): string =>
  Duration.isFinite(duration) ? Duration.format(Duration.seconds(Math.trunc(Duration.toSeconds(duration)))) : "ever"
