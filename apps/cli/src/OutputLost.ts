import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { languageOf, messagesIn } from "./Presentation.ts"

/** Exit code of a command whose results could not be written. */
export const outputLost = 1

/** Says on stderr that standard output takes no more, as on a full disk. */
export const tellOutputLost = Effect.fnUntraced(function* (words: ReadonlyArray<string>, error: NodeJS.ErrnoException) {
  const messages = yield* Effect.flatMap(languageOf(words), messagesIn)
  yield* Console.error(messages.outputLost(error.code ?? error.message))
})
