import { age, type BackupResp } from "@cbr/domain"
import type * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import type { CheckResult } from "./BackupCheck.ts"
import type { CheckPolicy } from "./CheckPolicy.ts"

/**
 * Performance data for the graphs of a monitoring system. Each label is unique: it names the backup if there are
 * several.
 */
export const perfdata = (
  all: ReadonlyArray<CheckResult>,
  rules: CheckPolicy,
  now: DateTime.Utc
): ReadonlyArray<string> => {
  const figures = new Map(
    all.flatMap(({ backup, name }) =>
      backup === undefined ? [] : perfdataOf(backup, all.length === 1 ? "" : `_${backup.id ?? name}`, rules, now)
    )
  )
  return Array.from(figures, ([label, figure]) => `${quoted(label)}=${figure}`)
}

const perfdataOf = (
  backup: BackupResp,
  ending: string,
  rules: CheckPolicy,
  now: DateTime.Utc
): ReadonlyArray<readonly [label: string, figure: string]> => {
  const limits = limitsOf(rules)
  const old = agedSeconds(age(backup, now))
  const progress = (backup.replication_records ?? []).flatMap(({ extra_info }) => extra_info?.progress ?? [])
  return [
    ...old.map((seconds) => [`age${ending}`, `${seconds}s${limits}`] as const),
    ...(progress.length === 0 ? [] : [[`progress${ending}`, `${Math.min(...progress)}%`] as const])
  ]
}

/** An age in whole seconds, as a figure; no figure if the age is unknown. */
export const agedSeconds = (old: Duration.Duration | undefined): ReadonlyArray<number> =>
  old === undefined ? [] : [Math.trunc(Duration.toSeconds(old))]

/** The limits of an age, as they stand behind its value. */
export const limitsOf = (rules: CheckPolicy): string => {
  const seconds = (span: Duration.Duration | undefined) => (span === undefined ? "" : String(Duration.toSeconds(span)))
  return `;${seconds(rules["warn-age"])};${seconds(rules["max-age"])}`.replace(/;+$/, "")
}

/**
 * Quotes a label if it has a space, a quote or an equals sign.
 *
 * @source Monitoring Plugins Development Guidelines, "Performance data"
 */
const quoted = (label: string): string =>
  /[\s='|]/.test(label) ? `'${label.replaceAll(/[=|\s]/g, "_").replaceAll("'", "''")}'` : label
