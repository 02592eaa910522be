import { MetadataHttpClient, UserDirectories } from "@cbr/client"
import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { ConfigProvider, Context, Effect, Layer, Redacted } from "effect"
import { AdminServer } from "../src/admin/AdminServer.ts"
import * as ProxyServer from "../src/app/ProxyServer.ts"
import * as ApiKey from "../src/callers/ApiKey.ts"
import { RateLimits } from "../src/callers/RateLimits.ts"
import { load } from "../src/configuration/ConfigurationFile.ts"
import * as LogOutput from "../src/observability/LogOutput.ts"
import { Lifecycle } from "../src/process/Lifecycle.ts"
import { ActiveConfiguration } from "../src/reload/ActiveConfiguration.ts"
import * as ConfigSnapshot from "../src/reload/ConfigSnapshot.ts"
import { Reload } from "../src/reload/Reload.ts"
import * as OneProcess from "./store/OneProcess.ts"
import { temporaryFolder, written } from "./TemporaryFolder.ts"
import { hasty, LogLines } from "./TestProxy.ts"

/** Keys of the callers below. */
export const keys = { owner: "cbrk_Canary-owner", reader: "cbrk_Canary-reader", expired: "cbrk_Canary-expired" }

/** A key pair that the proxy has issued. */
export const issued = { ak: "PROXYISSUEDKEY000001", sk: "Canary-issued-sk-of-32-characters" }

/** Secrets that no one may ever see. */
export const upstreamSecrets = ["Canary-wrong-sk", "Canary-inline-token", issued.sk]

/** A project of the configuration that the simulated account does not have. */
export const otherProject = "0123456789abcdef0123456789abcdef"

/** A configuration before the simulated cloud: a project that works, and one whose key the cloud refuses. */
export const configuration = Effect.gen(function* () {
  const { ak, cbr, project_id, sk } = yield* Simulator
  const hash = (key: string) => ApiKey.hashOf(Redacted.make(key)).pipe(Effect.provide(NodeCrypto.layerDigest))
  return {
    listen: { port: 0 },
    admin: { port: 0 },
    drain: { serve_seconds: 0 },
    callers: {
      owner: { keys: [{ sha256: yield* hash(keys.owner) }], projects: "*" },
      sdk: { access_keys: [issued], projects: [project_id] },
      reader: { keys: [{ sha256: yield* hash(keys.reader) }], projects: [otherProject] },
      expired: {
        keys: [{ sha256: yield* hash(keys.expired), expires_at: "2020-01-01T00:00:00Z" }],
        projects: "*"
      }
    },
    credentials: {
      good: { type: "access_key", ak, sk: Redacted.value(sk) },
      wrong: { type: "access_key", ak: "WRONGACCESSKEY000001", sk: "Canary-wrong-sk" },
      unused: { type: "token", token: "Canary-inline-token" }
    },
    projects: {
      [project_id]: { region: "cn-north-4", credentials: ["good"] },
      [otherProject]: { region: "cn-north-4", credentials: ["wrong"] }
    },
    regions: { "cn-north-4": { endpoint: cbr } }
  }
})

const logging = Layer.unwrap(Effect.map(LogLines, (lines) => LogOutput.layer((line) => void lines.push(line))))

/** Where the configuration stands. */
export class ConfigurationPath extends Context.Service<ConfigurationPath, string>()("test/ConfigurationPath") {}

type Settings = Readonly<Record<string, unknown>>

const fileOf = (settings: Settings) =>
  Layer.effect(
    ConfigurationPath,
    Effect.gen(function* () {
      const text = JSON.stringify({ ...(yield* configuration), ...settings })
      return (yield* written(yield* temporaryFolder, { "proxy.json": text }))["proxy.json"]
    })
  )

const snapshots = Layer.unwrap(
  Effect.gen(function* () {
    const path = yield* ConfigurationPath
    const loaded = yield* load(path)
    return Layer.provideMerge(
      Reload.layer(path, loaded, ConfigSnapshot.fromLoaded),
      ActiveConfiguration.layer(ConfigSnapshot.fromLoaded(loaded))
    )
  })
)

/** {@link layer} with these sections in place of its own, before a cloud with so many servers. */
export const layerOf = (settings: Settings, fleet?: number) =>
  ProxyServer.layer({ host: "127.0.0.1", port: 0, drainTimes: hasty }).pipe(
    Layer.provideMerge(AdminServer.layer({ host: "127.0.0.1", port: 0 })),
    Layer.provideMerge(snapshots),
    Layer.provideMerge(fileOf(settings)),
    Layer.provideMerge(Layer.merge(Lifecycle.layer, OneProcess.layer)),
    Layer.provide(RateLimits.layerMemory),
    Layer.provide([
      logging,
      ConfigProvider.layer(ConfigProvider.fromUnknown({})),
      NodeServices.layer,
      MetadataHttpClient.layer,
      Layer.succeed(UserDirectories, { home: undefined, config: undefined, hasModes: true }),
      NodeCrypto.layerDigest,
      NodeCrypto.layerMac,
      NodeCrypto.layerSecureRandom
    ]),
    Layer.provideMerge(
      Layer.mergeAll(
        simulatorLayer(fleet === undefined ? {} : { fleet }),
        NodeHttpClient.layerUndici,
        Layer.sync(LogLines, () => [])
      )
    )
  )

/** The proxy as a configuration file makes it, its admin port, and the cloud behind it. */
export const layer = layerOf({})
