import {
  type AccessKeyCredential,
  BackupClient,
  Credentials,
  defaultResiliencePolicy,
  Endpoint,
  ResiliencePolicy
} from "@cbr/client"
import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Context, Duration, Effect, Layer, Redacted } from "effect"
import type { Digest } from "effect/crypto"
import { HttpClient } from "effect/http"
import * as ProxyServer from "../src/app/ProxyServer.ts"
import { Authenticator } from "../src/callers/Authenticator.ts"
import { QuotaLimits, RateLimits } from "../src/callers/RateLimits.ts"
import type { Configuration } from "../src/configuration/Configuration.ts"
import * as LogOutput from "../src/observability/LogOutput.ts"
import { CachePolicy, defaultCachePolicy } from "../src/policy/CachePolicy.ts"
import { defaultLivePolicy, LivePolicy } from "../src/policy/LivePolicy.ts"
import { Lifecycle } from "../src/process/Lifecycle.ts"
import { ActiveConfiguration } from "../src/reload/ActiveConfiguration.ts"
import { withoutFile } from "../src/reload/ConfigSnapshot.ts"
import { defaultDrainTimes, type DrainTimes } from "../src/server/Drain.ts"
import { Listener } from "../src/server/Server.ts"
import * as MemoryStore from "../src/store/MemoryStore.ts"
import { Store } from "../src/store/Store.ts"
import { LowPriorityClasses } from "../src/upstream/LoadShedding.ts"
import { Upstreams } from "../src/upstream/Upstreams.ts"
import * as OneProcess from "./store/OneProcess.ts"

/** The key of every proxy in these tests. */
export const key = "cbrk_test-Canary-5e1f0c9a7b3d"

/** One attempt, and a short wait for an answer that never comes. */
const impatient: ResiliencePolicy = {
  ...defaultResiliencePolicy,
  attemptTimeout: Duration.seconds(2),
  callTimeout: Duration.seconds(5),
  retries: 0,
  // A larger body takes longer than an attempt may when the machine is busy.
  largestBody: 1024 * 1024
}

/** Quotas that no test of something else runs into. */
const boundless: QuotaLimits = {
  callers: { default: { perSecond: 10_000, burst: 10_000 } },
  project: { perSecond: 10_000, burst: 10_000 }
}

/** Lines that the proxy under test has logged. */
export class LogLines extends Context.Service<LogLines, Array<string>>()("test/LogLines") {}

const logging = Layer.unwrap(Effect.map(LogLines, (lines) => LogOutput.layer((line) => void lines.push(line))))

const withRules = (quotas: QuotaLimits, cache: CachePolicy, lowClasses: ReadonlyArray<string>, live: LivePolicy) =>
  Effect.map(withoutFile(), (snapshot) => ({
    ...snapshot,
    rules: snapshot.rules.pipe(
      Context.add(QuotaLimits, quotas),
      Context.add(CachePolicy, cache),
      Context.add(LivePolicy, live),
      Context.add(LowPriorityClasses, new Set(lowClasses))
    )
  }))

const oneCaller = Authenticator.layerSingle(Redacted.make(key))

/** A test that ends its proxy has had all answers. */
export const hasty: DrainTimes = { ...defaultDrainTimes, keepAliveTime: Duration.zero }

/** What a proxy under test has beyond the defaults. */
interface Given extends Partial<ProxyServer.ProxyOptions> {
  readonly callers?: Layer.Layer<Authenticator, never, Digest.Digest>
  readonly projects?: Configuration["projects"]
  readonly quotas?: QuotaLimits
  readonly cache?: CachePolicy
  readonly live?: Partial<LivePolicy>
  readonly lowClasses?: ReadonlyArray<string>
  /** Whether each request has to wait for its caller and its quota, as where other services have to be asked. */
  readonly waits?: boolean
}

/** Callers and quotas as they are, but none of them at hand. */
const waitingCallers = (callers: Layer.Layer<Authenticator, never, Digest.Digest>) =>
  Layer.effect(
    Authenticator,
    Effect.map(Authenticator, ({ authenticate }) =>
      Authenticator.of({ authenticate: (...of) => Effect.suspend(() => authenticate(...of)) })
    )
  ).pipe(Layer.provide(callers))

