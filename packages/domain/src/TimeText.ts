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
  if (length < 10 || text.charCodeAt(4) !== dash || text.charCodeAt(7) !== dash) return undefined
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 7)
  const day = digits(text, 8, 10)
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > lengthOf(year, month)) return undefined
  const midnight = (daysBefore(year, month) + day - 1) * 86_400
  if (length === 10) return { seconds: midnight, microseconds: 0, hasZone: false }

  const separator = text.charCodeAt(10)
  if (length < 19 || (separator !== upperT && separator !== space)) return undefined
  if (text.charCodeAt(13) !== colon || text.charCodeAt(16) !== colon) return undefined
  const hour = digits(text, 11, 13)
  const minute = digits(text, 14, 16)
  const second = digits(text, 17, 19)
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined

  let end = 19
  let microseconds = 0
  if (end < length && text.charCodeAt(end) === dot) {
    end = endOfDigits(text, 20)
    if (end === 20 || end > 29) return undefined
    microseconds = digits(text, 20, Math.min(end, 26))
    for (let index = end; index < 26; index++) microseconds *= 10
  }
  const offset = end === length ? 0 : offsetAt(text, end)
  if (offset === undefined) return undefined
  return { seconds: midnight + hour * 3600 + minute * 60 + second - offset, microseconds, hasZone: end < length }
}

/** Seconds ahead of UTC, by the zone that takes the rest of the text. */
const offsetAt = (text: string, start: number): number | undefined => {
  const rest = text.length - start
  const sign = text.charCodeAt(start)
  if (sign === upperZ) return rest === 1 ? 0 : undefined
  if (sign !== plus && sign !== dash) return undefined
  if (rest !== 3 && rest !== 5 && !(rest === 6 && text.charCodeAt(start + 3) === colon)) return undefined
  const hours = digits(text, start + 1, start + 3)
  const minutes = rest === 3 ? 0 : digits(text, text.length - 2, text.length)
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return undefined
  return (sign === plus ? 1 : -1) * (hours * 3600 + minutes * 60)
}

/** The number that the digits make; -1 when one of them is none. */
const digits = (text: string, start: number, end: number): number => {
  let value = 0
  for (let index = start; index < end; index++) {
    const digit = text.charCodeAt(index) - zero
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

const endOfDigits = (text: string, start: number): number => {
  let end = start
  while (end < text.length && digits(text, end, end + 1) >= 0) end++
  return end
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
