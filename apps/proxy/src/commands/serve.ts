import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { AdminServer } from "../admin/AdminServer.ts"
import * as CloudHttpClient from "../app/CloudHttpClient.ts"
import { fileOf, type Given, inForce } from "../app/Given.ts"
import { generationsOf, orSayWhere, replicas, server } from "../app/Serving.ts"
import * as ApiKey from "../callers/ApiKey.ts"
import type { Configuration } from "../configuration/Configuration.ts"
import { effective } from "../configuration/effective.ts"
import { exposed, isExposed } from "../net/Exposure.ts"
import { exitCodes } from "../process/ExitCodes.ts"
import { Lifecycle } from "../process/Lifecycle.ts"
import { StartupError } from "../process/StartupError.ts"
import { Listener } from "../server/Server.ts"
import * as ConfigSnapshot from "../snapshot/ConfigSnapshot.ts"
import * as KeyRing from "../snapshot/KeyRing.ts"
import { Reload } from "../snapshot/Reload.ts"

/** `cbr-proxy`: serves until it is told to stop. */
export const serve = Effect.fn("serve")(
  function* (given: Given) {
    const loaded = yield* fileOf(given)
    const underFlags = (file: Configuration | undefined) => inForce(given, file)
    const configuration = underFlags(loaded?.configuration)
    if (given.printEffective) return yield* Console.log(effective(configuration).trimEnd())
    if (isExposed(configuration.listen))
      return yield* new StartupError({ message: exposed, exitCode: exitCodes.unusable })

    const callersKey = Option.isSome(given.key) ? given.key.value : yield* ApiKey.generate
    const followed =
      Option.isSome(given.config) && loaded !== undefined ? { file: given.config.value, loaded } : undefined
    const sayReady = Effect.fnUntraced(function* (url: string) {
      const admin = Option.map(yield* Effect.serviceOption(AdminServer), ({ url }) => url)
      const ready = {
        url,
        // A key that the user gave is known; one that was made for this run stands nowhere else.
        ...(loaded === undefined && Option.isNone(given.key) ? { key: Redacted.value(callersKey) } : {}),
        ...(Option.isSome(admin) ? { admin: admin.value } : {})
      }
      yield* Console.log(JSON.stringify(ready))
    })

    const { admin } = configuration
    return yield* Effect.gen(function* () {
      yield* sayReady((yield* Listener).url)
      return yield* (yield* Lifecycle).stopped
    }).pipe(
      Effect.scoped,
      Effect.provide(
        server({ given, loaded, configuration, callersKey }).pipe(
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
          Layer.provideMerge(generationsOf({ given, loaded, configuration, callersKey })),
          Layer.provideMerge(loaded === undefined ? Layer.empty : KeyRing.layer(loaded.keys_file, loaded.keys)),
          Layer.provideMerge(replicas(loaded)),
          Layer.provideMerge(CloudHttpClient.layer),
          Layer.provideMerge(Lifecycle.layer)
        )
      ),
      orSayWhere(configuration)
    )
  },
  Effect.catchTag(["InvalidRequest", "NoCredentials"], (error) => Effect.fail(StartupError.fromEndpoint(error))),
  Effect.catchTag("ConfigError", ({ message }) =>
    Effect.fail(new StartupError({ message, exitCode: exitCodes.unusable }))
  )
)
