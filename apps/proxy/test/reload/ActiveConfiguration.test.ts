import { ShowBackupResponse } from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"
import { Context, DateTime, Deferred, Effect, Fiber, Redacted, Result } from "effect"
import { TestClock } from "effect/testing"
import { Authenticator } from "../../src/callers/Authenticator.ts"
import { unauthenticated } from "../../src/callers/RequestCredential.ts"
import { ActiveConfiguration } from "../../src/reload/ActiveConfiguration.ts"
import { defaultConfiguration, type ConfigSnapshot } from "../../src/reload/ConfigSnapshot.ts"
import type { Caller } from "../../src/rights/Caller.ts"
import { Upstreams } from "../../src/upstream/Upstreams.ts"
import { knownAs } from "../callerOf.ts"

const noCaller = () => Effect.fail(unauthenticated)
const response = Result.getOrThrow(ShowBackupResponse.read('{"backup":{"id":"b"}}'))
const request = { project_id: "p", backup_id: "6df2b54c-dd62-4059-a07c-1b8f24f2725d" }

/** A snapshot whose calls last until they are let go, and whose end is written down. */
const snapshot = (name: string, ended: Array<string>, letGo: Effect.Effect<void> = Effect.void) =>
  Effect.acquireRelease(
    Effect.succeed<ConfigSnapshot>({
      configuration: defaultConfiguration,
      rules: Context.empty(),
      callers: Authenticator.make({ ApiKey: noCaller, Jwt: noCaller, SdkSignature: noCaller }),
      upstreams: Upstreams.of({
        of: () => ({
          region: name,
          credential_id: name,
          showBackup: () => Effect.as(letGo, response),
          listBackups: () => Effect.never
        })
      }),
      credentials: []
    }),
    () => Effect.sync(() => ended.push(name))
  )

const regionNow = Effect.map(Upstreams, (upstreams) => upstreams.of("p")?.region)

describe("snapshots", () => {
  it.effect(
    "the next one takes the place of the last, which ends a minute later, or with the last call that it carries",
    () =>
      Effect.gen(function* () {
        const ended: Array<string> = []
        const letGo = yield* Deferred.make<void>()
        yield* Effect.gen(function* () {
          const snapshots = yield* ActiveConfiguration
          const upstream = (yield* Upstreams).of("p")!
          const call = yield* Effect.forkChild(upstream.showBackup(request), { startImmediately: true })

          yield* snapshots.replace(snapshot("second", ended))
          assert.strictEqual(yield* regionNow, "second")
          assert.deepStrictEqual(ended, [])
          yield* snapshots.replace(snapshot("third", ended))
          assert.deepStrictEqual(ended, [])
          yield* TestClock.adjust("1 minute")
          assert.deepStrictEqual(ended, ["second"])

          yield* Deferred.succeed(letGo, undefined)
          assert.strictEqual((yield* Fiber.join(call)).raw, response.raw)
          assert.deepStrictEqual(ended, ["second", "first"])
        }).pipe(Effect.provide(ActiveConfiguration.layer(snapshot("first", ended, Deferred.await(letGo)))))
        assert.deepStrictEqual(ended, ["second", "first", "third"])
      })
  )

  it.effect("one that cannot be made changes nothing, and leaves nothing behind", () =>
    Effect.gen(function* () {
      const ended: Array<string> = []
      yield* Effect.gen(function* () {
        const snapshots = yield* ActiveConfiguration
        const half = Effect.andThen(snapshot("half", ended), Effect.fail("no endpoint"))
        assert.strictEqual(yield* Effect.flip(snapshots.replace(half)), "no endpoint")
        assert.strictEqual(yield* regionNow, "first")
        assert.deepStrictEqual(ended, ["half"])
      }).pipe(Effect.provide(ActiveConfiguration.layer(snapshot("first", ended))))
    })
  )

  it.effect("a call that is given up lets its snapshot go", () =>
    Effect.gen(function* () {
      const ended: Array<string> = []
      yield* Effect.gen(function* () {
        const upstream = (yield* Upstreams).of("p")!
        const call = yield* Effect.forkChild(upstream.showBackup(request), { startImmediately: true })
        yield* (yield* ActiveConfiguration).replace(snapshot("second", ended))
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(ended, [])
        yield* Fiber.interrupt(call)
        assert.deepStrictEqual(ended, ["first"])
      }).pipe(Effect.provide(ActiveConfiguration.layer(snapshot("first", ended, Effect.never))))
    })
  )

  it.effect("a call that has waited for its turn still has its snapshot", () =>
    Effect.gen(function* () {
      const ended: Array<string> = []
      yield* Effect.gen(function* () {
        const upstream = (yield* Upstreams).of("p")!
        yield* (yield* ActiveConfiguration).replace(snapshot("second", ended))
        yield* TestClock.adjust("59 seconds")
        const call = yield* Effect.forkChild(upstream.showBackup(request), { startImmediately: true })
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(ended, [])
        yield* Fiber.interrupt(call)
        assert.deepStrictEqual(ended, ["first"])
      }).pipe(Effect.provide(ActiveConfiguration.layer(snapshot("first", ended, Effect.never))))
    })
  )

  it.effect("a caller that a reload adds is known by the loaded configuration", () =>
    Effect.gen(function* () {
      const callerOf = (id: string): Caller => ({
        id,
        projects: "*",
        regions: "*",
        scopes: new Set(),
        quota_class: "default",
        expires_at: undefined,
        addresses: "*"
      })
      const knowing = (id: string) =>
        Effect.map(snapshot(id, []), (made) => ({
          ...made,
          callers: Authenticator.make({ Jwt: () => Effect.delay(Effect.succeed(knownAs(callerOf(id))), "1 second") })
        }))
      yield* Effect.gen(function* () {
        const asked = yield* Effect.forkChild(
          (yield* Authenticator).authenticate({ _tag: "Jwt", token: Redacted.make("token") }, DateTime.makeUnsafe(0)),
          { startImmediately: true }
        )
        yield* (yield* ActiveConfiguration).replace(knowing("second"))
        yield* TestClock.adjust("2 seconds")
        assert.strictEqual((yield* Fiber.join(asked)).id, "second")
      }).pipe(Effect.provide(ActiveConfiguration.layer(knowing("first"))))
    })
  )
})
