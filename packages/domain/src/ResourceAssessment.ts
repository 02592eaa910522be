import type * as DateTime from "effect/DateTime"
import { assess } from "./Assessment.ts"
import { newestFirst } from "./BackupOrder.ts"
import type { BackupResp } from "./BackupResp.ts"
import type { Expectations } from "./Expectations.ts"
import { type Finding, overallVerdict, Verdict } from "./Finding.ts"
import { findingText, type Language } from "./FindingText.ts"
import { hasExpired, health } from "./Health.ts"
import { healthText } from "./HealthText.ts"
import { latestReplication } from "./LatestReplication.ts"
import { hasEnded } from "./ReplicationStatus.ts"
import { resourceAssessmentText } from "./ResourceAssessmentText.ts"
import type { ResourceBackups, WithBackup } from "./ResourceBackups.ts"
import { wholeness } from "./Wholeness.ts"

/**
 * The verdict on a resource by its backups.
 * @category Verdicts
 * @since 0.2.0
 */
export interface ResourceAssessment<A extends WithBackup = WithBackup> {
  readonly verdict: Verdict
  /**
   * The backup that was held against the expectations: the newest whole one, else the newest; none where there is no
   * backup.
   */
  readonly judged: A | undefined
  readonly findings: ReadonlyArray<Finding>
  /** Backups that are newer than the judged one and failed or are under way, the newest first. */
  readonly newer: ReadonlyArray<A>
  /** Notes beside the findings: the id and health of each newer backup. */
  readonly notes: ReadonlyArray<string>
}

/**
 * Holds a resource against expectations: its newest whole backup counts. A newer one that is under way or failed is
 * named and decides nothing. So a verdict does not change while a backup is made.
 *
 * While the newest whole backup is being copied or restored from, the whole one before it answers for the health and
 * for the copy; its age, and all else, stay those of the newest. A copy that is to be there `within` some time is
 * judged by that time alone. Without any whole backup the verdict is never `ok`: `critical`, but a `warning` while the
 * first one is being made, and `unknown` where that cannot be told.
 *
 * @example
 * ```ts
 * fleet.resources().map((resource) => assessResource(resource, { age: { max: Duration.hours(26) } }, now).verdict)
 * ```
 * @category Verdicts
 * @since 0.2.0
 */
export const assessResource = <A extends WithBackup>(
  resource: ResourceBackups<A>,
  expectations: Expectations,
  now: DateTime.Utc,
  language: Language = "en"
): ResourceAssessment<A> => {
  const { failed, newest, underWay, whole, wholeBefore } = resource
  const newer = newerOf(resource)
  const notes = newer.map(({ backup }) =>
    resourceAssessmentText[language].newer(backup.id ?? "", healthText(health(backup, now), language))
  )
  if (whole === undefined) {
    // One that is being deleted tells least.
    const [judged = newest] = [underWay, failed]
      .filter((item) => item !== undefined)
      .sort((one, other) => newestFirst(one.backup, other.backup))
    const { healthy: _, ...others } = expectations
    const findings = [notWhole(judged.backup, now, language), ...assess(judged.backup, others, now, language)]
    return { verdict: overallVerdict(findings), judged, findings, newer, notes }
  }
  const ofNewest = assess(whole.backup, expectations, now, language)
  const findings =
    wholeBefore === undefined || hasExpired(wholeBefore.backup, now)
      ? ofNewest
      : excused(ofNewest, { whole: whole.backup, before: wholeBefore.backup, expectations, now, language })
  return { verdict: overallVerdict(findings), judged: whole, findings, newer, notes }
}

/**
 * Assesses a resource that should have a backup and has none.
 * @category Verdicts
 * @since 0.2.0
 */
export const assessMissing = (language: Language = "en"): ResourceAssessment<never> => {
  const { aWholeBackup, noBackup } = resourceAssessmentText[language]
  const finding = { rule: "healthy", field: "backups", expected: aWholeBackup, actual: noBackup } as const
  return {
    verdict: "critical",
    judged: undefined,
    findings: [{ ...finding, verdict: "critical" }],
    newer: [],
    notes: []
  }
}

const notWhole = (backup: BackupResp, now: DateTime.Utc, language: Language): Finding => {
  const words = resourceAssessmentText[language]
  const judged = health(backup, now)
  const state = wholeness(backup)
  return {
    rule: "healthy",
    field: judged.reasons[0].field,
    expected: words.aWholeBackup,
    actual: words.noneIsWhole(healthText(judged, language)),
    verdict: state === "under-way" ? "warning" : state === "unknown" ? "unknown" : "critical"
  }
}

interface Excusing {
  readonly whole: BackupResp
  readonly before: BackupResp
  readonly expectations: Expectations
  readonly now: DateTime.Utc
  readonly language: Language
}

/** Findings on the newest whole backup, where the one before answers for what is under way of it. */
const excused = (
  findings: ReadonlyArray<Finding>,
  { before, expectations, language, now, whole }: Excusing
): ReadonlyArray<Finding> => {
  const { healthy, replicated } = expectations
  const isBusy = health(whole, now).level === "in-progress"
  if (!isBusy) return findings
  const answers = (of: Expectations) => overallVerdict(assess(before, of, now)) === "ok"
  const copies = replicated?.regions.values()
  return findings.map((finding) => {
    const region = finding.rule === "replicated" ? copies?.next().value : undefined
    if (finding.verdict === "ok") return finding
    const isAnswered =
      finding.rule === "healthy"
        ? healthy !== undefined && answers({ healthy })
        : region !== undefined &&
          replicated?.within === undefined &&
          isBeingCopied(whole, region) &&
          answers({ replicated: { regions: [region] } })
    if (!isAnswered) return finding
    const id = before.id ?? findingText[language].missing
    return {
      ...finding,
      actual: resourceAssessmentText[language].meanwhile(finding.actual, id),
      verdict: "ok" as const
    }
  })
}

const isBeingCopied = (backup: BackupResp, region: string): boolean => {
  const record = latestReplication(backup, region)
  return record !== undefined && !hasEnded(record.status)
}

const newerOf = <A extends WithBackup>({ failed, underWay, whole }: ResourceBackups<A>): ReadonlyArray<A> =>
  // The notes leave out the assessed backup itself.
  whole === undefined
    ? []
    : [underWay, failed]
        .filter((item) => item !== undefined)
        .sort((one, other) => newestFirst(one.backup, other.backup))

/**
 * Orders verdicts: a greater number is graver.
 * @category Verdicts
 * @since 0.2.0
 */
export const gravityOfVerdict = (verdict: Verdict): number => Verdict.literals.indexOf(verdict)
