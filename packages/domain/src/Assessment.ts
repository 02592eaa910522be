import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import type { BackupResp } from "./BackupResp.ts"
import { BackupStatus } from "./BackupStatus.ts"
import { age, contentTime, type ContentTime, isWithoutContent } from "./ContentTime.ts"
import { descendants } from "./Descendants.ts"
import type { Expectations } from "./Expectations.ts"
import type { Finding, Verdict } from "./Finding.ts"
import { findingText, type FindingText, type Language } from "./FindingText.ts"
import { health, statusesOfParts } from "./Health.ts"
import { type HealthLevel, levelVerdicts } from "./HealthLevel.ts"
import { healthLevels } from "./HealthReason.ts"
import { healthText, reasonText } from "./HealthText.ts"
import { textLiteral } from "./JmesPathLiteral.ts"
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
 * page does not list, unless it is the very one expected. A backup in `error`
 * without `protected_at` has no content, so a rule on its age is broken. Findings speak the
 * language asked for; values of the service stay as they came.
 *
 * @example
 * ```ts
 * const findings = assess(backup, { age: { max: Duration.hours(24) } }, now)
 * overallVerdict(findings) // "critical"
 * findings[0].actual // "1d 7h (protected_at 2020-02-05T10:38:34.209782, read as UTC)"
 * ```
 * @category Verdicts
 * @since 0.1.0
 */
export const assess = (
  backup: BackupResp,
  expectations: Expectations,
  now: DateTime.Utc,
  language: Language = "en"
): ReadonlyArray<Finding> => {
  const subject: Subject = { backup, now, language, words: findingText[language] }
  const check = <R extends keyof Expectations>(rule: R): ReadonlyArray<Finding & { readonly rule: R }> => {
    const expected = expectations[rule]
    if (expected === undefined) return []
    return rules[rule](expected as Given[R], subject).map((outcome) => ({ rule, ...outcome }))
  }
  return (Object.keys(rules) as Array<keyof Expectations>).flatMap(check)
}

type Given = Required<Expectations>

type Outcome = Omit<Finding, "rule">

/** The backup to judge, the time of the judgement and the language of its text. */
interface Subject {
  readonly backup: BackupResp
  readonly now: DateTime.Utc
  readonly language: Language
  readonly words: FindingText
}

type Rules = {
  readonly [R in keyof Given]: (expected: Given[R], subject: Subject) => ReadonlyArray<Outcome>
}

const rules: Rules = {
  healthy: ({ degraded = "warning" }, { backup, language, now, words }) => {
    const judged = health(backup, now)
    return [
      {
        field: judged.reasons[0].field,
        expected: words.healthy,
        actual: healthText(judged, language),
        verdict: judged.level === "degraded" ? degraded : levelVerdicts[judged.level]
      }
    ]
  },

  status: (status, { backup, words }) => [statusIs("status", status, backup.status, words)],

  age: ({ max, warn }, subject) => {
    const { words } = subject
    const expected = words.atMost(max, warn)
    const isOver = (limit: Duration.Duration | undefined, old: Duration.Duration) =>
      limit !== undefined && Duration.isGreaterThan(old, limit)
    return [
      ofAge(subject, expected, (old, { at, field }) => {
        const verdict = isOver(max, old) ? "critical" : isOver(warn, old) ? "warning" : "ok"
        return { field, expected, actual: words.old(old, field, said(at, words)), verdict }
      })
    ]
  },

  not_expiring_within: (span, { backup: { expired_at }, now, words }) => {
    const expected = words.moreThanFromNow(span)
    if (expired_at === undefined) return [missing("expired_at", expected, words)]
    const left = DateTime.distance(now, expired_at.utc)
    const actual = words.fromNow(left, said(expired_at, words))
    return [{ field: "expired_at", expected, actual, verdict: okIf(Duration.isGreaterThan(left, span)) }]
  },

  replicated: ({ regions, within }, subject) => regions.map((region) => replication(region, within, subject)),

  restorable: (way, subject) => {
    const { backup } = subject
    const { create_image, restore } = restoreOptions(backup)
    const mode = backup.extend_info?.supported_restore_mode
    if (way === "backup") return [restorability(restore, way, mode, subject)]
    if (way === "snapshot") return [restorability(create_image, way, mode, subject)]
    const option = mode === "snapshot" ? create_image : restore
    return [restorability(option, subject.words.anyMode, mode, subject)]
  },

  encrypted: (encrypted, { backup, words }) => [
    equality("extend_info.encrypted", encrypted, backup.extend_info?.encrypted, words)
  ],

  multi_az: (multiAz, { backup, words }) => [
    equality("extend_info.is_multi_az", multiAz, backup.extend_info?.is_multi_az, words)
  ],

  min_children: (least, { backup: { children }, words }) => {
    const expected = words.atLeast(least)
    return children === undefined
      ? [missing("children", expected, words)]
      : [{ field: "children", expected, actual: String(children.length), verdict: okIf(children.length >= least) }]
  },

  children_whole: (_, { backup, language, words }) => {
    const expected = words.allAvailable
    if (backup.children === undefined) return [missing("children", expected, words)]
    const wanting = ofParts(backup, language)
    if (wanting !== undefined) return [{ ...wanting, expected }]
    const { length } = descendants(backup)
    return [{ field: "children", expected, actual: words.available(length, length), verdict: "ok" }]
  },

  resource: (id, { backup, words }) => [equality("resource_id", id, backup.resource_id, words)]
}

