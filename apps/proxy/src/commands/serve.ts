import { availableParallelism } from "node:os"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { AdminServer } from "../admin/AdminServer.ts"
import { CachedBackupsLimits } from "../cache/CachedBackups.ts"
import * as ApiKey from "../callers/ApiKey.ts"
import { Callers } from "../callers/Callers.ts"
import { Permits } from "../callers/Permits.ts"
import { Quotas } from "../callers/Quotas.ts"
import { Revocations } from "../callers/Revocations.ts"
import { UsedSignatures } from "../callers/UsedSignatures.ts"
import type { Configuration } from "../configuration/Configuration.ts"
import { type Loaded, load } from "../configuration/ConfigurationFile.ts"
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
import { SharedTurns } from "../upstream/CredentialTurns.ts"
import * as HeldCredential from "../upstream/HeldCredential.ts"
import * as Upstream from "../upstream/Upstream.ts"
import { Upstreams } from "../upstream/Upstreams.ts"
import { remembering, replaying } from "../workers/FilesRead.ts"
import { Peers } from "../workers/Peers.ts"
import * as Primary from "../workers/Primary.ts"
import type { Order } from "../workers/Questions.ts"
import { shareOf } from "../workers/Share.ts"
import { isWorker, join } from "../workers/Worker.ts"

/** What the command line says. */
type Given = { readonly [Name in keyof typeof settings]: FlagValue<(typeof settings)[Name]> }
type FlagValue<F> = F extends import("effect/cli/Flag").Flag<infer A> ? A : never

/** `cbr-proxy`: serves until it is told to stop. */
export const serve = Effect.fn("serve")(
  function* (given: Given) {
    if (isWorker) return yield* asWorker(given)
    const files = remembering(yield* FileSystem.FileSystem)
    const remembered = Effect.provideService(FileSystem.FileSystem, files.fileSystem)
    const loaded = Option.isSome(given.config) ? yield* remembered(loadOrFail(given.config.value)) : undefined
    const configuration = inForce(given, loaded?.configuration)
    if (given.printEffective) return yield* Console.log(effective(configuration).trimEnd())
    if (isExposed(configuration.listen)) return yield* exposed

    const callersKey = Option.isSome(given.key) ? given.key.value : yield* ApiKey.generate
    const followed =
      Option.isSome(given.config) && loaded !== undefined ? { file: given.config.value, loaded } : undefined
    const sayReady = Effect.fnUntraced(function* (url: string) {
      const admin = Option.map(yield* Effect.serviceOption(AdminServer), ({ url }) => url)
      const ready = {
        url,
        // Whoever gave a key has it; one that was made for this run stands nowhere else.
        ...(loaded === undefined && Option.isNone(given.key) ? { key: Redacted.value(callersKey) } : {}),
        ...(Option.isSome(admin) ? { admin: admin.value } : {})
      }
      yield* Console.log(JSON.stringify(ready))
    })

    const { admin } = configuration
    const workers = configuration.workers === "auto" ? availableParallelism() : configuration.workers
    if (workers > 1) {
      const options = { workers, configuration, key: callersKey, followed, filesRead: files.read, sayReady }
      return yield* remembered(Primary.run(options))
    }
    return yield* Effect.gen(function* () {
      yield* sayReady((yield* Listener).url)
      return yield* (yield* Lifecycle).stopped
    }).pipe(
      Effect.scoped,
      Effect.provide(
        server({ given, loaded, configuration, callersKey }).pipe(
          Layer.provideMerge(admin.enabled ? AdminServer.layer(admin) : Layer.empty),
          Layer.provide(
            followed === undefined
              ? Reload.layerNone
              : Reload.layer(followed.file, followed.loaded, Generation.fromLoaded)
          ),
          Layer.provideMerge(generationsOf({ given, loaded, configuration, callersKey })),
          Layer.provideMerge(replicas(loaded)),
          Layer.provideMerge(Lifecycle.layer)
        )
      )
    )
  },
  Effect.catchTag(["InvalidRequest", "NoCredentials"], (error) => Effect.fail(StartFailed.fromEndpoint(error))),
  Effect.catchTag("ConfigError", ({ message }) => Effect.fail(new StartFailed({ message, exitCode: 2 }))),
  Effect.catchTag("ServeError", (error) => Effect.fail(StartFailed.fromListening(error)))
)

