import { age, type BackupResp, type Finding, type Verdict } from "@cbr/domain"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import type { CheckRules } from "./CheckRules.ts"
import { type Failure, toJson as failureJson } from "./Failure.ts"
import type { Messages } from "./messages/Messages.ts"
import { states } from "./MonitoringPlugin.ts"
import type { Surroundings } from "./output/Format.ts"
import type { JsonValue } from "./output/JsonValue.ts"
import { laidOut } from "./output/Layout.ts"
import type { Piece, Tone } from "./output/Paint.ts"

/** How one backup stands to the rules of a check. */
export interface Checked {
  readonly name: string
  readonly verdict: Verdict
  /** In English, as data has them. */
  readonly findings: ReadonlyArray<Finding>
  /** The same in the reader's language. */
  readonly told: ReadonlyArray<Finding>
  readonly backup: BackupResp | undefined
  readonly failure: Failure | undefined
}

/** The verdict on all of them; `ok` of none. */
export const gravest = (verdicts: ReadonlyArray<Verdict>): Verdict =>
  (["critical", "unknown", "warning"] as const).find((verdict) => verdicts.includes(verdict)) ?? "ok"

/** The gravest finding in a few words. */
export const summaryOf = (all: ReadonlyArray<Checked>, worst: Verdict, messages: Messages): string => {
  const { check: words } = messages
  const wanting = all.flatMap(({ failure, name, told }) => [
    ...(failure === undefined ? [] : [{ verdict: "unknown" as const, said: inShort(failure, messages), name }]),
    ...told
      .filter(({ verdict }) => verdict !== "ok")
      .map(({ actual, expected, rule, verdict }) => ({ verdict, said: words.finding(rule, actual, expected), name }))
  ])
  const first = wanting.find(({ verdict }) => verdict === worst)
  const rulesChecked = all.reduce((sum, { findings }) => sum + findings.length, 0)
  return first === undefined
    ? words.allKept(rulesChecked)
    : `${all.length > 1 ? `${first.name}: ` : ""}${words.failed(first.said, wanting.length)}`
}

const inShort = (failure: Failure, messages: Messages): string => {
  const { title, why } = failure.tell(messages)
  return messages.named(title, why)
}

/** Figures for the graphs of a monitoring system. */
export const figuresOf = (backup: BackupResp | undefined, rules: CheckRules): ReadonlyArray<string> => {
  if (backup === undefined) return []
  const seconds = (span: Duration.Duration | undefined) => (span === undefined ? "" : String(Duration.toSeconds(span)))
  const old = age(backup, DateTime.nowUnsafe())
  const progress = (backup.replication_records ?? []).flatMap(({ extra_info }) => extra_info?.progress ?? [])
  return [
    ...(old === undefined
      ? []
      : [
          `age=${Math.trunc(Duration.toSeconds(old))}s;${seconds(rules["warn-age"])};${seconds(rules["max-age"])}`.replace(
            /;+$/,
            ""
          )
        ]),
    ...(progress.length === 0 ? [] : [`progress=${Math.min(...progress)}%`])
  ]
}

const tones: Readonly<Record<Verdict, Tone>> = { ok: "good", warning: "busy", unknown: "busy", critical: "bad" }

/** A line for each rule of each. */
export const details = (all: ReadonlyArray<Checked>, where: Surroundings): string => {
  const { messages } = where
  const rows = all.flatMap(({ failure, name, told }): ReadonlyArray<ReadonlyArray<Piece>> => {
    const id = all.length > 1 ? [name] : []
    if (failure !== undefined) {
      const { title, why } = failure.tell(messages)
      return [[{ text: "UNKNOWN", tone: "busy" }, ...id, title, why]]
    }
    return told.map(({ actual, expected, rule, verdict }) => [
      { text: states[verdict][0], tone: tones[verdict] },
      ...id,
      messages.check.rules[rule],
      messages.check.compared(actual, expected)
    ])
  })
  return laidOut(rows, where)
}

export const toJson = ({ backup, failure, findings, name, verdict }: Checked): JsonValue => ({
  id: backup?.id ?? name,
  verdict,
  findings: findings.map((finding) => ({ ...finding })),
  error: failure === undefined ? null : failureJson(failure)
})
