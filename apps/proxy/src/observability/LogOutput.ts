import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"

/** Takes a line of the log that is JSON already, without its line break. */
export const LogOutput = Context.Reference<(line: string) => void>("@cbr/proxy/LogOutput", {
  defaultValue: () => (line) => console.error(line)
})

/** Writes the whole log to one place: the lines of Effects, and those of {@link lineWriter}. */
export const layer = (write: (line: string) => void): Layer.Layer<never> =>
  Layer.merge(Logger.layer([Logger.map(Logger.formatJson, write)]), Layer.succeed(LogOutput, write))

/**
 * Writes a line of the log in a tenth of an Effect's time.
 *
 * @param fields the members of `annotations` as JSON, one at least, without the braces
 */
export type LineWriter = (message: string, level: "INFO" | "WARN", fields: string) => void

/** Writes lines in the name of the current fiber, laid out as `Logger.formatJson` lays out those of Effects. */
export const lineWriter: Effect.Effect<LineWriter> = Effect.withFiber(({ context, id }) => {
  const clock = Context.get(context, Clock.Clock)
  const write = Context.get(context, LogOutput)
  const shared = JSON.stringify(Context.get(context, References.CurrentLogAnnotations)).slice(1, -1)
  const start = shared === "" ? "" : `${shared},`
  return Effect.succeed((message, level, fields) =>
    write(
      `{"message":"${message}","level":"${level}","timestamp":"${timestampOf(clock.currentTimeMillisUnsafe())}","annotations":{${start}${fields}},"spans":{},"fiberId":"#${id}"}`
    )
  )
})

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