/** What decides how callers are served. */
interface Serving {
  readonly given: Given
  readonly loaded: Loaded | undefined
  /** In force, with what the flags say. */
  readonly configuration: Configuration
  readonly callersKey: Redacted.Redacted<string>
}

/** The proxy on its port. */
const server = ({ configuration, loaded }: Serving) =>
  Proxy.layer(listening(configuration, loaded?.tls)).pipe(
    Layer.provide([Quotas.layer, Layer.succeed(CachedBackupsLimits, roomOf(configuration)), EventLoopDelay.layer]),
    Layer.provide(configuration.telemetry === undefined ? Layer.empty : otlpLayer(configuration.telemetry.traces_url))
  )

/** What follows from the file, or from flags and environment. */
const generationsOf = ({ callersKey, configuration, given, loaded }: Serving) =>
  loaded === undefined ? oneCaller(given, configuration, callersKey) : Generations.layer(Generation.fromLoaded(loaded))

/** Serves as one of several, with its share of what the configuration grants, until the primary process says otherwise. */
const asWorker = Effect.fnUntraced(function* (given: Given) {
  const worker = yield* join
  const { key, workers } = worker.assignment
  const made = Effect.fnUntraced(
    function* (_: Order) {
      const loaded = Option.isSome(given.config) ? yield* loadOrFail(given.config.value) : undefined
      return {
        given,
        loaded: loaded && { ...loaded, configuration: shareOf(loaded.configuration, workers) },
        configuration: shareOf(inForce(given, loaded?.configuration), workers),
        callersKey: Redacted.make(key)
      }
    },
    (making, { files }) => Effect.provideService(making, FileSystem.FileSystem, replaying(files))
  )
  const first: Serving = yield* made(worker.assignment)
  return yield* Effect.gen(function* () {
    const generations = yield* Generations
    let last: Order = worker.assignment
    const remade = (order: Order, isKept: Effect.Effect<boolean>) =>
      generations.replace(
        Effect.gen(function* () {
          const { loaded } = yield* made(order)
          const next = yield* loaded === undefined
            ? Effect.die("a configuration of no file")
            : Generation.fromLoaded(loaded)
          if (!(yield* isKept)) return yield* dropped
          last = order
          return next
        }).pipe(Effect.provideService(SharedTurns, worker.turns(order.generation)))
      )
    const { changes } = yield* Revocations
    yield* Effect.forkScoped(
      Stream.runForEach(changes, () => Effect.ignore(Effect.suspend(() => remade(last, Effect.succeed(true)))))
    )
    yield* worker.serving((yield* Listener).url, remade)
    return yield* worker.drained
  }).pipe(
    Effect.scoped,
    Effect.provide(
      server(first).pipe(
        Layer.provideMerge(generationsOf(first)),
        Layer.provideMerge(replicas(first.loaded)),
        Layer.provideMerge(Lifecycle.layer)
      )
    ),
    Effect.provideService(SharedTurns, worker.turns(worker.assignment.generation)),
    Effect.provideService(Peers, worker.peers),
    Effect.provideService(UsedSignatures, worker.signatures),
    Effect.annotateLogs({ worker: worker.assignment.worker })
  )
}, Effect.scoped)

/** The other workers could not use it. */
const dropped = new StartFailed({ message: "another worker refused the configuration", exitCode: 1 })

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
    }),
    workers: Option.getOrElse(given.workers, () => configuration.workers)
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
const oneCaller = (
  { endpoint, iamEndpoint, region }: Given,
  configuration: Configuration,
  key: Redacted.Redacted<string>
) =>
  Layer.unwrap(
    Effect.map(SharedTurns, (turns) => {
      const held = HeldCredential.make("default", turns)
      const options = {
        endpoint: Option.getOrUndefined(endpoint),
        iamEndpoint: Option.getOrUndefined(iamEndpoint),
        region: Option.getOrUndefined(region)
      }
      const first = Generation.withoutFileUnder(configuration)
      return Generations.layer(Effect.map(first, (made) => ({ ...made, credentials: [held] }))).pipe(
        Layer.provide([Callers.layerSingle(key), Upstreams.layerSingle]),
        Layer.provide(Upstream.layer(options, held))
      )
    })
  )

const exposed = new StartFailed({
  message:
    "other machines could reach this address, and callers' keys would travel in the clear: set listen.tls, or --behind-tls where something in front ends TLS",
  exitCode: 2
})
