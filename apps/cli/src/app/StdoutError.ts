import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { CommandLine } from "../args/CommandLine.ts"
import { readLanguage, loadMessages } from "../args/OutputOptions.ts"
import { exitCodes, monitoringStates } from "../exit/ExitCodes.ts"
import { isMonitoringPlugin } from "../monitoring/MonitoringPlugin.ts"

/** Reports on stderr that standard output cannot be written, as on a full disk, and returns the exit code. */
export const reportStdoutError = Effect.fnUntraced(function* (line: CommandLine, error: NodeJS.ErrnoException) {
  const exitCode = (yield* isMonitoringPlugin(line)) ? monitoringStates.unknown.code : exitCodes.OwnFault
  const messages = yield* Effect.flatMap(readLanguage(line), loadMessages)
  yield* Console.error(messages.outputLost(error.code ?? error.message, exitCode))
  return exitCode
})
