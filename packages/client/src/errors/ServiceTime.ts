import * as Headers from "effect/http/Headers"
import * as Result from "effect/Result"

/**
 * The service's time in an answer, in milliseconds since 1970: its `Date`, or else the server's time in the words of a
 * refusal. `undefined` if neither can be right, such as the 1970 of a machine whose clock was never set.
 *
 * @example
 * ```ts
 * serviceTime("Fri, 02 Jan 2026 03:04:05 GMT") // 1767323045000
 * serviceTime(undefined, "signature expired, signTime: 20260102T020405Z, serverTime: 20260102T030405Z") // the same
 * ```
 * @category Errors
 * @since 0.2.0
 */
export const serviceTime = (date: string | undefined, words = ""): number | undefined =>
  [date === undefined ? undefined : ofHeader(date), ofWords(words)].find(
    (time) => time !== undefined && time >= earliest && time < latest
  )

/** No service of this API told the time before, and none will after: it is of a clock that was never set. */
const [earliest, latest] = [Date.UTC(2019), Date.UTC(2100)]

const ofHeader = (date: string): number | undefined =>
  Result.getOrUndefined(Result.map(Headers.parseHttpDate(date), ({ epochMilliseconds }) => epochMilliseconds))

/** The server's time in ISO 8601, in the basic form of signatures or in the extended form; UTC if it has no zone. */
const named =
  /\b(?:server|current|now)[ _-]?(?:time)?\b[^0-9a-z]{0,4}(\d{4})-?(\d\d)-?(\d\d)[T ](\d\d):?(\d\d):?(\d\d)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?/i

const ofWords = (words: string): number | undefined => {
  const found = named.exec(words)
  if (found === null) return undefined
  const [, year, month, day, hour, minute, second, zone = "Z"] = found
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`)
  return Number.isNaN(time) ? undefined : time
}
