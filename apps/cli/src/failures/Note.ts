import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { OutputOptions } from "../args/OutputOptions.ts"
import { Messages } from "../messages/Messages.ts"
import { paint, type Piece } from "../text/Style.ts"
import { textOf } from "../text/wrap.ts"

/** Prints a line on stderr that is no failure: as a JSON object if errors are JSON. */
export const printLine = (line: ReadonlyArray<Piece>): Effect.Effect<void> =>
  Effect.flatMap(OutputOptions, ({ errorColour, errorFormat }) =>
    Console.error(
      errorFormat === "json"
        ? JSON.stringify({ kind: "note", message: line.map(textOf).join("") })
        : paint(line, errorColour)
    )
  )

/** Prints a note on stderr: marked as one, or as a JSON object if errors are JSON. */
export const printNote = (text: string): Effect.Effect<void> =>
  Effect.flatMap(OutputOptions, ({ errorFormat }) =>
    Effect.flatMap(Messages, ({ note }) => printLine([errorFormat === "json" ? text : note(text)]))
  )
