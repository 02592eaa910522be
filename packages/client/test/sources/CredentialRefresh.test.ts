import {
  AuthenticationFailed,
  type Credential,
  refreshing,
  ServiceUnavailable,
  type ShowBackupError
} from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Clock, DateTime, Duration, Effect, Exit, Fiber, Redacted } from "effect"
import { TestClock } from "effect/testing"

type Fetch = (nth: number) => Effect.Effect<unknown, ShowBackupError>

/** Credentials named by their turn, each good for an hour unless told otherwise, with the count of fetches. */
const over = Effect.fnUntraced(function* (before: Fetch = () => Effect.void, life = Duration.hours(1)) {
  const count = { fetches: 0 }
  const credentials = yield* refreshing({
    ahead: Duration.minutes(40),
    fetch: Effect.suspend(() => {
      const nth = count.fetches++
      return Effect.andThen(
        before(nth),
        Effect.map(Clock.currentTimeMillis, (now) => ({
          credential: { _tag: "Token", token: Redacted.make(`token-${nth}`) } as const,
          expires_at: DateTime.makeUnsafe(now + Duration.toMillis(life))
        }))
      )
    })
  })
  const token = Effect.map(credentials.current, nameOf)
  return { credentials, count, token }
})

const nameOf = (credential: Credential) =>
  credential._tag === "Token" ? Redacted.value(credential.token) : credential.accessKey.ak

const refusal = new AuthenticationFailed({ detail: { code: "other", message: "no" } })

