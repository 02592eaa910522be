import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { exitCodes, monitoringStates } from "./ExitCodes.ts"
import { isMonitoringPlugin } from "./MonitoringPlugin.ts"
import { languageOf, messagesIn } from "./Presentation.ts"

/** Says on stderr that standard output takes no more, as on a full disk, and tells the exit code for that. */
export const tellOutputLost = Effect.fnUntraced(function* (words: ReadonlyArray<string>, error: NodeJS.ErrnoException) {
  const exitCode = (yield* isMonitoringPlugin(words)) ? monitoringStates.unknown.code : exitCodes.OwnFault
  const messages = yield* Effect.flatMap(languageOf(words), messagesIn)
  yield* Console.error(messages.outputLost(error.code ?? error.message, exitCode))
  return exitCode
})
