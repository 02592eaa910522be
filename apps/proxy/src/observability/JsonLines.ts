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
  const [text, ...more] = Array.isArray(message) ? (message as ReadonlyArray<unknown>) : [message]
  if (
    typeof text !== "string" ||
    more.length > 0 ||
    cause.reasons.length > 0 ||
    fiber.getRef(References.CurrentLogSpans).length > 0 ||
    !Object.values(annotations).every((value) => isPlain(value) || isRecordOfPlain(value))
  ) {
    return Logger.formatJson.log(options)
  }
  return JSON.stringify({
    message: text,
    level: logLevel.toUpperCase(),
    timestamp: timestampOf(date),
    annotations,
    spans: {},
    fiberId: `#${fiber.id}`
  })
})

const isPlain = (value: unknown): boolean =>
  typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))

const isRecordOfPlain = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  Object.values(value).every(isPlain)

let second = Number.NaN
let upToTheDot = ""

/** `toISOString`, of which all but the milliseconds is made once a second. */
const timestampOf = (date: Date): string => {
  const time = date.getTime()
  const milliseconds = ((time % 1_000) + 1_000) % 1_000
  if (time - milliseconds !== second) {
    second = time - milliseconds
    upToTheDot = date.toISOString().slice(0, -4)
  }
  return `${upToTheDot}${String(milliseconds).padStart(3, "0")}Z`
}
