import {
  CredentialChain,
  Credentials,
  failureText,
  type CredentialSource,
  NoCredentials,
  NotConfigured,
  ProfileFile,
  KeyLockoutGuard
} from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Option, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { clear, currentOf, temporary, type World, worldOf } from "./CredentialSourceTest.ts"

const sdkFile = "/home/u/.huaweicloud/credentials"
const profiles = "/home/u/.config/cbr/profiles.json"

/** Finds through the default links, in virtual time. */
const find = Effect.fnUntraced(function* (world: World) {
  const { layer, ...seen } = worldOf(world)
  const fiber = yield* Effect.gen(function* () {
    const { credentials, place } = yield* CredentialChain.find(yield* CredentialChain.sourcesInOrder)
    return { place, credential: yield* currentOf(credentials) }
  }).pipe(Effect.scoped, Effect.provide(layer), Effect.exit, Effect.forkChild)
  yield* TestClock.adjust("1 minute")
  return { exit: yield* Fiber.join(fiber), ...seen }
})

const environment = { HUAWEICLOUD_SDK_AK: "ak-env", HUAWEICLOUD_SDK_SK: "sk" }
const password = { OS_USERNAME: "u", OS_PASSWORD: "p", OS_USER_DOMAIN_NAME: "d" }
const federation = { HUAWEICLOUD_SDK_IDP_ID: "idp", HUAWEICLOUD_SDK_ID_TOKEN_FILE: "/id" }
const pod = { HC_CONTAINER_CREDENTIALS_FULL_URI: "http://10.0.0.1/", HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/pod" }

const everything = {
  "/id": "id",
  "/pod": "pod",
  [profiles]: `{"profiles":{"p":{"ak":"ak-profile","sk":"sk"}}}`,
  [sdkFile]: "[basic]\nak=ak-sdk\nsk=sk"
}

const cloud: NonNullable<World["script"]> = (nth, { url }) =>
  url.includes("/v3/auth/tokens")
    ? {
        status: 201,
        headers: { "x-subject-token": "issued" },
        body: `{"token":{"expires_at":"1970-01-02T00:00:00Z"}}`
      }
    : { status: 200, headers: { "x-subject-token": "x" }, body: JSON.stringify(temporary(nth)) }

describe("the default chain", () => {
  const orders: ReadonlyArray<
    readonly [place: string, variables: Record<string, string>, files: Record<string, string>, requests: number]
  > = [
    ["environment", { ...environment, ...password, ...federation, ...pod }, everything, 0],
    ["environment, by password", { ...password, ...federation, ...pod }, everything, 1],
    ["federation", { ...federation, ...pod }, everything, 2],
    ["profile", pod, everything, 0],
    ["the SDKs' file", pod, { ...everything, [profiles]: `{"profiles":{}}` }, 0],
    ["pod identity", pod, { "/pod": "pod" }, 1],
    ["ECS metadata", {}, {}, 2]
  ]
  for (const [place, variables, files, requests] of orders) {
    it.effect(`takes ${place} before what follows it`, () =>
      Effect.gen(function* () {
        const { exit, sent } = yield* find({ variables, files, script: cloud })
        assert.strictEqual(exit._tag === "Success" ? exit.value.place : exit.toString(), place)
        assert.strictEqual(sent.length, requests)
        const isMetadata = sent.some(({ request }) => request.url.includes("169.254.169.254"))
        assert.strictEqual(isMetadata, place === "ECS metadata")
      })
    )
  }

  it.effect("takes a profile that the caller names before the environment, and this where the profile has none", () =>
    Effect.gen(function* () {
      const named = Effect.provideService(ProfileFile.NamedProfile, { name: "p", by: "the test" })
      const placeOf = (profile: object) =>
        find({ variables: environment, files: { [profiles]: JSON.stringify({ profiles: { p: profile } }) } }).pipe(
          named,
          Effect.map(({ exit }) => (exit._tag === "Success" ? exit.value.place : exit.toString()))
        )
      assert.strictEqual(yield* placeOf({ ak: "ak-profile", sk: "sk" }), "profile")
      assert.strictEqual(yield* placeOf({ region: "cn-north-4" }), "environment")
      const { exit } = yield* named(find({ variables: environment }))
      assert.include(exit.toString(), "the test names")
    })
  )

  it.effect("when nothing serves, lists each place, what was looked for and why it did not serve", () =>
    Effect.gen(function* () {
      const { exit } = yield* find({ script: () => Effect.never, files: { "/home/u/.hcloud/config.json": "{}" } })
      const error = exit._tag === "Failure" ? exit.cause.reasons[0] : undefined
      const failure = error?._tag === "Fail" ? error.error : undefined
      assert.instanceOf(failure, NoCredentials)
      assert.deepStrictEqual(
        failure?._tag === "NoCredentials" && failure.detail.code === "no-credentials"
          ? failure.detail.searched.map(({ place, reason }) => [place, failureText(reason)])
          : [],
        [
          [
            "environment",
            "none of CBR_TOKEN, HUAWEICLOUD_SDK_AK with HUAWEICLOUD_SDK_SK, CLOUD_SDK_AK with CLOUD_SDK_SK, HW_AUTH_TOKEN, HW_ACCESS_KEY with HW_SECRET_KEY, OS_AUTH_TOKEN, OS_TOKEN, OS_ACCESS_KEY with OS_SECRET_KEY is set"
          ],
          ["environment, by password", "neither OS_USERNAME nor OS_PASSWORD is set"],
          ["clouds.yaml", "OS_CLOUD is not set"],
          ["federation", "neither HUAWEICLOUD_SDK_IDP_ID nor HUAWEICLOUD_SDK_ID_TOKEN_FILE is set"],
          ["profile", `no ${profiles}, or no profile in it that is the default`],
          ["the SDKs' file", `no ${sdkFile}`],
          ["KooCLI", "/home/u/.hcloud/config.json is encrypted for KooCLI alone and is not read"],
          [
            "pod identity",
            "neither HC_CONTAINER_CREDENTIALS_FULL_URI nor HC_CONTAINER_AUTHORIZATION_TOKEN_FILE is set"
          ],
          ["ECS metadata", "no answer from the server's metadata within 3 s"]
        ]
      )
      assert.match(failure?.message ?? "", /^no credentials: environment: none of CBR_TOKEN, .* within 3 s$/)
    })
  )

  it.effect("says of a server that has no agency that it may have one later", () =>
    Effect.gen(function* () {
      const mayCome = Effect.fnUntraced(function* (status: number | undefined) {
        const { exit } = yield* find({ script: () => (status === undefined ? Effect.never : { status }) })
        const error = Option.getOrUndefined(Exit.findErrorOption(exit))
        return error?._tag === "NoCredentials" && error.detail.code === "no-credentials"
          ? error.detail.searched.filter(({ may_come }) => may_come === true)
          : undefined
      })
      assert.deepStrictEqual(
        (yield* mayCome(401))?.map(({ place }) => place),
        ["ECS metadata"]
      )
      assert.deepStrictEqual(yield* mayCome(undefined), [], "where nothing answers there is no such server")
    })
  )

  it.effect("ends at a place that is set up and does not work, whatever follows", () =>
    Effect.gen(function* () {
      const { exit, reads, sent } = yield* find({
        variables: { HUAWEICLOUD_SDK_AK: "half" },
        files: everything,
        script: cloud
      })
      assert.strictEqual(exit._tag, "Failure")
      assert.strictEqual(sent.length, 0)
      assert.deepStrictEqual(reads, [])
    })
  )
})

describe("Chain.make", () => {
  const linkOf = (place: string, outcome: Effect.Effect<Credentials["Service"], NotConfigured>) => {
    const counted = { opened: 0 }
    const link: CredentialSource = {
      name: place,
      resolve: Effect.andThen(
        Effect.sync(() => void counted.opened++),
        outcome
      )
    }
    return { counted, link }
  }
  const constant = (token: string): Credentials["Service"] => ({
    current: Effect.succeed({ _tag: "Token", token: Redacted.make(token) }),
    refused: () => Effect.succeed(false)
  })
  const not = Effect.fail(new NotConfigured({ detail: { code: "other", message: "no" } }))

  it.effect("searches once however many callers wait, and keeps the winner", () =>
    Effect.gen(function* () {
      const first = linkOf("first", not)
      const second = linkOf("second", Effect.as(Effect.sleep("1 second"), constant("t")))
      const third = linkOf("third", Effect.succeed(constant("no")))
      const credentials = yield* CredentialChain.make([first.link, second.link, third.link])
      const fiber = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 50 }, () => credentials.current),
          { concurrency: "unbounded" }
        )
      )
      yield* TestClock.adjust("1 second")
      for (const credential of yield* Fiber.join(fiber)) assert.deepStrictEqual(clear(credential), { token: "t" })
      yield* credentials.current
      assert.deepStrictEqual(
        [first, second, third].map(({ counted }) => counted.opened),
        [1, 1, 0]
      )
    })
  )

  it.effect("repeats a search that found nothing after half a minute, not before", () =>
    Effect.gen(function* () {
      const only = linkOf("only", not)
      const credentials = yield* CredentialChain.make([only.link])
      for (let call = 0; call < 5; call++) yield* Effect.flip(credentials.current)
      assert.strictEqual(only.counted.opened, 1)
      yield* TestClock.adjust("30 seconds")
      yield* Effect.flip(credentials.current)
      assert.strictEqual(only.counted.opened, 2)
    })
  )
})

describe("Chain.layer", () => {
  it.effect("tries a caller's own links first, and guards what it finds", () =>
    Effect.gen(function* () {
      const explicit: CredentialSource = {
        name: "explicit",
        resolve: Effect.succeed({
          current: Effect.succeed({ _tag: "Token", token: Redacted.make("explicit") }),
          refused: () => Effect.succeed(false)
        })
      }
      const { layer } = worldOf({ variables: environment })
      yield* Effect.gen(function* () {
        const credentials = yield* Credentials
        assert.deepStrictEqual(yield* currentOf(credentials), { token: "explicit" })
        assert.isDefined(credentials.protect)
        assert.deepStrictEqual(yield* (yield* KeyLockoutGuard).refused, [])
      }).pipe(Effect.provide(Layer.provide(CredentialChain.layer({ first: [explicit] }), layer)))
    })
  )
})
