import type * as DateTime from "effect/DateTime"

const pad = (value: number): string => (value < 10 ? `0${value}` : String(value))

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

const textOf = (epochMilliseconds: number): string => {
  const utc = new Date(epochMilliseconds)
  const year = String(utc.getUTCFullYear()).padStart(4, "0")
  return (
    year +
    pad(utc.getUTCMonth() + 1) +
    pad(utc.getUTCDate()) +
    "T" +
    pad(utc.getUTCHours()) +
    pad(utc.getUTCMinutes()) +
    pad(utc.getUTCSeconds()) +
    "Z"
  )
}

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
  const parts = shape.exec(text)
  if (parts === null) return undefined
  const month = Number(parts[2]) - 1
  const hour = Number(parts[4])
  const minute = Number(parts[5])
  const second = Number(parts[6])
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const utc = new Date(Date.UTC(Number(parts[1]), month, Number(parts[3]), hour, minute, second))
  // Date.UTC rolls a day that the month does not have over into another month.
  return utc.getUTCMonth() === month ? utc.getTime() : undefined
}
