import { MetadataHttpClient, UserDirectories } from "@cbr/client"
import { layerCloudsYaml, layerNodeHttp } from "@cbr/client/node"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Environment from "../args/Environment.ts"
import { loadMessages, readLanguage } from "../args/OutputOptions.ts"
import { ClientPool } from "../calls/ClientPool.ts"
import { exitCodes } from "../exit/ExitCodes.ts"
import { failureOf } from "../failures/ClientFailure.ts"
import { Messages } from "../messages/Messages.ts"
import * as Crypto from "../startup/Crypto.ts"
import { ProcessStart } from "../startup/ProcessStart.ts"
import { commandLineOf, reportStartFailure, run } from "./cli.ts"
import { reportStdoutError } from "./StdoutError.ts"

/** The services of this machine that a command line needs. */
export const platform = ClientPool.layer.pipe(
  Layer.provideMerge(Layer.unwrap(Effect.map(Environment.transport, layerNodeHttp))),
  // Metadata of the machine is never asked for by way of a proxy.
  Layer.provideMerge(Layer.provide(MetadataHttpClient.layer, Layer.orDie(layerNodeHttp({})))),
  Layer.provideMerge(Layer.orDie(UserDirectories.layerConfig(process.platform, process.getuid?.()))),
  Layer.provideMerge(layerCloudsYaml),
  Layer.provideMerge(Layer.merge(NodeServices.layer, Crypto.layer))
)

/**
 * Ends the program once its output has been written. It does not wait for an
 * open standard input.
 */
const leave = (exitCode: number): void => {
  process.exitCode = exitCode
  // A stream that takes no more has reported an error, and its handler ends the program.
  process.stdout.write("", (error) => error ?? process.stderr.write("", () => process.exit()))
}

/** Runs a command line to its end: the exit code is the process's, and a signal's is 128 and its number. */
export const start = (words: ReadonlyArray<string>): void => {
  const line = commandLineOf(words)
  let byTerm = false
  process.once("SIGTERM", () => void (byTerm = true))
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough closes the pipe. That is no failure; a check goes on to its exit code.
    if (error.code === "EPIPE") return line.command === "check" ? undefined : process.exit(exitCodes.Done)
    Effect.runFork(
      Effect.flatMap(reportStdoutError(line, error), (exitCode) => Effect.sync(() => process.exit(exitCode)))
    )
  })
  // There is no stream left to report it on.
  process.stderr.on("error", () => {})

  run(line).pipe(
    Effect.provide(platform),
    Effect.provideService(ProcessStart, performance.timeOrigin),
    // The proxy or the file of authorities cannot be used.
    Effect.catch((error) =>
      failureOf(error, { what: error.detail.code === "https-proxy-unusable" ? "HTTPS_PROXY" : "CBR_CA_FILE" }).pipe(
        Effect.flatMap((failure) => reportStartFailure(line, failure)),
        Effect.provideServiceEffect(Messages, Effect.flatMap(readLanguage(line), loadMessages))
      )
    ),
    Effect.flatMap((exitCode) => Effect.sync(() => leave(exitCode))),
    NodeRuntime.runMain({
      disableErrorReporting: true,
      teardown: (exit, onExit) => {
        const isSignal = Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
        onExit(isSignal ? (byTerm ? exitCodes.Terminated : exitCodes.Interrupted) : exitCodes.Done)
      }
    })
  )
}
