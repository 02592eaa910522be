import { MetadataHttpClient, UserDirectories } from "@cbr/client"
import { Fault, layer as simulatorLayer, Simulator } from "@cbr/simulator"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Redacted } from "effect"
import { load } from "../../src/configuration/ConfigurationFile.ts"
import { fromLoaded } from "../../src/reload/ConfigSnapshot.ts"
import { makeKeyedResources, KeyedResources } from "../../src/upstream/KeyedResources.ts"
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

/** Another project of the region; the simulated account does not have it. */
const otherProject = "0123456789abcdef0123456789abcdef"

/** The simulated project, opened by a credential of this name, with what else the configuration says. */
const opened = Effect.fnUntraced(function* (credential: string, settings: { readonly upstream?: object } = {}) {
  const { agency, ak, cbr, domain, iam, password, project_id, sk, user } = yield* Simulator
  const project = { region: "cn-north-4", credentials: [credential] }
  const role = { type: "agency", agency: agency.name, domain: agency.domain }
  const { "proxy.json": file } = yield* written(yield* temporaryFolder, {
    "proxy.json": JSON.stringify({
      callers: {},
      credentials: {
        key: { type: "access_key", ak, sk_command: ["printf", "%s", Redacted.value(sk)] },
        person: { type: "password", user, domain, password: Redacted.value(password) },
        "key-role": { ...role, of: "key" },
        "person-role": { ...role, of: "person" },
        "no-role": { ...role, agency: "none", of: "key" }
      },
      projects: { [project_id]: project, [otherProject]: project },
      regions: { "cn-north-4": { endpoint: cbr, iam_endpoint: iam, upstream: settings.upstream } }
    })
  })
  const { credentials, upstreams } = yield* fromLoaded(yield* load(file)).pipe(
    Effect.provide(alone),
    Effect.provideServiceEffect(KeyedResources, makeKeyedResources)
  )
  return { held: new Map(credentials.map((each) => [each.name, each])), upstreams }
})

/** One process, and what it makes tokens with. */
const alone = Layer.merge(OneProcess.layer, NodeCrypto.layerSecureRandom)

/** Requests that arrived, as words. */
const arrived = Effect.map(
  Effect.flatMap(Simulator, ({ requests }) => requests),
  (requests) => requests.map(({ listener, method }) => `${listener} ${method}`)
)

