import type { FailureDetail } from "@cbr/client"
import { type JsonValue, parseJson } from "@cbr/client/jmespath"
import {
  assess,
  type BackupResp,
  type Expectations,
  fallback,
  type Finding,
  type Health,
  health,
  overallVerdict,
  type Verdict
} from "@cbr/domain"
import type * as DateTime from "effect/DateTime"
import { monitoringStates } from "../../exit/ExitCodes.ts"
import type { Failure } from "../../failures/Failure.ts"
import { toJson as failureJson } from "../../failures/FailureReport.ts"
import { en } from "../../messages/en.ts"
import type { Messages } from "../../messages/Messages.ts"
import type { RenderContext } from "../../output/Format.ts"
import type { Piece, Tone } from "../../text/Style.ts"
import { layOutTable } from "../../text/TableLayout.ts"
import { texts } from "./texts.ts"

/** The result of checking one backup. */
export interface CheckResult {
  readonly name: string
  readonly verdict: Verdict
  /** The findings in English, for data. */
  readonly findings: ReadonlyArray<Finding>
  /** The findings in the user's language. */
  readonly localizedFindings: ReadonlyArray<Finding>
  readonly backup: BackupResp | undefined
  /** The health of the backup, even if no rule asks for it. */
  readonly health: Health | undefined
  readonly failure: Failure | undefined
}

/** Checks a backup against expectations. */
export const checkBackup = (
  name: string,
  backup: BackupResp,
  expectations: Expectations,
  now: DateTime.Utc,
  { locale }: Messages
): CheckResult => {
  const findings = assess(backup, expectations, now)
  const localizedFindings = locale === "en" ? findings : assess(backup, expectations, now, locale)
  return {
    name,
    verdict: overallVerdict(findings),
    findings,
    localizedFindings,
    backup,
    health: health(backup, now),
    failure: undefined
  }
}

/** A list that may be incomplete proves no backup whole: the best of its verdicts is `unknown`, and `critical` stays. */
export const doubted = (verdict: Verdict, incomplete: FailureDetail | undefined): Verdict =>
  incomplete === undefined || verdict === "critical" ? verdict : "unknown"

/** The result for a backup that could not be fetched: critical if it does not exist, else unknown. */
export const unavailable = (name: string, failure: Failure): CheckResult => ({
  name,
  verdict: failure.kind === "BackupNotFound" ? "critical" : "unknown",
  findings: [],
  localizedFindings: [],
  backup: undefined,
  health: undefined,
  failure
})

/**
 * Replaces the verdict of a backup in progress by `ok` if another whole backup of the same resource keeps the rules.
 */
export const withFallbacks = (all: ReadonlyArray<CheckResult>, messages: Messages): ReadonlyArray<CheckResult> => {
  const found = all.flatMap(({ backup, findings, name }) => (backup === undefined ? [] : [{ backup, findings, name }]))
  return all.map((each) => {
    if (each.backup === undefined || each.health?.level !== "in-progress") return each
    const other = fallback(each.backup, found)
    if (other === undefined) return each
    const kept = (findings: ReadonlyArray<Finding>, { pick }: Messages) =>
      findings
        .filter(({ rule }) => rule === "healthy")
        .map((finding) => ({
          ...finding,
          actual: pick(texts).meanwhile(finding.actual, other.name),
          verdict: "ok" as const
        }))
    return {
      ...each,
      verdict: "ok",
      findings: kept(each.findings, en),
      localizedFindings: kept(each.localizedFindings, messages)
    }
  })
}

/** The worst of several verdicts; `ok` for an empty list. */
export const worstVerdict = (verdicts: ReadonlyArray<Verdict>): Verdict =>
  (["critical", "unknown", "warning"] as const).find((verdict) => verdicts.includes(verdict)) ?? "ok"

/**
 * The gravest finding in a few words, with counts of the others: rules that failed, backups not found, backups not
 * checked.
 */