const replication = (region: string, within: Duration.Duration | undefined, subject: Subject): Outcome => {
  const { backup, words } = subject
  const expected = words.success(region, within)
  if (backup.replication_records === undefined) return missing("replication_records", expected, words)
  const record = latestReplication(backup, region)
  const nowhere = backup.replication_records.findIndex(({ destination_region }) => destination_region === undefined)
  if (record === undefined && nowhere >= 0) {
    return missing(`replication_records[${nowhere}].destination_region`, expected, words)
  }
  const field = `replication_records[?destination_region==${textLiteral(region)}].status`
  if (record !== undefined && record.status === undefined) return missing(field, expected, words)
  const status = record?.status ?? words.noReplication
  if (record?.status === "success") return { field, expected, actual: status, verdict: "ok" }
  if (record !== undefined && !isDocumented(ReplicationStatus, record.status)) {
    return { field, expected, actual: status, verdict: "unknown" }
  }
  if (within === undefined || hasEnded(record?.status)) {
    return { field, expected, actual: [status, ...failureReasons(record?.extra_info)].join(", "), verdict: "critical" }
  }
  return ofAge(subject, expected, (old) => ({
    field,
    expected,
    actual: words.afterBackup(status, old),
    verdict: okIf(Duration.isLessThanOrEqualTo(old, within))
  }))
}

/**
 * Judges by the age of the content. Content from the future has no age, so its verdict is `unknown`. A backup that
 * failed has no content, so its verdict is `critical`.
 */
const ofAge = (
  { backup, now, words }: Subject,
  expected: string,
  judge: (old: Duration.Duration, content: ContentTime) => Outcome
): Outcome => {
  if (isWithoutContent(backup)) return { field: "status", expected, actual: words.failed, verdict: "critical" }
  const content = contentTime(backup)
  if (content === undefined) return missing("protected_at", expected, words)
  const old = age(backup, now)
  if (old !== undefined) return judge(old, content)
  return { field: content.field, expected, actual: words.inFuture(said(content.at, words)), verdict: "unknown" }
}

const restorability = (
  { obstacles }: RestoreOption,
  modes: string,
  mode: RestoreMode | undefined,
  { backup, language, words }: Subject
): Outcome => {
  const [obstacle] = [...obstacles.filter(isCertain), ...obstacles]
  const { actual, expected, field } = obstacle ?? { field: restoreModeField, expected: modes, actual: mode }
  const wanting = field === restoreModeField || field === "status" ? undefined : ofParts(backup, language)
  if (wanting !== undefined) return { ...wanting, expected: words.allAvailable }
  return {
    field,
    expected: field === restoreModeField ? modes : expected,
    actual: actual ?? words.missing,
    verdict: obstacle === undefined ? "ok" : isCertain(obstacle) ? "critical" : "unknown"
  }
}

/** Names and counts the gravest of a backup's parts; undefined if all of them are available. */
const ofParts = (backup: BackupResp, language: Language): Omit<Outcome, "expected"> | undefined => {
  const [first] = statusesOfParts(backup)
    .map((reason) => ({ reason, verdict: verdictOfParts(healthLevels[reason.code]) }))
    .sort((one, other) => Number(other.verdict === "critical") - Number(one.verdict === "critical"))
  return first === undefined
    ? undefined
    : { field: first.reason.field, actual: reasonText(first.reason, language), verdict: first.verdict }
}

const isCertain = ({ actual, field }: Obstacle): boolean =>
  isDocumented(field === restoreModeField ? RestoreMode : BackupStatus, actual)

// A value that the page does not list may well allow what the listed ones don't.
const isDocumented = (enumeration: OpenEnum<string>, value: string | undefined): boolean =>
  value !== undefined && enumeration.isDocumented(value)

const statusIs = (
  field: string,
  expected: BackupStatus,
  actual: BackupStatus | undefined,
  words: FindingText
): Outcome => {
  const outcome = equality(field, expected, actual, words)
  return outcome.verdict === "ok" || isDocumented(BackupStatus, actual) ? outcome : { ...outcome, verdict: "unknown" }
}

const equality = <A extends string | boolean>(
  field: string,
  expected: A,
  actual: A | undefined,
  words: FindingText
): Outcome =>
  actual === undefined
    ? missing(field, String(expected), words)
    : { field, expected: String(expected), actual: String(actual), verdict: okIf(actual === expected) }

const missing = (field: string, expected: string, words: FindingText): Outcome => ({
  field,
  expected,
  actual: words.missing,
  verdict: "unknown"
})

/** A part that is not available yet is as little whole as one in error. */
const verdictOfParts = (level: HealthLevel): Verdict => (level === "unknown" ? "unknown" : "critical")

const okIf = (holds: boolean): Verdict => (holds ? "ok" : "critical")

const said = (time: Timestamp, words: FindingText): string => (time.hasZone ? time.text : words.readAsUtc(time.text))
