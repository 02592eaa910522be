import type * as DateTime from "effect/DateTime"

/**
 * The value of `x-sdk-date`: `YYYYMMDDTHHMMSSZ` in UTC, without fractions of a second.
 *
 * @example
 * formatSigningDate(DateTime.makeUnsafe("2026-01-02T03:04:05.999Z")) // "20260102T030405Z"
 * @category Signing
 * @since 0.1.0
 */
export const formatSigningDate = (date: DateTime.Utc): string => {
  const { epochMilliseconds } = date
  const second = Math.floor(epochMilliseconds / 1000)
  if (lastFormatted.second !== second) lastFormatted = { second, text: textOf(epochMilliseconds) }
  return lastFormatted.text
}

// A client signs many requests in one second.
let lastFormatted: { readonly second: number; readonly text: string } = { second: Number.NaN, text: "" }

const textOf = (epochMilliseconds: number): string =>
  new Date(epochMilliseconds).toISOString().replaceAll(/[-:]|\.\d{3}/g, "")

const shape = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/

// A server is sent many requests of one second.
let last: { readonly text: string; readonly time: number | undefined } | undefined

/**
 * Milliseconds since the epoch of an `x-sdk-date`; `undefined` for any other form and for dates that no calendar has.
 * @category Signing
 * @since 0.1.0
 */
export const parseSigningDate = (text: string): number | undefined => {
  if (last?.text !== text) last = { text, time: read(text) }
  return last.time
}

const read = (text: string): number | undefined => {
  const time = shape.test(text) ? Date.parse(text.replace(shape, "$1-$2-$3T$4:$5:$6Z")) : Number.NaN
  // A day that the month does not have, and an hour of 24, are read as those of the next month or day.
  return !Number.isNaN(time) && textOf(time) === text ? time : undefined
}
