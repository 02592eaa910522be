import type { FailureDetail } from "@cbr/client"
import * as Console from "effect/Console"
import type * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import type { OutputOptions } from "../args/OutputOptions.ts"
import type { Messages } from "../messages/Messages.ts"
import { paint } from "../text/Style.ts"

/**
 * What the core logs, told on stderr as this program tells its own notes: in
 * the reader's language, or as a line of JSON where errors are JSON. What has
 * just been said is not said again.
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
