import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { jsonLines } from "./JsonLogger.ts"

/** Takes a line of the log that is JSON already, without its line break. */
export const LogOutput = Context.Reference<(line: string) => void>("@cbr/proxy/LogOutput", {
  defaultValue: () => (line) => console.error(line)
})

/** Has all that is logged written to one place: by Effects, and as lines that are made without one. */
export const layer = (write: (line: string) => void): Layer.Layer<never> =>
  Layer.merge(Logger.layer([Logger.map(jsonLines, write)]), Layer.succeed(LogOutput, write))
