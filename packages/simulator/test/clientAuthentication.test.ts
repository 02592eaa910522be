import {
  Agency,
  BackupClient,
  CredentialChain,
  Credentials,
  MetadataHttpClient,
  EcsMetadata,
  Endpoint,
  IamToken,
  type CredentialSource,
  ProjectDiscovery,
  KeyLockoutGuard,
  UserDirectories
} from "@cbr/client"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Clock, ConfigProvider, Effect, Exit, FileSystem, Layer, Path, Redacted, type Scope } from "effect"
import { TestClock } from "effect/testing"
import { Fault, Simulator } from "../src/index.ts"
import { running, wrongSecret } from "./Caller.ts"

/** The simulator as an endpoint of the client. */
const here = Layer.unwrap(
  Effect.map(Simulator, ({ cbr, iam, region }) =>
    Layer.orDie(Endpoint.layer({ endpoint: cbr, iamEndpoint: iam, region }))
  )
)

const show = Effect.gen(function* () {
  const { backups, project_id } = yield* Simulator
  return yield* BackupClient.use((client) => client.showBackup({ project_id, backup_id: backups.tree }))
})

/** A client over credentials, and the simulator that it calls. */
const clientOver = <E, R>(credentials: Layer.Layer<Credentials, E, R>) =>
  BackupClient.layer.pipe(Layer.provideMerge(credentials), Layer.provideMerge(here))

const world = <E, R>(credentials: Layer.Layer<Credentials, E, R>) =>
  Layer.provideMerge(clientOver(credentials), running())

const requestsTo = (listener: string, path = "") =>
  Effect.flatMap(Simulator, ({ requests }) =>
    Effect.map(requests, (all) => all.filter((request) => request.listener === listener && request.path.includes(path)))
  )

const ownKey = Layer.unwrap(Effect.map(Simulator, ({ ak, sk }) => Credentials.accessKey({ ak, sk })))

/** The default chain in an environment of its own, in an empty home. */
const chainIn = (
  variables: (simulator: Simulator["Service"], file: (text: string) => string) => Record<string, string>,
  links: ReadonlyArray<CredentialSource<CredentialChain.Requirements | Scope.Scope>> = CredentialChain.sources
) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const home = yield* fs.makeTempDirectoryScoped()
      const files: Array<readonly [string, string]> = []
      const set = variables(yield* Simulator, (text) => {
        const name = path.join(home, `file-${files.length}`)
        files.push([name, text])
        return name
      })
      for (const [name, text] of files) yield* fs.writeFileString(name, text)
      return Layer.effect(Credentials, CredentialChain.make(links)).pipe(
        Layer.provide([
          MetadataHttpClient.layer,
          Layer.succeed(UserDirectories, { home, config: path.join(home, ".config", "cbr"), hasModes: true }),
          ConfigProvider.layer(ConfigProvider.fromUnknown(set))
        ])
      )
    })
  ).pipe(Layer.provideMerge(NodeServices.layer))

describe("a credential", () => {
  const kinds = {
    "a key of the environment": chainIn(({ ak, sk }) => ({ HW_ACCESS_KEY: ak, HW_SECRET_KEY: Redacted.value(sk) })),
    "a password of the environment": chainIn(({ domain, password, user }) => ({
      OS_USERNAME: user,
      OS_PASSWORD: Redacted.value(password),
      OS_USER_DOMAIN_NAME: domain
    })),
    "a federated id token": chainIn(({ federation }, file) => ({
      HUAWEICLOUD_SDK_IDP_ID: federation.idp_id,
      HUAWEICLOUD_SDK_ID_TOKEN_FILE: file(`${Redacted.value(federation.id_token)}\n`)
    })),
    "the SDKs' file": chainIn(({ ak, sk }, file) => ({
      HUAWEICLOUD_SDK_CREDENTIALS_FILE: file(`[basic]\nak = ${ak}\nsk = ${Redacted.value(sk)}\n`)
    })),
    "pod identity": chainIn(({ metadata, pod }, file) => ({
      HC_CONTAINER_CREDENTIALS_FULL_URI: `${metadata}/v1/credentials`,
      HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: file(Redacted.value(pod.token))
    })),
    "the metadata of a server": Layer.unwrap(
      Effect.map(Simulator, ({ metadata }) => chainIn(() => ({}), [EcsMetadata.source({ origin: metadata })]))
    ),
    "an agency, by a key": Agency.layer({ agency: "simulated-agency", domain: "simulated-domain" }).pipe(
      Layer.provide([ownKey, here])
    )
  }
  for (const [name, credentials] of Object.entries(kinds)) {
    it.effect(`of the kind "${name}" shows a backup`, () =>
      Effect.gen(function* () {
        const { backup } = yield* show
        assert.strictEqual(backup.id, (yield* Simulator).backups.tree)
        assert.strictEqual((yield* requestsTo("cbr")).length, 1)
      }).pipe(Effect.provide(world(Layer.provide(credentials, here))))
    )
  }

  it.effect("of an agency that does not exist is refused before CBR is called", () =>
    Effect.gen(function* () {
      for (let call = 0; call < 3; call++) {
        assert.strictEqual((yield* Effect.flip(show))._tag, "PermissionDenied")
      }
      assert.strictEqual((yield* requestsTo("cbr")).length, 0)
    }).pipe(
      Effect.provide(
        world(Agency.layer({ agency: "no-such", domain: "simulated-domain" }).pipe(Layer.provide([ownKey, here])))
      )
    )
  )
})

