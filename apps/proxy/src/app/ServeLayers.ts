import { EndpointVariables } from "@cbr/client"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { BackupCacheLimits } from "../cache/BackupCache.ts"
import { Authenticator } from "../callers/Authenticator.ts"
import { RateLimits } from "../callers/RateLimits.ts"
import * as Revocations from "../callers/Revocations.ts"
import type { Configuration } from "../configuration/Configuration.ts"
import type { Loaded } from "../configuration/ConfigurationFile.ts"
import { defaultHttpLimits } from "../http/HttpLimits.ts"
import type { TlsIdentity } from "../http/Tls.ts"
import * as EventLoopDelay from "../observability/EventLoopDelay.ts"
import { otlpLayer } from "../observability/Tracing.ts"
import { ActiveConfiguration } from "../reload/ActiveConfiguration.ts"
import * as ConfigSnapshot from "../reload/ConfigSnapshot.ts"
import { ProjectDirectory } from "../reload/ProjectDirectory.ts"
import { roomOf } from "../reload/RequestPolicies.ts"
import { defaultDrainTimes } from "../server/Drain.ts"
import * as MemoryStore from "../store/MemoryStore.ts"
import * as CredentialGuard from "../upstream/CredentialGuard.ts"
import { Upstreams } from "../upstream/Upstreams.ts"
import * as CloudHttpClient from "./CloudHttpClient.ts"
import type { CommandLineOptions } from "./CommandLineOptions.ts"
import * as ConfiguredRedis from "./ConfiguredRedis.ts"
import * as Upstream from "./MachineCredentialUpstream.ts"
import * as ProxyServer from "./ProxyServer.ts"

/** The inputs from which the proxy's layers are composed. */
export interface ServeInputs {
  readonly options: CommandLineOptions
  readonly loaded: Loaded | undefined
  /** In force, with what the flags say. */
  readonly configuration: Configuration
  readonly callersKey: Redacted.Redacted<string>
}

/** The proxy on its port. */
export const server = ({ configuration, loaded }: ServeInputs) =>
  ProxyServer.layer(listening(configuration, loaded?.tls)).pipe(
    Layer.provide([RateLimits.layer, Layer.succeed(BackupCacheLimits, roomOf(configuration)), EventLoopDelay.layer]),
    Layer.provide(configuration.telemetry === undefined ? Layer.empty : tracing(configuration.telemetry.traces_url))
  )

const tracing = (url: string) => Layer.provide(otlpLayer(url), CloudHttpClient.layerUnguarded)

/** The snapshots of the file, or the one of flags and environment. */
export const snapshots = ({ callersKey, configuration, options, loaded }: ServeInputs) =>
  loaded === undefined
    ? oneCaller(options, configuration, callersKey)
    : ActiveConfiguration.layer(ConfigSnapshot.fromLoaded({ ...loaded, configuration }))

/** The store, and what was revoked in it: of several replicas where the configuration names Redis. */
export const replicas = (loaded: Loaded | undefined) => {
  const redis = loaded?.configuration.redis
  const store =
    loaded === undefined || redis === undefined ? MemoryStore.layer : ConfiguredRedis.layer(redis, loaded.redis)
  return Revocations.layer(redis?.revocations ?? "serve").pipe(Layer.provideMerge(store))
}

const listening = (
  { drain, limits, listen: { host, port, reuse_port } }: Configuration,
  tls: TlsIdentity | undefined
): ProxyServer.ProxyOptions => ({
  host,
  port,
  reusePort: reuse_port,
  tls,
  limits: {
    ...defaultHttpLimits,
    bodyBytes: limits.batch_bytes,
    connections: limits.connections,
    connectionsPerAddress: limits.connections_per_address
  },
  serveTime: Duration.seconds(drain.serve_seconds),
  drainTimes: { ...defaultDrainTimes, finishTime: Duration.seconds(drain.finish_seconds) }
})

/** Without a file: one caller, and the cloud as this machine is set up for it. */
const oneCaller = (
  { endpoint, iamEndpoint, region }: CommandLineOptions,
  configuration: Configuration,
  key: Redacted.Redacted<string>
) => {
  const held = CredentialGuard.make("default")
  const options = {
    endpoint: Option.getOrUndefined(endpoint),
    iamEndpoint: Option.getOrUndefined(iamEndpoint),
    region: Option.getOrUndefined(region)
  }
  const first = ConfigSnapshot.withoutFile(configuration)
  return ActiveConfiguration.layer(Effect.map(first, (made) => ({ ...made, credentials: [held] }))).pipe(
    Layer.provide([Authenticator.layerSingle(key), Upstreams.layerSingle]),
    Layer.provide(Upstream.layer(options, held)),
    (registry) => Layer.merge(registry, ownProject(options.region))
  )
}

/** The one project that the environment names by its id, so that the page for people can offer it. */
const ownProject = (givenRegion: string | undefined) =>
  Layer.effect(
    ProjectDirectory,
    Effect.map(EndpointVariables.fromEnvironment, ({ project, region: named = "default" }) => {
      const region = givenRegion ?? named
      const isId = project !== undefined && "id" in project
      return { all: Effect.succeed(isId ? [{ id: project.id, name: region, region }] : []) }
    })
  )