describe("a credential that ends", () => {
  it.effect("is fetched once however many callers wait", () =>
    Effect.gen(function* () {
      const { count, token } = yield* over(() => Effect.sleep("1 second"))
      const fiber = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 200 }, () => token),
          { concurrency: "unbounded" }
        )
      )
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(new Set(yield* Fiber.join(fiber)), new Set(["token-0"]))
      assert.strictEqual(count.fetches, 1)
    })
  )

  it.effect("a caller that gives up does not end the fetch, not even when it was the only one", () =>
    Effect.gen(function* () {
      const { count, token } = yield* over(() => Effect.sleep("1 second"))
      const alone = yield* Effect.forkChild(token)
      yield* TestClock.adjust("500 millis")
      yield* Fiber.interrupt(alone)
      yield* TestClock.adjust("500 millis")
      assert.strictEqual(yield* token, "token-0")
      assert.strictEqual(count.fetches, 1)
    })
  )

  it.effect("is renewed once in the background while callers get the old one at once", () =>
    Effect.gen(function* () {
      const { count, token } = yield* over((nth) => (nth === 0 ? Effect.void : Effect.sleep("1 minute")))
      assert.strictEqual(yield* token, "token-0")
      yield* TestClock.adjust("31 minutes")
      for (let caller = 0; caller < 50; caller++) assert.strictEqual(yield* token, "token-0")
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* token, "token-1")
      assert.strictEqual(count.fetches, 2)
    })
  )

  it.effect("is not used in its last five minutes: callers wait for the next", () =>
    Effect.gen(function* () {
      const { count, token } = yield* over((nth) => (nth === 0 ? Effect.void : Effect.sleep("1 second")))
      yield* token
      yield* TestClock.adjust("55 minutes")
      const fiber = yield* Effect.forkChild(token)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(fiber), "token-1")
      assert.strictEqual(count.fetches, 2)
    })
  )

  it.effect("that ends within five minutes is used for half of its life, not fetched for each caller", () =>
    Effect.gen(function* () {
      const { count, token } = yield* over(undefined, Duration.minutes(4))
      for (let caller = 0; caller < 4; caller++) assert.strictEqual(yield* token, "token-0")
      yield* TestClock.adjust("119 seconds")
      assert.strictEqual(yield* token, "token-0")
      assert.strictEqual(count.fetches, 1)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* token, "token-1")
    })
  )

  it.effect("that has ended already is fetched for the next caller", () =>
    Effect.gen(function* () {
      const { count, token } = yield* over(undefined, Duration.seconds(-1))
      for (let caller = 0; caller < 2; caller++) yield* token
      assert.strictEqual(count.fetches, 2)
    })
  )

  it.effect("still serves while its renewal fails, which is tried twice a minute at most", () =>
    Effect.gen(function* () {
      const down = new ServiceUnavailable({ detail: { code: "other", message: "down" } })
      const { count, token } = yield* over((nth) => (nth === 0 ? Effect.void : Effect.fail(down)))
      yield* token
      yield* TestClock.adjust("31 minutes")
      for (let second = 0; second < 60; second++) {
        assert.strictEqual(yield* token, "token-0")
        yield* TestClock.adjust("1 second")
      }
      assert.strictEqual(count.fetches, 1 + 2)
      yield* TestClock.adjust("30 minutes")
      assert.strictEqual(yield* Effect.flip(token), down)
    })
  )

  it.effect("a fetch that failed for a moment is repeated for the next caller", () =>
    Effect.gen(function* () {
      const { count, token } = yield* over((nth) =>
        nth === 0 ? Effect.fail(new ServiceUnavailable({ detail: { code: "other", message: "down" } })) : Effect.void
      )
      assert.strictEqual((yield* Effect.flip(token))._tag, "ServiceUnavailable")
      assert.strictEqual(yield* token, "token-1")
      assert.strictEqual(count.fetches, 2)
    })
  )

  it.effect("a fetch that was refused is not repeated for five minutes, and says when it will be", () =>
    Effect.gen(function* () {
      const { count, token } = yield* over((nth) => (nth === 0 ? Effect.fail(refusal) : Effect.void))
      assert.strictEqual(yield* Effect.flip(token), refusal)
      yield* TestClock.adjust("100 seconds")
      const errors = yield* Effect.all(
        Array.from({ length: 100 }, () => Effect.flip(token)),
        { concurrency: "unbounded" }
      )
      for (const error of errors) assert.deepInclude(error, { _tag: "AuthenticationFailed", retry_after: 200 })
      assert.strictEqual(count.fetches, 1)
      yield* TestClock.adjust("200 seconds")
      assert.strictEqual(yield* token, "token-1")
    })
  )

  it.effect("that the service refused is replaced once, however many callers were refused", () =>
    Effect.gen(function* () {
      const { count, credentials, token } = yield* over()
      const old = yield* credentials.current
      const renewed = yield* Effect.all(Array.from({ length: 50 }, () => credentials.refused(old, refusal)))
      assert.isTrue(renewed.every((isRenewed) => isRenewed))
      assert.strictEqual(yield* token, "token-1")
      assert.isTrue(yield* credentials.refused(old, refusal))
      assert.strictEqual(yield* token, "token-1")
      assert.strictEqual(count.fetches, 2)
    })
  )

  it.effect("whose replacement is refused too is not replaced again within a minute", () =>
    Effect.gen(function* () {
      const { count, credentials, token } = yield* over()
      assert.isTrue(yield* credentials.refused(yield* credentials.current, refusal))
      yield* token
      assert.isFalse(yield* credentials.refused(yield* credentials.current, refusal))
      assert.strictEqual(yield* token, "token-1")
      assert.strictEqual(count.fetches, 2)
      yield* TestClock.adjust("1 minute")
      assert.isTrue(yield* credentials.refused(yield* credentials.current, refusal))
      assert.strictEqual(yield* token, "token-2")
    })
  )

  it.effect("the end of its scope ends a renewal on its way", () =>
    Effect.gen(function* () {
      const ended: Array<string> = []
      yield* Effect.scoped(
        Effect.gen(function* () {
          const { token } = yield* over(() =>
            Effect.onExit(Effect.never, (exit) =>
              Effect.sync(() => void ended.push(Exit.isSuccess(exit) ? "ok" : "cut"))
            )
          )
          yield* Effect.forkChild(token)
          yield* TestClock.adjust("1 second")
          assert.deepStrictEqual(ended, [])
        })
      )
      assert.deepStrictEqual(ended, ["cut"])
    })
  )
})
