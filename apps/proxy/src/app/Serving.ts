import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { ServeError } from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { CachedBackupsLimits } from "../cache/CachedBackups.ts"
import { Callers } from "../callers/Callers.ts"
import { Quotas } from "../callers/Quotas.ts"
import type { Configuration } from "../configuration/Configuration.ts"
import type { Loaded } from "../configuration/ConfigurationFile.ts"
import { defaultLimits } from "../http/Limits.ts"
import type { TlsIdentity } from "../http/Tls.ts"
import * as EventLoopDelay from "../observability/EventLoopDelay.ts"
import { otlpLayer } from "../observability/Tracing.ts"
import { StartupError } from "../process/StartupError.ts"
import { defaultPatience } from "../server/Drain.ts"
import * as ConfigSnapshot from "../snapshot/ConfigSnapshot.ts"
import { roomOf } from "../snapshot/RequestRules.ts"
import { SnapshotRegistry } from "../snapshot/SnapshotRegistry.ts"
import * as MemoryStore from "../store/MemoryStore.ts"
import * as GuardedCredential from "../upstream/GuardedCredential.ts"
import { Upstreams } from "../upstream/Upstreams.ts"
import * as CloudHttpClient from "./CloudHttpClient.ts"
import type { Given } from "./Given.ts"
import * as Proxy from "./Proxy.ts"
import * as Upstream from "./Upstream.ts"

/** What decides how callers are served. */
export interface Serving {
  readonly given: Given
  readonly loaded: Loaded | undefined
  /** In force, with what the flags say. */
  readonly configuration: Configuration
  readonly callersKey: Redacted.Redacted<string>
}

/** The proxy on its port. */
export const server = ({ configuration, loaded }: Serving) =>
  Proxy.layer(listening(configuration, loaded?.tls)).pipe(
    Layer.provide([Quotas.layer, Layer.succeed(CachedBackupsLimits, roomOf(configuration)), EventLoopDelay.layer]),
    Layer.provide(configuration.telemetry === undefined ? Layer.empty : tracing(configuration.telemetry.traces_url))
  )

const tracing = (url: string) => Layer.provide(otlpLayer(url), CloudHttpClient.layerUnguarded)

/** What follows from the file, or from flags and environment. */
export const generationsOf = ({ callersKey, configuration, given, loaded }: Serving) =>
  loaded === undefined
    ? oneCaller(given, configuration, callersKey)
    : SnapshotRegistry.layer(ConfigSnapshot.fromLoaded({ ...loaded, configuration }))

/** One of several where the configuration says so; what that takes is loaded by nobody else. */
export const replicas = (loaded: Loaded | undefined) => {
  const redis = loaded?.configuration.redis
  if (loaded === undefined || redis === undefined) return MemoryStore.layer
  return Layer.unwrap(
    Effect.map(
      Effect.promise(() => import("../replicas/Replicas.ts")),
      (Replicas) => Replicas.layer(redis, loaded.redis)
    )
  )
}

const listening = (
  { drain, limits, listen: { host, port, reuse_port } }: Configuration,
  tls: TlsIdentity | undefined
): Proxy.ProxyOptions => ({
  host,
  port,
  reusePort: reuse_port,
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
const oneCaller = (
  { endpoint, iamEndpoint, region }: Given,
  configuration: Configuration,
  key: Redacted.Redacted<string>
) => {
  const held = GuardedCredential.make("default")
  const options = {
    endpoint: Option.getOrUndefined(endpoint),
    iamEndpoint: Option.getOrUndefined(iamEndpoint),
    region: Option.getOrUndefined(region)
  }
  const first = ConfigSnapshot.withoutFileUnder(configuration)
  return SnapshotRegistry.layer(Effect.map(first, (made) => ({ ...made, credentials: [held] }))).pipe(
    Layer.provide([Callers.layerSingle(key), Upstreams.layerSingle]),
    Layer.provide(Upstream.layer(options, held))
  )
}

/** Fails, where the port could not be listened on, with which it was and how to choose another. */
export const orSayWhere =
  ({ listen: { host, port } }: Configuration) =>
  <A, E, R>(serving: Effect.Effect<A, E | ServeError, R>) =>
    Effect.catchIf(serving, isServeError, (error) =>
      Effect.fail(
        StartupError.fromListening(error, {
          host,
          port,
          settings: { host: "--host or listen.host", port: "--port or listen.port" }
        })
      )
    )

const isServeError = (error: unknown): error is ServeError => error instanceof ServeError
