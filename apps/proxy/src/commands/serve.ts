import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { AdminServer } from "../admin/AdminServer.ts"
import { CachedBackupsLimits } from "../cache/CachedBackups.ts"
import * as ApiKey from "../callers/ApiKey.ts"
import { Callers } from "../callers/Callers.ts"
import { Quotas } from "../callers/Quotas.ts"
import type { Configuration } from "../configuration/Configuration.ts"
import { load } from "../configuration/ConfigurationFile.ts"
import { effective } from "../configuration/effective.ts"
import { roomOf } from "../configuration/RequestRules.ts"
import { defaultPatience } from "../edge/Drain.ts"
import { isExposed } from "../edge/Exposure.ts"
import { defaultLimits } from "../edge/Limits.ts"
import { Listener } from "../edge/Server.ts"
import type { TlsIdentity } from "../edge/Tls.ts"
import * as Generation from "../Generation.ts"
import { Generations } from "../Generations.ts"
import { Lifecycle } from "../Lifecycle.ts"
import * as EventLoopDelay from "../observability/EventLoopDelay.ts"
import { otlpLayer } from "../observability/Tracing.ts"
import * as Proxy from "../Proxy.ts"
import { Reload } from "../Reload.ts"
import type { settings } from "../Settings.ts"
import { StartFailed } from "../StartFailed.ts"
import * as HeldCredential from "../upstream/HeldCredential.ts"
import * as Upstream from "../upstream/Upstream.ts"
import { Upstreams } from "../upstream/Upstreams.ts"

/** What the command line says. */
type Given = { readonly [Name in keyof typeof settings]: FlagValue<(typeof settings)[Name]> }
type FlagValue<F> = F extends import("effect/cli/Flag").Flag<infer A> ? A : never

/** `cbr-proxy`: serves until it is told to stop. */
export const serve = Effect.fn("serve")(
  function* (given: Given) {
    const loaded = Option.isSome(given.config) ? yield* loadOrFail(given.config.value) : undefined
    const configuration = inForce(given, loaded?.configuration)
    if (given.printEffective) return yield* Console.log(effective(configuration).trimEnd())
    if (isExposed(configuration.listen)) return yield* exposed

    const callersKey = Option.isSome(given.key) ? given.key.value : yield* ApiKey.generate
    const generations =
      loaded === undefined ? oneCaller(given, callersKey) : Generations.layer(Generation.fromLoaded(loaded))

    const reload =
      Option.isSome(given.config) && loaded !== undefined ? Reload.layer(given.config.value, loaded) : Reload.layerNone

    const { admin, telemetry } = configuration
    return yield* Effect.gen(function* () {
      const { url } = yield* Listener
      const adminUrl = Option.map(yield* Effect.serviceOption(AdminServer), ({ url }) => url)
      const ready = {
        url,
        // Whoever gave a key has it; one that was made for this run stands nowhere else.
        ...(loaded === undefined && Option.isNone(given.key) ? { key: Redacted.value(callersKey) } : {}),
        ...(Option.isSome(adminUrl) ? { admin: adminUrl.value } : {})
      }
      yield* Console.log(JSON.stringify(ready))
      return yield* (yield* Lifecycle).stopped
    }).pipe(
      Effect.scoped,
      Effect.provide(
        Proxy.layer(listening(configuration, loaded?.tls)).pipe(
          Layer.provideMerge(admin.enabled ? AdminServer.layer(admin) : Layer.empty),
          Layer.provide(reload),
          Layer.provideMerge(generations),
          Layer.provide([Quotas.layerMemory, Layer.succeed(CachedBackupsLimits, roomOf(configuration))]),
          Layer.provideMerge(Lifecycle.layer),
          Layer.provide(EventLoopDelay.layer),
          Layer.provide(telemetry === undefined ? Layer.empty : otlpLayer(telemetry.traces_url))
        )
      )
    )
  },
  Effect.catchTag(["InvalidRequest", "NoCredentials"], (error) => Effect.fail(StartFailed.fromEndpoint(error))),
  Effect.catchTag("ConfigError", ({ message }) => Effect.fail(new StartFailed({ message, exitCode: 2 }))),
  Effect.catchTag("ServeError", (error) => Effect.fail(StartFailed.fromListening(error)))
)

const loadOrFail = (file: string) =>
  load(file).pipe(
    Effect.catchTag("ConfigurationInvalid", ({ message }) => Effect.fail(new StartFailed({ message, exitCode: 2 })))
  )

/** The file's settings, or the defaults, under what the flags say. */
const inForce = (given: Given, file: Configuration | undefined): Configuration => {
  // One caller on this machine waits for no balancer, and asked for no second port.
  const configuration = file ?? {
    ...Generation.defaultConfiguration,
    admin: { ...Generation.defaultConfiguration.admin, enabled: false },
    drain: { ...Generation.defaultConfiguration.drain, serve_seconds: 0 }
  }
  const { admin, listen } = configuration
  return {
    ...configuration,
    listen: {
      ...listen,
      host: Option.getOrElse(given.host, () => listen.host),
      port: Option.getOrElse(given.port, () => listen.port),
      behind_tls: given.behindTls || listen.behind_tls
    },
    admin: Option.match(given.adminPort, {
      onNone: () => admin,
      onSome: (port) => ({ ...admin, enabled: true, port })
    })
  }
}

const listening = (
  { drain, limits, listen: { host, port } }: Configuration,
  tls: TlsIdentity | undefined
): Proxy.ProxyOptions => ({
  host,
  port,
  tls,
  limits: {
    ...defaultLimits,
    bodyBytes: limits.batch_bytes,
    connections: limits.connections,
    connectionsPerAddress: limits.connections_per_address
  },
  lame: Duration.seconds(drain.serve_seconds),
  patience: { ...defaultPatience, grace: Duration.seconds(drain.finish_seconds) }
})

/** Without a file: one caller, and the cloud as this machine is set up for it. */
const oneCaller = ({ endpoint, iamEndpoint, region }: Given, key: Redacted.Redacted<string>) => {
  const held = HeldCredential.make("default")
  const options = {
    endpoint: Option.getOrUndefined(endpoint),
    iamEndpoint: Option.getOrUndefined(iamEndpoint),
    region: Option.getOrUndefined(region)
  }
  return Generations.layer(Effect.map(Generation.withoutFile, (first) => ({ ...first, credentials: [held] }))).pipe(
    Layer.provide([Callers.layerSingle(key), Upstreams.layerSingle]),
    Layer.provide(Upstream.layer(options, held))
  )
}

const exposed = new StartFailed({
  message:
    "other machines could reach this address, and callers' keys would travel in the clear: set listen.tls, or --behind-tls where something in front ends TLS",
  exitCode: 2
})
