#!/usr/bin/env node
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Runtime from "effect/Runtime"
import manifest from "../package.json" with { type: "json" }
import * as ApiKey from "./callers/ApiKey.ts"
import { Callers } from "./callers/Callers.ts"
import { Listener } from "./edge/Server.ts"
import * as Proxy from "./Proxy.ts"
import { settings } from "./Settings.ts"
import { StartFailed } from "./StartFailed.ts"
import * as Upstream from "./upstream/Upstream.ts"

const proxy = Command.make(
  "cbr-proxy",
  settings,
  Effect.fn(function* ({ endpoint, host, iamEndpoint, key, port, region }) {
    const callersKey = Option.isSome(key) ? key.value : yield* ApiKey.generate
    const upstream = Upstream.layer({
      endpoint: Option.getOrUndefined(endpoint),
      iamEndpoint: Option.getOrUndefined(iamEndpoint),
      region: Option.getOrUndefined(region)
    })
    return yield* Effect.gen(function* () {
      const { url } = yield* Listener
      yield* Console.log(JSON.stringify({ url, key: Redacted.value(callersKey) }))
      return yield* Effect.never
    }).pipe(
      Effect.provide(Proxy.layer({ host, port }).pipe(Layer.provide([upstream, Callers.layerSingle(callersKey)]))),
      Effect.catchTag(["InvalidRequest", "NoCredentials"], (error) => Effect.fail(StartFailed.fromEndpoint(error))),
      Effect.catchTag("ServeError", (error) => Effect.fail(StartFailed.fromListening(error)))
    )
  })
).pipe(
  Command.withDescription(
    "GET a backup from here as from the cloud, without a cloud credential. Prints one line of JSON when ready; finishes what it has begun on SIGTERM."
  )
)

/** Wrong use goes to stderr alone, so that stdout holds nothing but the ready line. */
const presenter = CliOutput.layerPresenter({
  present: (event) =>
    event._tag === "InvalidInvocation"
      ? Console.error(`${event.errors.map(({ message }) => message).join("\n")}\nTry --help.`)
      : CliOutput.defaultPresenter.present(event)
})

const wrongUse = 2

/** Being told to stop is how a server ends well. */
const teardown: Runtime.Teardown = (exit, onExit) => {
  if (Exit.isFailure(exit)) {
    if (Cause.hasInterruptsOnly(exit.cause)) return onExit(0)
    const error = Cause.squash(exit.cause)
    if (CliError.isCliError(error) && error._tag === "ShowHelp") return onExit(wrongUse)
  }
  return Runtime.defaultTeardown(exit, onExit)
}

/** Not what the command line has told the user already, nor the end that was asked for. */
const isReported = (cause: Cause.Cause<unknown>) =>
  !Cause.hasInterruptsOnly(cause) && Runtime.getErrorReported(Cause.squash(cause))

proxy.pipe(
  Command.run({ version: manifest.version }),
  Effect.tapCause((cause) => (isReported(cause) ? Effect.logError(cause) : Effect.void)),
  Effect.provide(
    Layer.mergeAll(
      NodeServices.layer,
      NodeCrypto.layerDigest,
      NodeCrypto.layerSecureRandom,
      presenter,
      Logger.layer([Logger.withConsoleError(Logger.formatJson)])
    )
  ),
  NodeRuntime.runMain({ disableErrorReporting: true, teardown })
)