describe("the lock-out", () => {
  it.effect("200 concurrent callers with a wrong secret send it once, and the right one still passes", () =>
    Effect.gen(function* () {
      const wrong = yield* wrongSecret
      const held = { accessKey: wrong }
      const changing = Layer.succeed(Credentials, {
        current: Effect.sync(() => ({ _tag: "AccessKey", accessKey: held.accessKey }) as const),
        refused: () => Effect.succeed(false)
      })
      const guarded = KeyLockoutGuard.layer.pipe(Layer.provide(changing))
      yield* Effect.gen(function* () {
        const exits = yield* Effect.all(
          Array.from({ length: 200 }, () => Effect.exit(show)),
          { concurrency: "unbounded" }
        )
        assert.isTrue(exits.every(Exit.isFailure))
        assert.strictEqual((yield* requestsTo("cbr")).length, 1)
        const { ak, sk } = yield* Simulator
        held.accessKey = { ak, sk }
        yield* show
        assert.strictEqual((yield* requestsTo("cbr")).length, 2)
      }).pipe(Effect.provide(clientOver(guarded)))
    }).pipe(Effect.provide(running()))
  )

  it.effect("a wrong secret that is tried for an hour is sent once in five minutes, and never locked", () =>
    Effect.gen(function* () {
      const wrong = Layer.unwrap(Effect.map(wrongSecret, Credentials.accessKey))
      yield* Effect.gen(function* () {
        for (let minute = 0; minute < 60; minute++) {
          const error = yield* Effect.flip(show)
          assert.notMatch(error.error_msg ?? "", /reach the limit/)
          yield* TestClock.adjust("1 minute")
        }
        assert.strictEqual((yield* requestsTo("cbr")).length, 12)
      }).pipe(Effect.provide(clientOver(wrong)))
    }).pipe(Effect.provide(running()))
  )
})

describe("a token", () => {
  const byPassword = Layer.unwrap(
    Effect.map(Simulator, ({ domain, password, user }) => IamToken.layer({ user, password, domain }))
  ).pipe(Layer.provide(here))

  it.effect("that was revoked leads to one new token and one more try, for all its callers", () =>
    Effect.gen(function* () {
      const { clearRequests, revokeTokens } = yield* Simulator
      yield* show
      yield* revokeTokens
      yield* clearRequests
      yield* Effect.all(
        Array.from({ length: 20 }, () => show),
        { concurrency: "unbounded" }
      )
      assert.strictEqual((yield* requestsTo("iam", "/v3/auth/tokens")).length, 1)
      assert.isAtMost((yield* requestsTo("cbr")).length, 40)
    }).pipe(Effect.provide(world(byPassword)))
  )

  it.effect("that is refused for ever is renewed once, and never in a loop", () =>
    Effect.gen(function* () {
      const { inject } = yield* Simulator
      const body = `{"error_code":"APIGW.0307","error_msg":"The token must be updated"}`
      yield* inject(Fault.Answer({ status: 401, body }), { on: "cbr", times: Number.POSITIVE_INFINITY })
      for (let call = 0; call < 5; call++) yield* Effect.flip(show)
      assert.strictEqual((yield* requestsTo("iam", "/v3/auth/tokens")).length, 2)
      assert.strictEqual((yield* requestsTo("cbr")).length, 6)
    }).pipe(Effect.provide(world(byPassword)))
  )
})

describe("a region", () => {
  it.effect("gives its project id, for which the client asks once", () =>
    Effect.gen(function* () {
      const discovery = yield* ProjectDiscovery
      const { project_id } = yield* Simulator
      for (let call = 0; call < 3; call++) assert.strictEqual(yield* discovery.projectId, project_id)
      assert.strictEqual((yield* requestsTo("iam")).length, 1)
      const error = yield* Effect.flip(discovery.projectIdOf("eu-de"))
      assert.match(error.message, /give the project id, one of .*\(cn-north-4\), .*\(ap-southeast-1\)$/)
    }).pipe(Effect.provide(Layer.provideMerge(ProjectDiscovery.layer.pipe(Layer.provide([ownKey, here])), running())))
  )
})

describe("a clock 20 minutes off", () => {
  it.effect("is put right by the service's, at the price of one request", () =>
    Effect.gen(function* () {
      // No cloud's clock stands where a test's begins.
      yield* TestClock.setTime(Date.UTC(2026, 0, 2))
      const clock = yield* Clock.Clock
      const off = 20 * 60_000
      const late: Clock.Clock = {
        ...clock,
        currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + off,
        currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + off),
        currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe(),
        currentTimeNanos: clock.currentTimeNanos,
        sleep: (duration) => clock.sleep(duration)
      }
      yield* Effect.gen(function* () {
        yield* show
        yield* show
      }).pipe(Effect.provideService(Clock.Clock, late))
      assert.deepStrictEqual(
        (yield* requestsTo("cbr")).map(({ status }) => status),
        [401, 200, 200]
      )
    }).pipe(Effect.provide(world(ownKey)))
  )
})

it.effect("without any credential nothing is sent, and every place is named", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(show)
    assert.strictEqual(error._tag, "NoCredentials")
    for (const name of ["CBR_TOKEN", "OS_USERNAME", "profiles.json", ".huaweicloud", "KooCLI", "HC_CONTAINER"]) {
      assert.include(error.message, name)
    }
    assert.deepStrictEqual(yield* (yield* Simulator).requests, [])
  }).pipe(Effect.provide(world(chainIn(() => ({ CBR_METADATA: "off" })).pipe(Layer.provide(here)))))
)
