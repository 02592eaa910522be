import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Redacted from "effect/Redacted"
import { AdminServer } from "../admin/AdminServer.ts"
import { CachedBackupsLimits } from "../cache/CachedBackups.ts"
import * as ApiKey from "../callers/ApiKey.ts"
import { Callers } from "../callers/Callers.ts"
import { Permits } from "../callers/Permits.ts"
import { Quotas } from "../callers/Quotas.ts"
import type { Configuration } from "../configuration/Configuration.ts"
import { type Loaded, load } from "../configuration/ConfigurationFile.ts"
import { effective } from "../configuration/effective.ts"
import { roomOf } from "../configuration/RequestRules.ts"
import { isExposed } from "../edge/Exposure.ts"
import { defaultLimits } from "../edge/Limits.ts"
import { Listener } from "../edge/Server.ts"
import { tlsIdentity } from "../edge/Tls.ts"
import * as Generation from "../Generation.ts"
import { Generations } from "../Generations.ts"
import { Lifecycle } from "../Lifecycle.ts"
import { otlpLayer } from "../observability/Tracing.ts"
import * as Proxy from "../Proxy.ts"
import * as Reload from "../Reload.ts"
import type { settings } from "../Settings.ts"
import { StartFailed } from "../StartFailed.ts"
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
      loaded === undefined
        ? Generations.layer(Generation.withoutFile).pipe(
            Layer.provide([Callers.layerSingle(callersKey), Upstreams.layerSingle]),
            Layer.provide(environmentUpstream(given))
          )
        : Generations.layer(Generation.fromLoaded(loaded))

    const { admin, telemetry } = configuration
    return yield* Effect.gen(function* () {
      if (Option.isSome(given.config) && loaded !== undefined) yield* Reload.follow(given.config.value, loaded)
      const { url } = yield* Listener
      const adminUrl = Option.map(yield* Effect.serviceOption(AdminServer), ({ url }) => url)
      const ready = {
        url,
        ...(loaded === undefined ? { key: Redacted.value(callersKey) } : {}),
        ...(Option.isSome(adminUrl) ? { admin: adminUrl.value } : {})
      }
      yield* Console.log(JSON.stringify(ready))
      return yield* Effect.never
    }).pipe(
      Effect.scoped,
      Effect.provide(
        Proxy.layer(yield* listening(given.config, configuration)).pipe(
          Layer.provideMerge(admin.enabled ? AdminServer.layer(admin) : Layer.empty),
          Layer.provideMerge(generations),
          Layer.provide([Quotas.layer, Layer.succeed(CachedBackupsLimits, roomOf(configuration))]),
          Layer.provideMerge(replicas(loaded)),
          Layer.provideMerge(Lifecycle.layer),
          Layer.provide(telemetry === undefined ? Layer.empty : otlpLayer(telemetry.traces_url))
        )
      )
    )
  },
  Effect.catchTag(["InvalidRequest", "NoCredentials"], (error) => Effect.fail(StartFailed.fromEndpoint(error))),
  Effect.catchTag("ServeError", (error) => Effect.fail(StartFailed.fromListening(error)))
)

/** One of several where the configuration says so; what that takes is loaded by nobody else. */
const replicas = (loaded: Loaded | undefined) => {
  const redis = loaded?.configuration.redis
  if (loaded === undefined || redis === undefined) return Permits.layerMemory
  return Layer.unwrap(
    Effect.map(
      Effect.promise(() => import("../replicas/Replicas.ts")),
      (Replicas) => Replicas.layer(redis, loaded.redis)
    )
  )
}

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

const listening = Effect.fnUntraced(function* (
  config: Option.Option<string>,
  { drain, limits, listen: { host, port, public_hosts, tls } }: Configuration
) {
  const path = yield* Path.Path
  const beside = (name: string) => path.resolve(path.dirname(Option.getOrElse(config, () => ".")), name)
  const options: Proxy.ProxyOptions = {
    host,
    port,
    public_hosts,
    limits: {
      ...defaultLimits,
      bodyBytes: limits.batch_bytes,
      connections: limits.connections,
      connectionsPerAddress: limits.connections_per_address
    },
    lame: Duration.seconds(drain.serve_seconds),
    grace: Duration.seconds(drain.finish_seconds),
    tls:
      tls === undefined
        ? undefined
        : yield* tlsIdentity({ cert_file: beside(tls.cert_file), key_file: beside(tls.key_file) })
  }
  return options
})

const environmentUpstream = (given: Given) =>
  Upstream.layer({
    endpoint: Option.getOrUndefined(given.endpoint),
    iamEndpoint: Option.getOrUndefined(given.iamEndpoint),
    region: Option.getOrUndefined(given.region)
  })

const exposed = new StartFailed({
  message:
    "other machines could reach this address, and callers' keys would travel in the clear: set listen.tls, or --behind-tls where something in front ends TLS",
  exitCode: 2
})
