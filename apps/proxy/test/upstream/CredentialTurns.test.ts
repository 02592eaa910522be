import { AuthenticationFailed } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { makeTurnKeeper, type Verdict } from "../../src/upstream/CredentialTurns.ts"

const error = new AuthenticationFailed({
  detail: { code: "other", message: "verify aksk signature fail" },
  status_code: 401
})

const two = () => {
  const told: Array<Verdict["_tag"]> = []
  const keeper = makeTurnKeeper((_, { _tag }) => told.push(_tag))
  return { keeper, told, a: keeper.of("a"), b: keeper.of("b") }
}

const waiting = <A>(effect: Effect.Effect<A>) => Effect.forkChild(effect, { startImmediately: true })

describe("turns with a credential that is not known to be good", () => {
  it.effect("one has the turn, and the other hears that it was accepted", () =>
    Effect.gen(function* () {
      const { a, b, told } = two()
      assert.isUndefined(yield* a.take("key"))
      assert.isUndefined(yield* a.take("key"), "the turn is a process's, not a request's")
      const other = yield* waiting(b.take("key"))
      assert.isUndefined(other.pollUnsafe())
      yield* a.accepted("key")
      assert.strictEqual((yield* Fiber.join(other))?._tag, "Accepted")
      assert.deepStrictEqual(told, ["Accepted"])
    })
  )

  it.effect("what is refused is refused to all, also to those who have long used it", () =>
    Effect.gen(function* () {
      const { a, b, told } = two()
      yield* a.take("key")
      yield* a.accepted("key")
      yield* b.refused("key", error)
      assert.strictEqual((yield* a.take("key"))?._tag, "Refused")
      yield* a.accepted("key")
      assert.strictEqual(a.known("key")?._tag, "Refused", "a request that was on its way says nothing new")
      assert.deepStrictEqual(told, ["Accepted", "Refused"])
      assert.isUndefined(b.known("another key"))
    })
  )

  it.effect("after five minutes one tries, and the others fail until it is known", () =>
    Effect.gen(function* () {
      const { a, b } = two()
      yield* a.refused("key", error)
      yield* TestClock.adjust("299 seconds")
      assert.strictEqual((yield* b.take("key"))?._tag, "Refused")
      yield* TestClock.adjust("1 second")
      assert.isUndefined(yield* b.take("key"))
      assert.strictEqual((yield* a.take("key"))?._tag, "Refused")
      yield* b.accepted("key")
      assert.strictEqual((yield* a.take("key"))?._tag, "Accepted")
    })
  )

  it.effect("what others were refused ends with what others find out, and what one of these was does not", () =>
    Effect.gen(function* () {
      const { a, b, told } = two()
      const refused = { _tag: "Refused", error, until: 60_000 } as const
      yield* a.heard("key", refused)
      yield* b.heard("key", { ...refused, until: 60_500 })
      assert.deepStrictEqual(yield* a.take("key"), refused, "each process that hears it reads the time by itself")
      yield* b.heard("key", { ...refused, until: 90_000 })
      assert.deepStrictEqual(a.known("key"), { ...refused, until: 90_000 })
      yield* a.heard("key", { _tag: "Accepted" })
      assert.strictEqual(b.known("key")?._tag, "Accepted")
      yield* b.refused("key", error)
      yield* a.heard("key", { _tag: "Accepted" })
      assert.strictEqual(a.known("key")?._tag, "Refused")
      yield* TestClock.adjust("5 minutes")
      assert.isUndefined(yield* a.take("key"))
      yield* a.heard("key", { _tag: "Accepted" })
      assert.strictEqual(a.known("key")?._tag, "Accepted", "whoever has the turn asks others first")
      assert.deepStrictEqual(told, ["Refused", "Refused", "Accepted", "Refused", "Refused", "Accepted"])
    })
  )

  for (const [name, ends] of [
    ["a try that says nothing", (of: ReturnType<typeof two>) => of.a.undecided("key")],
    ["a process that is gone", (of: ReturnType<typeof two>) => of.keeper.gone("a")],
    ["one who is not heard of for ten seconds", () => TestClock.adjust("10 seconds")]
  ] as const) {
    it.effect(`the turn of ${name} is the next one's`, () =>
      Effect.gen(function* () {
        const both = two()
        yield* both.a.take("key")
        const other = yield* waiting(both.b.take("key"))
        yield* both.b.undecided("key")
        assert.isUndefined(other.pollUnsafe(), "only who has the turn gives it up")
        yield* ends(both)
        assert.isUndefined(yield* Fiber.join(other))
        assert.strictEqual((yield* waiting(both.a.take("key"))).pollUnsafe(), undefined)
      })
    )
  }
})
