#!/usr/bin/env node
// First, since it compiles the schemas that are made after it: an answer is read in two thirds of the time.
// oxlint-disable-next-line import/no-unassigned-import -- enabling is all that it does
import "effect/schema/SchemaJITCompiler/enable"
import { MetadataHttpClient, UserDirectories } from "@cbr/client"
import { layerCrypto } from "@cbr/client/node"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import manifest from "../package.json" with { type: "json" }
import { commandLineFlags } from "./app/CommandLineOptions.ts"
import { check } from "./commands/check.ts"
import { keys } from "./commands/keys.ts"
import { schema } from "./commands/schema.ts"
import { serve } from "./commands/serve.ts"
import { batchedLines } from "./observability/LineBatcher.ts"
import * as LogOutput from "./observability/LogOutput.ts"
import { logStream, whenTaken } from "./observability/LogStream.ts"
import { exitCodes } from "./process/ExitCodes.ts"

const proxy = Command.make("cbr-proxy", commandLineFlags, serve).pipe(
  Command.withDescription(
    "GET a backup from here as from the cloud, without a cloud credential. Prints one line of JSON when ready; finishes what it has begun on SIGTERM. With --config it serves many callers and projects; without, one caller on this machine."
  ),
  Command.withSubcommands([check, keys, schema])
)

/** Wrong use goes to stderr alone, so that stdout holds nothing but the ready line. */
const presenter = CliOutput.layerPresenter({
  present: (event) =>
    event._tag === "InvalidInvocation"
      ? Console.error(`${event.errors.map(({ message }) => message).join("\n")}\nTry --help.`)
      : CliOutput.defaultPresenter.present(event)
})

/** What is wrong stands by itself, so that each fault of a configuration begins with its place. */
const plainly = (formatter: CliOutput.Formatter): CliOutput.Formatter => ({
  ...formatter,
  formatError: formatter.formatCliError
})

/** Being told to stop is how a server ends well. Its last lines may be those that matter. */
const teardown: Runtime.Teardown = (exit, end) => {
  // Output that is never read would keep the process for ever.
  const onExit = (code: number) => whenTaken(process.stderr, (isTaken) => (isTaken ? end(code) : process.exit(code)))
  if (Exit.isFailure(exit)) {
    if (Cause.hasInterruptsOnly(exit.cause)) return onExit(exitCodes.done)
    const error = Cause.squash(exit.cause)
    if (CliError.isCliError(error) && error._tag === "ShowHelp") return onExit(exitCodes.unusable)
  }
  return Runtime.defaultTeardown(exit, onExit)
}

/** Not what the command line has told the user already, nor the end that was asked for. */
const isReported = (cause: Cause.Cause<unknown>) =>
  !Cause.hasInterruptsOnly(cause) && Runtime.getErrorReported(Cause.squash(cause))

/** Told once, the proxy finishes what it has begun; told again, it ends at once. */
let wasTold = false
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (wasTold) process.exit(exitCodes[signal])
    wasTold = true
  })
}

proxy.pipe(
  Command.run({ version: manifest.version }),
  Effect.tapCause((cause) => (isReported(cause) ? Effect.logError(cause) : Effect.void)),
  Effect.provide(
    Layer.mergeAll(
      NodeServices.layer,
      // Undici follows no proxy variables: what it fetches from this machine's metadata comes from there.
      Layer.provide(MetadataHttpClient.layer, NodeHttpClient.layerUndici),
      Layer.orDie(UserDirectories.layerConfig(process.platform, process.getuid?.())),
      layerCrypto,
      NodeCrypto.layerSecureRandom,
      presenter,
      CliOutput.layer(plainly(CliOutput.defaultFormatter())),
      CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] }),
      LogOutput.layer(batchedLines(logStream(process.stderr)))
    )
  ),
  NodeRuntime.runMain({ disableErrorReporting: true, teardown })
)
