/** What the text of a time says. */
export interface TimeText {
  /** Whole seconds since 1970-01-01T00:00:00Z. */
  readonly seconds: number
  /** Microseconds beyond them, 0–999,999; further digits are cut. */
  readonly microseconds: number
  /** Whether the text names its zone; where it does not, it is read as UTC. */
  readonly hasZone: boolean
}

/**
 * Reads `2020-02-05`, or `2020-02-05T10:38:34` with a space for the `T`, up to
 * nine digits of a fraction and a zone (`Z`, `+08`, `+0800`, `+08:00`) or
 * without; `undefined` for any other text, and for a day that no calendar has.
 *
 * By the codes of the characters: a body holds several times, and a regular
 * expression with `Date` behind it takes longer than parsing all of the JSON
 * around them.
 */
export const read = (text: string): TimeText | undefined => {
  const { length } = text
  const date = length < 10 ? -1 : digits(text, 0, 10, dash)
  if (date < 0) return undefined
  const year = Math.floor(date / 10_000)
  const month = Math.floor(date / 100) % 100
  const day = date % 100
  if (month < 1 || month > 12 || day < 1 || day > lengthOf(year, month)) return undefined
  const midnight = (daysBefore(year, month) + day - 1) * 86_400
  if (length === 10) return { seconds: midnight, microseconds: 0, hasZone: false }

  const separator = text.charCodeAt(10)
  const time = length < 19 || (separator !== upperT && separator !== space) ? -1 : digits(text, 11, 19, colon)
  const minute = Math.floor(time / 100) % 100
  const second = time % 100
  if (time < 0 || time > 23_59_59 || minute > 59 || second > 59) return undefined

  let end = 19
  let microseconds = 0
  if (end < length && text.charCodeAt(end) === dot) {
    while (++end < length) {
      const digit = text.charCodeAt(end) - zero
      if (digit < 0 || digit > 9) break
      if (end < 26) microseconds = microseconds * 10 + digit
    }
    if (end === 20 || end > 29) return undefined
    for (let digit = end; digit < 26; digit++) microseconds *= 10
  }
  const offset = end === length ? 0 : offsetAt(text, end)
  if (offset === undefined) return undefined
  const seconds = midnight + Math.floor(time / 10_000) * 3600 + minute * 60 + second - offset
  return { seconds, microseconds, hasZone: end < length }
}

/** Seconds ahead of UTC, by the zone that takes the rest of the text. */
const offsetAt = (text: string, start: number): number | undefined => {
  const rest = text.length - start
  const sign = text.charCodeAt(start)
  if (sign === upperZ) return rest === 1 ? 0 : undefined
  if (sign !== plus && sign !== dash) return undefined
  if (rest !== 3 && rest !== 5 && !(rest === 6 && text.charCodeAt(start + 3) === colon)) return undefined
  const hours = twoDigits(text, start + 1)
  const minutes = rest === 3 ? 0 : twoDigits(text, text.length - 2)
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return undefined
  return (sign === plus ? 1 : -1) * (hours * 3600 + minutes * 60)
}

/**
 * The number that all digits make together, where each two but the first are
 * preceded by the separator; -1 when the text is not so.
 */
const digits = (text: string, start: number, end: number, separator: number): number => {
  let value = 0
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (index > 1 && index % 3 === 1) {
      if (code !== separator) return -1
    } else {
      const digit = code - zero
      if (digit < 0 || digit > 9) return -1
      value = value * 10 + digit
    }
  }
  return value
}

const twoDigits = (text: string, start: number): number => {
  const ten = text.charCodeAt(start) - zero
  const one = text.charCodeAt(start + 1) - zero
  return ten < 0 || ten > 9 || one < 0 || one > 9 ? -1 : ten * 10 + one
}

const isLeap = (year: number) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const lengthOf = (year: number, month: number): number => (month === 2 && isLeap(year) ? 29 : (lengths[month - 1] ?? 0))

/** Days of the year before each month, where February has 28. */
const before = lengths.map((_, month) => lengths.slice(0, month).reduce((sum, days) => sum + days, 0))

/** Days from 1970-01-01 to the first of a month. The year 0 is a leap year. */
const daysBefore = (year: number, month: number): number =>
  year * 365 +
  Math.ceil(year / 4) -
  Math.ceil(year / 100) +
  Math.ceil(year / 400) +
  (before[month - 1] ?? 0) +
  (month > 2 && isLeap(year) ? 1 : 0) -
  719_528

const zero = 0x30
const space = 0x20
const plus = 0x2b
const dash = 0x2d
const dot = 0x2e
const colon = 0x3a
const upperT = 0x54
const upperZ = 0x5a