const waitingQuotas = Layer.provide(
  RateLimits.layer,
  Layer.effect(
    Store,
    Effect.map(Store, (store) => Store.of({ ...store, take: (...of) => Effect.suspend(() => store.take(...of)) }))
  ).pipe(Layer.provide(MemoryStore.layer))
)

/** A proxy before whatever the given client calls. */
export const proxyOver = <E, R>(
  client: Layer.Layer<BackupClient, E, R>,
  {
    cache = defaultCachePolicy,
    callers = oneCaller,
    live = {},
    lowClasses = [],
    projects = {},
    quotas = boundless,
    waits = false,
    ...options
  }: Given = {}
) =>
  ProxyServer.layer({ host: "127.0.0.1", port: 0, drainTimes: hasty, ...options }).pipe(
    Layer.provide(
      ActiveConfiguration.layer(
        Effect.map(withRules(quotas, cache, lowClasses, { ...defaultLivePolicy, ...live }), (snapshot) => ({
          ...snapshot,
          configuration: { ...snapshot.configuration, projects }
        }))
      )
    ),
    Layer.provide([
      Upstreams.layerSingle,
      waits ? waitingCallers(callers) : callers,
      waits ? waitingQuotas : RateLimits.layerMemory,
      OneProcess.layer,
      Lifecycle.layer
    ]),
    Layer.provide(client),
    Layer.provide([logging, NodeCrypto.layerDigest, NodeCrypto.layerSecureRandom]),
    Layer.provideMerge(Layer.sync(LogLines, () => []))
  )

/** A client of the server at an origin; fresh, since a test has one for the cloud and one for the proxy. */
export const clientOf = (endpoint: string, credentials: Layer.Layer<Credentials>) =>
  Layer.fresh(BackupClient.layer).pipe(
    Layer.provide([
      Endpoint.layer({ endpoint }),
      credentials,
      Layer.succeed(ResiliencePolicy, impatient),
      NodeHttpClient.layerUndici,
      NodeCrypto.layerMac,
      NodeCrypto.layerDigest
    ])
  )

/** A key that is sent again after a refusal: the tests of one proxy have it refused on purpose, and go on. */
const unguarded = (accessKey: AccessKeyCredential["accessKey"]) =>
  Layer.succeed(Credentials, {
    current: Effect.succeed({ _tag: "AccessKey", accessKey } as const),
    refused: () => Effect.succeed(false),
    protect: (_, send) => send
  })

/** The cloud's own client, with the simulated account's key. */
const cloudClient = Layer.unwrap(Effect.map(Simulator, ({ ak, cbr, sk }) => clientOf(cbr, unguarded({ ak, sk }))))

/** A proxy before the simulated cloud, a client to call it with, and the cloud itself. */
export const testProxyFor = (given?: Given) =>
  proxyOver(cloudClient, given).pipe(Layer.provideMerge(simulatorLayer()), Layer.merge(NodeHttpClient.layerUndici))

/** The same for one caller with one key. */
export const layer = testProxyFor()

/** The same where every request has to wait for its caller, hits as well. */
export const whereAllWaits = (given?: Given) => testProxyFor({ ...given, waits: true })

/** GETs a path of the proxy. */
export const get = Effect.fnUntraced(function* (
  path: string,
  headers: Readonly<Record<string, string>> = { "x-auth-token": key }
) {
  const { url } = yield* Listener
  const response = yield* HttpClient.get(url + path, { headers })
  return { status: response.status, headers: response.headers, text: yield* response.text }
})

/** Path of a backup of the simulated account. */
export const pathOf = (backup_id: string) =>
  Effect.map(Simulator, ({ project_id }) => `/v3/${project_id}/backups/${backup_id}`)

/** The path of a backup that the proxy's cache has just forgotten. */
export const uncachedPathOf = Effect.fnUntraced(function* (backup_id: string) {
  const { project_id } = yield* Simulator
  const { url } = yield* Listener
  yield* HttpClient.del(`${url}/-/v1/projects/${project_id}/backups/${backup_id}/cache`, {
    headers: { "x-auth-token": key }
  })
  return yield* pathOf(backup_id)
})