export const summarize = (all: ReadonlyArray<CheckResult>, worst: Verdict, messages: Messages): string => {
  const words = messages.pick(texts)
  const wanting = all.flatMap(({ failure, name, localizedFindings, verdict }) => [
    ...(failure === undefined
      ? []
      : [
          {
            verdict,
            said: describeFailure(failure, messages),
            name,
            kind: failure.kind === "BackupNotFound" ? ("missing" as const) : ("backups" as const),
            isWhole: true
          }
        ]),
    ...localizedFindings
      .filter(({ verdict }) => verdict !== "ok")
      .map((finding) => ({
        verdict: finding.verdict,
        said: describeFinding(finding, messages),
        name,
        isWhole: finding.rule === "healthy",
        kind: finding.verdict === "unknown" ? ("unknown" as const) : ("failed" as const)
      }))
  ])
  const worstOnes = wanting.filter(({ verdict }) => verdict === worst)
  // A failed or missing backup says more than a broken rule.
  const first = worstOnes.find(({ isWhole }) => isWhole) ?? worstOnes[0]
  if (first === undefined) {
    const kept = all.flatMap(({ localizedFindings }) => localizedFindings)
    const verdict = all.length === 1 ? kept.find(({ rule }) => rule === "healthy")?.actual : undefined
    return words.allKept(kept.length, verdict)
  }
  const count = (kind: (typeof wanting)[number]["kind"]) => wanting.filter((each) => each.kind === kind).length
  const missing = wanting.filter(({ kind }) => kind === "missing")
  const counts = words.counts({
    failed: count("failed"),
    unknown: count("unknown"),
    missing: missing.length,
    // The first is named before the counts.
    missingNames:
      missing.length > maxNamed || (missing.length === 1 && missing[0] === first)
        ? []
        : missing.map(({ name }) => name),
    backups: count("backups")
  })
  return [`${all.length > 1 ? `${first.name}: ` : ""}${first.said}`, ...(wanting.length === 1 ? [] : [counts])].join(
    messages.between
  )
}

/** The most missing backups that the first line names. */
const maxNamed = 2

/** A finding in words; the verdict on health needs no name of its rule. */
export const describeFinding = ({ actual, expected, rule }: Finding, { pick }: Messages): string =>
  rule === "healthy" ? actual : pick(texts).finding(rule, actual, expected)

const describeFailure = (failure: Failure, messages: Messages): string => {
  const { title, why } = failure.render(messages)
  return messages.named(title, why)
}

const tones: Readonly<Record<Verdict, Tone>> = { ok: "good", warning: "busy", unknown: "busy", critical: "bad" }

export const stateOf = (verdict: Verdict): Piece => ({ text: monitoringStates[verdict].word, tone: tones[verdict] })

/** Renders a line for each rule of each backup. */
export const renderDetails = (all: ReadonlyArray<CheckResult>, where: RenderContext): string => {
  const { messages } = where
  const rows = all.flatMap(({ failure, name, localizedFindings, verdict }): ReadonlyArray<ReadonlyArray<Piece>> => {
    const id = all.length > 1 ? [name] : []
    if (failure !== undefined) {
      const { title, why } = failure.render(messages)
      return [[stateOf(verdict), ...id, title, why]]
    }
    return localizedFindings.map(({ actual, expected, rule, verdict }) => [
      stateOf(verdict),
      ...id,
      messages.pick(texts).rules[rule],
      rule === "healthy" ? actual : messages.pick(texts).compared(actual, expected)
    ])
  })
  return layOutTable(rows, where)
}

/** The reason why the list of a result may lack backups, as data. */
export const incompleteJson = (incomplete: FailureDetail | undefined): { readonly incomplete?: JsonValue } =>
  incomplete === undefined ? {} : { incomplete: en.detail(incomplete) }

/** The result as data: in English, with the codes and facts of its health. */
export const toJson = ({ backup, failure, findings, health, name, verdict }: CheckResult): JsonValue => ({
  id: backup?.id ?? name,
  verdict,
  health: health === undefined ? null : parseJson(JSON.stringify(health)),
  findings: findings.map((finding) => ({ ...finding })),
  error: failure === undefined ? null : failureJson(failure)
})