describe("an agency", () => {
  it.live.each(["key-role", "person-role"])("is assumed once for all projects of a region: %s", (name) =>
    Effect.gen(function* () {
      const { backups, project_id, requests } = yield* Simulator
      const { upstreams } = yield* opened(name)
      const upstream = upstreams.of(project_id)!
      const { backup } = yield* upstream.showBackup({ project_id, backup_id: backups.example })
      assert.strictEqual(backup.id, backups.example)
      yield* Effect.exit(
        upstreams.of(otherProject)!.showBackup({ project_id: otherProject, backup_id: backups.example })
      )
      // A password's token is for one project, and so is the role that it assumes.
      const once = name === "key-role" ? ["iam POST"] : ["iam POST", "iam POST"]
      assert.deepStrictEqual((yield* arrived).slice(0, once.length + 1), [...once, "cbr GET"])
      assert.lengthOf(
        (yield* arrived).filter((each) => each === "iam POST"),
        name === "key-role" ? 1 : 3
      )
      const sent = (yield* requests).find(({ listener }) => listener === "cbr")!
      assert.property(sent.headers, "x-security-token")
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.live("that is not to be had shows no backup, and costs no other caller the key", () =>
    Effect.gen(function* () {
      const { backups, project_id } = yield* Simulator
      const { held, upstreams } = yield* opened("no-role")
      const error = yield* Effect.flip(upstreams.of(project_id)!.showBackup({ project_id, backup_id: backups.example }))
      assert.strictEqual(error._tag, "PermissionDenied")
      assert.isUndefined(yield* held.get("key")!.refusal)
      assert.notInclude(yield* arrived, "cbr GET")
    }).pipe(Effect.scoped, Effect.provide(platform))
  )
})

describe("a credential that opens several backups", () => {
  const refuse = (name: string, message: string) =>
    Effect.gen(function* () {
      const { backups, inject, project_id } = yield* Simulator
      const { held, upstreams } = yield* opened(name)
      const right = upstreams.of(project_id)!.showBackup({ project_id, backup_id: backups.example })
      // IAM gives no token for a project that the account does not have.
      const other = name === "person" ? project_id : otherProject
      const wrong = upstreams.of(other)!.showBackup({ project_id: other, backup_id: backups.available })
      yield* right
      const body = JSON.stringify({ badRequest: { code: "401", message } })
      yield* inject(Fault.Answer({ status: 401, body }), { on: { backup_id: backups.available }, times: 3 })
      const { _tag } = yield* Effect.flip(wrong)
      yield* Effect.flip(wrong)
      return { _tag, right: yield* Effect.exit(right), refusal: yield* held.get(name)!.refusal }
    }).pipe(Effect.scoped, Effect.provide(platform))

  for (const [message, tag] of [
    ["the project in the address is not the credential's", "PermissionDenied"],
    ["Malformed request url", "RequestRefused"],
    ["no", "PermissionDenied"]
  ] as const) {
    it.live.each(["key", "person"])(`is not refused by a 401 of one that says "${message}": %s`, (name) =>
      Effect.gen(function* () {
        const found = yield* refuse(name, message)
        assert.strictEqual(found._tag, tag)
        assert.strictEqual(found.right._tag, "Success")
        assert.isUndefined(found.refusal)
      })
    )
  }

  it.live("is a password, and is not refused by what IAM does not explain, while a token of it works", () =>
    Effect.gen(function* () {
      const { backups, inject, project_id } = yield* Simulator
      const { held, upstreams } = yield* opened("person")
      const right = upstreams.of(project_id)!.showBackup({ project_id, backup_id: backups.example })
      yield* right
      yield* inject(Fault.Answer({ status: 401 }), { on: "iam" })
      const wrong = upstreams.of(otherProject)!.showBackup({ project_id: otherProject, backup_id: backups.example })
      assert.strictEqual((yield* Effect.flip(wrong))._tag, "PermissionDenied")
      assert.isUndefined(yield* held.get("person")!.refusal)
      yield* right
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.live.each(["key", "person"])("is refused for all by a 401 that names it: %s", (name) =>
    Effect.gen(function* () {
      const found = yield* refuse(name, "the signature or the token is wrong")
      assert.strictEqual(found._tag, "AuthenticationFailed")
      assert.strictEqual(found.right._tag, "Failure")
      assert.isDefined(found.refusal)
    })
  )
})

describe("a region's patience", () => {
  const failing = Effect.fnUntraced(function* (upstream: object) {
    const { backups, inject, project_id } = yield* Simulator
    const { upstreams } = yield* opened("key", { upstream: { backoff_ms: 1, ...upstream } })
    yield* inject(Fault.Answer({ status: 503 }), { on: "cbr", times: Infinity })
    const call = upstreams.of(project_id)!.showBackup({ project_id, backup_id: backups.example })
    return { call, sent: Effect.map(arrived, (all) => all.length) }
  })

  it.live("is the one for all where it says nothing, and its own where it does", () =>
    Effect.gen(function* () {
      const usual = yield* failing({})
      yield* Effect.flip(usual.call)
      assert.strictEqual(yield* usual.sent, 3)
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.live("has its own retries, and its own budget for them", () =>
    Effect.gen(function* () {
      const none = yield* failing({ retries: 0 })
      yield* Effect.flip(none.call)
      assert.strictEqual(yield* none.sent, 1)
      const one = yield* failing({ retry_percent: 0, retry_reserve: 1 })
      yield* Effect.flip(one.call)
      assert.strictEqual(yield* one.sent, 3)
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.live("leaves the region alone after so many failures, or never", () =>
    Effect.gen(function* () {
      const open = yield* failing({ retries: 0, circuit_failures: 2 })
      for (let call = 0; call < 4; call++) yield* Effect.flip(open.call)
      assert.strictEqual(yield* open.sent, 2)
      const closed = yield* failing({ retries: 0, circuit_failures: 0 })
      for (let call = 0; call < 8; call++) yield* Effect.flip(closed.call)
      assert.strictEqual(yield* closed.sent, 10)
    }).pipe(Effect.scoped, Effect.provide(platform))
  )
})
