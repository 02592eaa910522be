import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { OutputOptions } from "../args/OutputOptions.ts"
import { en } from "../messages/en.ts"
import { Messages } from "../messages/Messages.ts"
import { paint, type Piece } from "../text/Style.ts"
import { textOf } from "../text/wrap.ts"

/** Prints a line on stderr that reports no failure: as a JSON object if errors are JSON. */
export const printLine = (line: ReadonlyArray<Piece>): Effect.Effect<void> =>
  Effect.flatMap(OutputOptions, ({ errorColour, errorFormat }) =>
    Console.error(
      errorFormat === "json"
        ? JSON.stringify({ kind: "note", message: line.map(textOf).join("") })
        : paint(line, errorColour)
    )
  )

type Said = (messages: Messages) => string

/** Prints a note on stderr: marked as one in the user's language, or as a JSON object in English if errors are JSON. */
export const printNote = (said: Said): Effect.Effect<void> => print(said, ({ note }) => note)

/** Prints a completed step on stderr: behind the program's name, or as a JSON object in English if errors are JSON. */
export const printDone = (said: Said): Effect.Effect<void> => print(said, () => (text) => `cbr: ${text}`)

const print = (said: Said, mark: (messages: Messages) => (text: string) => string): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { errorFormat } = yield* OutputOptions
    const messages = yield* Messages
    yield* printLine([errorFormat === "json" ? said(en) : mark(messages)(said(messages))])
  })
