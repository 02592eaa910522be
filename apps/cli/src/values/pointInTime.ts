import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Span } from "./durations.ts"

const readSpan = Schema.decodeUnknownOption(Span)

/** A time with its zone. The calendar is checked where the text is read. */
const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:\d{2})$/

/**
 * Reads a moment as it is typed: a span back from now such as `12h`, or a time of RFC 3339 with its zone. `today` is
 * the last midnight in local time. Undefined for any other text: a time without a zone may be meant in two ways.
 *
 * @param now epoch milliseconds
 * @returns epoch milliseconds
 * @source RFC 3339, section 5.6
 *
 * @example
 * ```ts
 * parsePointInTime("12h", now) // now - 43_200_000
 * ```
 */
export const parsePointInTime = (text: string, now: number): number | undefined => {
  if (text === "today") return new Date(now).setHours(0, 0, 0, 0)
  const span = readSpan(text)
  if (Option.isSome(span)) return now - Duration.toMillis(span.value)
  const at = rfc3339.test(text) ? Date.parse(text.replace(" ", "T").toUpperCase()) : Number.NaN
  return Number.isNaN(at) || !isOnCalendar(text) ? undefined : at
}

/** Whether the day is one that the month has. */
const isOnCalendar = (text: string): boolean => {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split("-").map(Number)
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** The only form of a time that the list's query takes. */
export const wholeSecond = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`
