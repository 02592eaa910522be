import * as DateTime from "effect/DateTime"

/** In seconds, from the longest. */
const units = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1]
] as const

/** A unit that times are told in. */
export type Unit = (typeof units)[number][0]

/** A language's words for a time that is so many of a unit before or after now. */
export type FromNow = (count: string, unit: Unit, isPast: boolean) => string

/**
 * How far a time is from now, in the largest unit that it fills. As `Intl.RelativeTimeFormat` tells it, which reads for
 * as long as half of Node's own start first.
 *
 * @example
 * ```ts
 * relative(yesterday, now, en.fromNow) // "1 day ago"
 * ```
 */
export const relativeTime = (time: DateTime.Utc, now: DateTime.Utc, fromNow: FromNow): string => {
  const seconds = (DateTime.toEpochMillis(time) - DateTime.toEpochMillis(now)) / 1000
  const far = Math.abs(seconds)
  const [unit, length] = units.find(([, length]) => far >= length) ?? (["second", 1] as const)
  const count = String(Math.trunc(far / length)).replaceAll(/\B(?=(?:\d{3})+$)/g, ",")
  return fromNow(count, unit, seconds < 0)
}
