import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { AdminServer } from "../admin/AdminServer.ts"
import * as CloudHttpClient from "../app/CloudHttpClient.ts"
import { loadConfigurationFile, type CommandLineOptions, effectiveConfiguration } from "../app/CommandLineOptions.ts"
import { snapshots, replicas, server } from "../app/ServeLayers.ts"
import * as ApiKey from "../callers/ApiKey.ts"
import type { Configuration } from "../configuration/Configuration.ts"
import { effective } from "../configuration/EffectiveConfiguration.ts"
import { exposed, isExposed } from "../net/ListenerExposure.ts"
import { exitCodes } from "../process/ExitCodes.ts"
import { Lifecycle } from "../process/Lifecycle.ts"
import { StartupError } from "../process/StartupError.ts"
import { refuseBun } from "../process/UnsupportedRuntime.ts"
import * as ConfigSnapshot from "../reload/ConfigSnapshot.ts"
import * as KeyRing from "../reload/KeyRing.ts"
import { Reload } from "../reload/Reload.ts"
import { Listener } from "../server/Server.ts"

/** `cbr-proxy`: serves until it is told to stop. */
export const serve = Effect.fn("serve")(
  function* (options: CommandLineOptions) {
    if (!options.printEffective) refuseBun()
    const loaded = yield* loadConfigurationFile(options)
    const underFlags = (file: Configuration | undefined) => effectiveConfiguration(options, file)
    const configuration = underFlags(loaded?.configuration)
    if (options.printEffective) return yield* Console.log(effective(configuration).trimEnd())
    if (isExposed(configuration.listen))
      return yield* new StartupError({ message: exposed, exitCode: exitCodes.unusable })

    const callersKey = Option.isSome(options.key) ? options.key.value : yield* ApiKey.generate
    const followed =
      Option.isSome(options.config) && loaded !== undefined ? { file: options.config.value, loaded } : undefined
    const sayReady = Effect.fnUntraced(function* (url: string) {
      const admin = Option.getOrUndefined(yield* Effect.serviceOption(AdminServer))?.url
      // A key that the user gave is known; one that was made for this run stands nowhere else.
      const key = loaded === undefined && Option.isNone(options.key) ? Redacted.value(callersKey) : undefined
      yield* Console.log(JSON.stringify({ url, key, admin }))
    })

    const { admin } = configuration
    const composition = { options, loaded, configuration, callersKey }
    let isListening = false
    return yield* Effect.gen(function* () {
      const { url } = yield* Listener
      yield* Effect.logInfo(`listening on ${url}`)
      isListening = true
      yield* sayReady(url)
      return yield* (yield* Lifecycle).stopped
    }).pipe(
      Effect.scoped,
      Effect.provide(
        server(composition).pipe(
          Layer.provideMerge(
            admin.enabled
              ? AdminServer.layer({ ...admin, report: Duration.seconds(configuration.drain.report_seconds) })
              : Layer.empty
          ),
          Layer.provide(
            followed === undefined
              ? Reload.layerNone
              : Reload.layer(followed.file, followed.loaded, (next) =>
                  ConfigSnapshot.fromLoaded({ ...next, configuration: underFlags(next.configuration) })
                )
          ),
          Layer.provideMerge(snapshots(composition)),
          Layer.provideMerge(loaded === undefined ? Layer.empty : KeyRing.layer(loaded.keys_file, loaded.keys)),
          Layer.provideMerge(replicas(loaded)),
          Layer.provideMerge(CloudHttpClient.layer),
          Layer.provideMerge(Lifecycle.layer)
        )
      ),
      Effect.ensuring(Effect.suspend(() => (isListening ? Effect.logInfo("ended") : Effect.void))),
      Effect.catchTag("ServeError", (error) =>
        Effect.fail(
          StartupError.fromListening(error, {
            ...configuration.listen,
            settings: { host: "--host or listen.host", port: "--port or listen.port" }
          })
        )
      )
    )
  },
  Effect.catchTag(["InvalidRequest", "NoCredentials"], (error) => Effect.fail(StartupError.fromEndpoint(error))),
  Effect.catchTag("ConfigError", ({ message }) =>
    Effect.fail(new StartupError({ message, exitCode: exitCodes.unusable }))
  )
)
