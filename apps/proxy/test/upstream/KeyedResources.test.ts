import { MetadataHttpClient, UserDirectories } from "@cbr/client"
import { Fault, layer as simulatorLayer, Simulator } from "@cbr/simulator"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Context, DateTime, Effect, Exit, Layer, Redacted } from "effect"
import { exportJWK, generateKeyPair, SignJWT } from "jose"
import { Authenticator } from "../../src/callers/Authenticator.ts"
import { type Loaded, load } from "../../src/configuration/ConfigurationFile.ts"
import { ActiveConfiguration } from "../../src/reload/ActiveConfiguration.ts"
import { fromLoaded } from "../../src/reload/ConfigSnapshot.ts"
import { Upstreams } from "../../src/upstream/Upstreams.ts"
import { cloud } from "../ConfiguredProcess.ts"
import * as OneProcess from "../store/OneProcess.ts"
import { temporaryFolder, written } from "../TemporaryFolder.ts"

const platform = Layer.mergeAll(
  simulatorLayer(),
  NodeServices.layer,
  NodeHttpClient.layerUndici,
  Layer.provide(MetadataHttpClient.layer, NodeHttpClient.layerUndici),
  NodeCrypto.layerDigest,
  NodeCrypto.layerMac,
  ConfigProvider.layer(ConfigProvider.fromUnknown({})),
  Layer.succeed(UserDirectories, { home: undefined, config: undefined, hasModes: true })
)

const project = { region: "cn-north-4", credentials: ["main"] }

/** A proxy's upstreams by a configuration with this credential, and how it is read anew. */
const world = Effect.fnUntraced(function* (credential: object, settings: object = {}) {
  const { cbr, iam, project_id } = yield* Simulator
  const folder = yield* temporaryFolder
  const file = Effect.fnUntraced(function* (callers: object, credential: object) {
    const paths = yield* written(folder, {
      "proxy.json": JSON.stringify({
        callers,
        credentials: { main: credential },
        projects: { [project_id]: project },
        regions: { "cn-north-4": { endpoint: cbr, iam_endpoint: iam } },
        ...settings
      })
    })
    return yield* load(paths["proxy.json"])
  })
  const context = yield* Layer.build(ActiveConfiguration.layer(made(yield* file({}, credential))))
  const { replace } = Context.get(context, ActiveConfiguration)
  return {
    callers: Context.get(context, Authenticator),
    show: Effect.gen(function* () {
      const { backups } = yield* Simulator
      const upstream = Context.get(context, Upstreams).of(project_id)!
      return yield* Effect.exit(upstream.showBackup({ project_id, backup_id: backups.example }))
    }),
    /** Another caller, or another credential, is in the file. */
    reload: (changed: object = credential) =>
      Effect.flatMap(file({ other: { projects: "*", tokens: [] } }, changed), (loaded) => replace(made(loaded)))
  }
})

const made = (loaded: Loaded) => Effect.provide(fromLoaded(loaded), [OneProcess.layer, NodeCrypto.layerSecureRandom])

const arrivedAt = (listener: string) =>
  Effect.map(
    Effect.flatMap(Simulator, ({ requests }) => requests),
    (requests) => requests.filter((request) => request.listener === listener).length
  )

describe("after a reload that does not concern them", () => {
  it.live("a token of the cloud is not fetched anew", () =>
    Effect.gen(function* () {
      const { domain, password, user } = yield* Simulator
      const { reload, show } = yield* world({ type: "password", user, domain, password: Redacted.value(password) })
      assert.isTrue(Exit.isSuccess(yield* show))
      yield* reload()
      assert.isTrue(Exit.isSuccess(yield* show))
      assert.strictEqual(yield* arrivedAt("iam"), 1)
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.live("a refused key is not sent again, and a new secret of it is", () =>
    Effect.gen(function* () {
      const { ak, sk } = yield* Simulator
      const { reload, show } = yield* world({ type: "access_key", ak, sk: "Canary-wrong" })
      assert.isTrue(Exit.isFailure(yield* show))
      const sent = yield* arrivedAt("cbr")
      yield* reload()
      assert.isTrue(Exit.isFailure(yield* show))
      assert.strictEqual(yield* arrivedAt("cbr"), sent)
      yield* reload({ type: "access_key", ak, sk: Redacted.value(sk) })
      assert.isTrue(Exit.isSuccess(yield* show))
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.live("a circuit that is open stays so", () =>
    Effect.gen(function* () {
      const { ak, inject, sk } = yield* Simulator
      const once = { upstream: { circuit_failures: 1, retries: 0 } }
      const { reload, show } = yield* world({ type: "access_key", ak, sk: Redacted.value(sk) }, once)
      yield* inject(Fault.Answer({ status: 503 }), { on: "cbr", times: Infinity })
      assert.isTrue(Exit.isFailure(yield* show))
      const sent = yield* arrivedAt("cbr")
      yield* reload()
      assert.isTrue(Exit.isFailure(yield* show))
      assert.strictEqual(yield* arrivedAt("cbr"), sent)
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.live("the keys of an issuer are not fetched anew", () =>
    Effect.gen(function* () {
      const { ak, sk } = yield* Simulator
      let fetches = 0
      const pair = yield* Effect.promise(() => generateKeyPair("ES256"))
      const jwk = { ...(yield* Effect.promise(() => exportJWK(pair.publicKey))), kid: "one", alg: "ES256" }
      const url = yield* cloud((response) => {
        fetches++
        response.end(JSON.stringify({ keys: [jwk] }))
      })
      const issuer = { issuer: "https://issuer.test", audience: "cbr-proxy", jwks_url: `${url}/jwks` }
      const { callers, reload } = yield* world(
        { type: "access_key", ak, sk: Redacted.value(sk) },
        { issuers: { corp: issuer } }
      )
      const token = yield* Effect.promise(() =>
        new SignJWT({})
          .setProtectedHeader({ alg: "ES256", kid: "one" })
          .setIssuer(issuer.issuer)
          .setAudience(issuer.audience)
          .setSubject("reports")
          .setExpirationTime("1 hour")
          .sign(pair.privateKey)
      )
      const shown = { _tag: "Jwt", token: Redacted.make(token) } as const
      for (const _ of [1, 2]) {
        assert.isTrue(
          Exit.isFailure(yield* Effect.exit(callers.authenticate(shown, DateTime.nowUnsafe()))),
          "its subject is no caller"
        )
        yield* reload()
      }
      assert.strictEqual(fetches, 1)
    }).pipe(Effect.scoped, Effect.provide(platform))
  )
})
