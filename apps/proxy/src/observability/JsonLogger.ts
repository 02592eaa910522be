import * as Logger from "effect/Logger"
import * as References from "effect/References"

/**
 * Log lines as `Logger.formatJson` writes them, to the byte, in a tenth of the
 * time where a line has nothing in it but texts and numbers, as those of the
 * access log. Anything else, such as an error or a secret, is left to it.
 */
export const jsonLines: Logger.Logger<unknown, string> = Logger.make((options) => {
  const { cause, date, fiber, logLevel, message } = options
  const annotations = fiber.getRef(References.CurrentLogAnnotations)
  const text: unknown = Array.isArray(message) && message.length === 1 ? message[0] : message
  if (
    typeof text !== "string" ||
    cause.reasons.length > 0 ||
    fiber.getRef(References.CurrentLogSpans).length > 0 ||
    !holdsPlain(annotations, true)
  ) {
    return Logger.formatJson.log(options)
  }
  const fields = JSON.stringify(annotations).slice(1, -1)
  return jsonLine(JSON.stringify(text), logLevel.toUpperCase(), date.getTime(), fields, fiber.id)
})

/**
 * One line of the log, from parts that are JSON already: every line is laid out here.
 *
 * @param message a string in its quotes
 * @param at milliseconds since 1970
 * @param fields those of `annotations`, without the braces
 */
export const jsonLine = (message: string, level: string, at: number, fields: string, fiberId: number): string =>
  `{"message":${message},"level":"${level}","timestamp":"${timestampOf(at)}","annotations":{${fields}},"spans":{},"fiberId":"#${fiberId}"}`

/** Whether all values are texts, numbers and truth values, or, where it may nest, records of them. */
const holdsPlain = (record: Readonly<Record<string, unknown>>, mayNest: boolean): boolean => {
  for (const key of Object.keys(record)) {
    const value = record[key]
    const isPlain =
      typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))
    if (!isPlain && !(mayNest && isRecord(value) && holdsPlain(value, false))) return false
  }
  return true
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype

let moment = Number.NaN
let timestamp = ""

/** `toISOString` of a time in milliseconds since 1970; many lines are written in one millisecond. */
const timestampOf = (milliseconds: number): string => {
  if (milliseconds !== moment) {
    timestamp = new Date(milliseconds).toISOString()
    moment = milliseconds
  }
  return timestamp
}
