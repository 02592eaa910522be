import { checkTransport, layerUndici, transportFromEnvironment } from "@cbr/client/node"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import { guardedLookup } from "../net/SsrfGuard.ts"
import { exitCodes } from "../process/ExitCodes.ts"
import { StartupError } from "../process/StartupError.ts"

/** The transport that the environment describes. Fails with the name of a variable that is unusable. */
export const usableTransport = Effect.tap(transportFromEnvironment, (settings) =>
  Effect.mapError(checkTransport(settings), ({ detail, message }) => {
    const variable = detail.code === "https-proxy-unusable" ? "HTTPS_PROXY" : "CBR_CA_FILE"
    return new StartupError({ message: `${variable}: ${message}`, exitCode: exitCodes.unusable })
  })
)

/**
 * Calls services by names that the configuration gives, at none of
 * the addresses that {@link guardedLookup} refuses; those of `https` by way of `HTTPS_PROXY` where there is one,
 * which resolves names for itself.
 */
export const layer: Layer.Layer<HttpClient.HttpClient, Effect.Error<typeof usableTransport>> = Layer.unwrap(
  Effect.gen(function* () {
    const run = yield* FiberSet.makeRuntime()
    const onRefusal = (hostname: string) =>
      void run(
        Effect.annotateLogs(
          Effect.logWarning(
            "a name leads to this machine or link alone and is not called; give the address itself if it should be"
          ),
          { hostname }
        )
      )
    const settings = yield* usableTransport
    const { httpsProxy } = yield* Effect.orDie(checkTransport(settings))
    if (httpsProxy !== undefined) {
      const { host } = new URL(httpsProxy)
      yield* Effect.logInfo(`https addresses are called by way of ${host} (HTTPS_PROXY), but for those of NO_PROXY`)
    }
    return Layer.orDie(layerUndici({ ...settings, lookup: guardedLookup(onRefusal) }))
  })
)

/** A client without that guard, for addresses of the operator: their names may lead to this machine. */
export const layerUnguarded: Layer.Layer<HttpClient.HttpClient, Effect.Error<typeof usableTransport>> = Layer.unwrap(
  Effect.map(usableTransport, (settings) => Layer.orDie(layerUndici(settings)))
)
