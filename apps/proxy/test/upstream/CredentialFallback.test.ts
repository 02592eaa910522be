import {
  AuthenticationFailed,
  BackupClient,
  type Credential,
  Credentials,
  Endpoint,
  KeyLockoutGuard,
  TimedOut
} from "@cbr/client"
import { layerCrypto } from "@cbr/client/node"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Redacted } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { credentialFallback, type GuardedSource } from "../../src/upstream/CredentialFallback.ts"
import * as CredentialGuard from "../../src/upstream/CredentialGuard.ts"

const refusal = new AuthenticationFailed({
  detail: { code: "other", message: "verify aksk signature fail" },
  status_code: 401
})

const turn = (name: string) =>
  Effect.map(Effect.scoped(Layer.build(Credentials.token(Redacted.make(name)))), (context): GuardedSource => ({
    held: CredentialGuard.make(name),
    source: Context.get(context, Credentials)
  }))

const nameOf = (credential: Credential) => (credential._tag === "Token" ? Redacted.value(credential.token) : "")

const current = (credentials: Credentials["Service"]) => Effect.map(credentials.current, nameOf)

/** What the client does when the cloud refuses what it sent. */
const refuse = (credentials: Credentials["Service"]) =>
  Effect.flatMap(credentials.current, (credential) => credentials.refused(credential, refusal))

describe("two credentials", () => {
  it.effect("the first serves while the cloud accepts it, and the second when it does not", () =>
    Effect.gen(function* () {
      const both = credentialFallback(yield* turn("old"), yield* turn("new"))
      assert.strictEqual(yield* current(both), "old")
      assert.isTrue(yield* refuse(both))
      assert.strictEqual(yield* current(both), "new")
      assert.isFalse(yield* refuse(both))
      const error = yield* Effect.flip(both.current)
      assert.strictEqual(error._tag, "AuthenticationFailed")
      assert.strictEqual(error.retry_after, 300)
    })
  )

  it.effect("one that several projects share is refused for all of them at once", () =>
    Effect.gen(function* () {
      const shared = yield* turn("shared")
      const [here, there] = [credentialFallback(shared), credentialFallback(shared)]
      assert.isFalse(yield* refuse(here))
      assert.strictEqual((yield* Effect.flip(there.current))._tag, "AuthenticationFailed")
    })
  )
})

describe("a refused credential", () => {
  it.effect("is tried again by one request after five minutes, and by none before", () =>
    Effect.gen(function* () {
      const only = yield* turn("only")
      const credentials = credentialFallback(only)
      yield* refuse(credentials)
      yield* TestClock.adjust("299 seconds")
      const held = yield* Effect.flip(credentials.current)
      assert.strictEqual(held.retry_after, 1)
      assert.isDefined(yield* only.held.refusal)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* current(credentials), "only")
      assert.strictEqual((yield* Effect.flip(credentials.current))._tag, "AuthenticationFailed")
    })
  )

  it.effect("rests for five minutes more when the one is refused too", () =>
    Effect.gen(function* () {
      const credentials = credentialFallback(yield* turn("only"))
      yield* refuse(credentials)
      yield* TestClock.adjust("5 minutes")
      yield* refuse(credentials)
      assert.strictEqual((yield* Effect.flip(credentials.current)).retry_after, 300)
    })
  )

  it.effect("serves all again as soon as the one was accepted", () =>
    Effect.gen(function* () {
      const only = yield* turn("only")
      const credentials = credentialFallback(only)
      yield* refuse(credentials)
      yield* TestClock.adjust("5 minutes")
      const probe = yield* credentials.current
      const late = Effect.fail(new TimedOut({ detail: { code: "other", message: "no answer" }, limit: "attempt" }))
      yield* Effect.flip(credentials.protect!(probe, late, late))
      assert.isDefined(yield* only.held.refusal, "a time-out says nothing of the credential")
      yield* credentials.protect!(probe, Effect.void, Effect.void)
      assert.strictEqual(yield* current(credentials), "only")
      assert.strictEqual(yield* current(credentials), "only")
      assert.isUndefined(yield* only.held.refusal)
    })
  )

  it.effect("by IAM, such as a password, is held for all too", () =>
    Effect.gen(function* () {
      const { held, source } = yield* turn("password")
      const here = credentialFallback({ held, source: { ...source, current: Effect.fail(refusal) } })
      const there = credentialFallback({ held, source })
      yield* Effect.flip(here.current)
      assert.strictEqual((yield* Effect.flip(there.current)).retry_after, 300)
    })
  )

  it.effect("that its source can renew is not held back", () =>
    Effect.gen(function* () {
      const { held, source } = yield* turn("renewed")
      const credentials = credentialFallback({ held, source: { ...source, refused: () => Effect.succeed(true) } })
      assert.isTrue(yield* refuse(credentials))
      assert.strictEqual(yield* current(credentials), "renewed")
    })
  )

  it.effect("that only an unnamed 401 speaks against is tried once more with what worked, and by one guard only", () =>
    Effect.gen(function* () {
      let sent = 0
      let isRevoked = false
      const cloud = HttpClient.make((request) =>
        Effect.sync(() => {
          sent++
          const answer = isRevoked ? new Response("", { status: 401 }) : new Response(`{"backup":{}}`)
          return HttpClientResponse.fromWeb(request, answer)
        })
      )
      const key = { ak: "EXAMPLEACCESSKEY0001", sk: Redacted.make("exampleSecretKeyForTestsOnly000000000001") }
      const guarded = yield* Layer.build(KeyLockoutGuard.layer.pipe(Layer.provide(Credentials.accessKey(key))))
      const credentials = credentialFallback({
        held: CredentialGuard.make("key"),
        source: Context.get(guarded, Credentials)
      })
      const built = yield* Layer.build(
        BackupClient.layer.pipe(
          Layer.provide([
            Layer.succeed(Credentials, credentials),
            Layer.orDie(Endpoint.layer({ region: "cn-north-4" })),
            Layer.succeed(HttpClient.HttpClient, cloud),
            layerCrypto
          ])
        )
      )
      const show = Context.get(built, BackupClient).showBackup({
        project_id: "4229d7a45436489f8c3dc2b1d35d4987",
        backup_id: "6df2b54c-dd62-4059-a07c-1b8f24f2725d"
      })
      yield* show
      yield* show
      isRevoked = true
      assert.isTrue(Exit.isFailure(yield* Effect.exit(show)))
      assert.strictEqual(sent, 2 + 2)
    }).pipe(Effect.scoped)
  )
})
