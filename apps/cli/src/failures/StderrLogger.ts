import type { FailureDetail } from "@cbr/client"
import * as Console from "effect/Console"
import type * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import type { OutputOptions } from "../args/OutputOptions.ts"
import type { Messages } from "../messages/Messages.ts"
import { paint } from "../text/Style.ts"

/**
 * Writes the client's log to stderr as notes: in the user's language, or as
 * lines of JSON if errors are JSON. A message equal to the one before is dropped.
 */
export const layer = ({ errorColour, errorFormat }: OutputOptions, { detail, note }: Messages): Layer.Layer<never> => {
  let last = ""
  return Logger.layer([
    Logger.make(({ fiber, logLevel, message }) => {
      const text = Array.isArray(message) ? message.map(String).join(" ") : String(message)
      if (text === last) return
      last = text
      const kind = logLevel === "Warn" ? "warning" : "note"
      const said = fiber.getRef(References.CurrentLogAnnotations)["detail"] as FailureDetail | undefined
      fiber
        .getRef(Console.Console)
        .error(
          errorFormat === "json"
            ? JSON.stringify({ kind, message: text, detail: said })
            : paint([note(said === undefined ? text : detail(said))], errorColour)
        )
    })
  ])
}
