import * as DateTime from "effect/DateTime"

const units = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1]
] as const

/**
 * How far a time is from now, in the largest unit that it fills.
 *
 * @example
 * ```ts
 * relative(yesterday, now, "en") // "1 day ago"
 * ```
 */
export const relative = (time: DateTime.Utc, now: DateTime.Utc, locale: string): string => {
  const seconds = (DateTime.toEpochMillis(time) - DateTime.toEpochMillis(now)) / 1000
  const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= length) ?? (["second", 1] as const)
  return new Intl.RelativeTimeFormat(locale, { numeric: "always" }).format(Math.trunc(seconds / length), unit)
}
