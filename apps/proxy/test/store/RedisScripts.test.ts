import { assert, describe, it } from "@effect/vitest"
import { Context, Effect } from "effect"
import { needs } from "../../../../debian.ts"
import { type Slot, Store } from "../../src/store/Store.ts"
import { makeRedisServer } from "./RedisServer.ts"
import { storeAt } from "./StoreOf.ts"

const slot: Slot = { kind: "answer", id: "key" }

/** A store where replica B has the lease that replica A had before it. */
const takenOver = Effect.gen(function* () {
  const store = Context.get(yield* storeAt((yield* makeRedisServer()).address), Store)
  const claim = (token: string) => store.claim(slot, { known: "", token, milliseconds: 60_000 })
  assert.strictEqual((yield* claim("a"))._tag, "Granted")
  yield* store.release(slot, { token: "a", value: "keep", notice: "notice" })
  assert.strictEqual((yield* claim("b"))._tag, "Granted")
  const left = Effect.map(claim("c"), (claimed) => (claimed._tag === "Taken" ? claimed.left : 0))
  return { store, left }
})

describe("a lease that another replica has by now", { timeout: 60_000, ...needs("redis-server") }, () => {
  it.live("is not ended by the replica that had it", () =>
    Effect.gen(function* () {
      const { left, store } = yield* takenOver
      yield* store.release(slot, { token: "a", value: "keep", notice: "notice" })
      assert.isAbove(yield* left, 0)
    })
  )

  it.live("keeps the value that stands there when the replica that had it would forget it", () =>
    Effect.gen(function* () {
      const { left, store } = yield* takenOver
      const value = { version: "b", value: "value", milliseconds: 60_000 }
      yield* store.release(slot, { token: "b", value, notice: "notice" })
      const claimed = yield* store.claim(slot, { known: "b", token: "d", milliseconds: 60_000 })
      assert.strictEqual(claimed._tag, "Granted")
      yield* store.release(slot, { token: "a", value: "forget", notice: "notice" })
      assert.deepInclude(yield* store.look(slot), { version: "b", value: "value" })
      const claim = yield* store.claim(slot, { known: "b", token: "e", milliseconds: 60_000 })
      assert.strictEqual(claim._tag, "Taken")
      assert.strictEqual(yield* left, 0)
    })
  )

  it.live("leaves the value that stands there when its holder gives it back, and none when its holder forgets it", () =>
    Effect.gen(function* () {
      const { store } = yield* takenOver
      const renewed = (token: string) => store.claim(slot, { known: "b", token, milliseconds: 60_000 })
      const value = { version: "b", value: "value", milliseconds: 60_000 }
      yield* store.release(slot, { token: "b", value, notice: "notice" })
      assert.strictEqual((yield* renewed("d"))._tag, "Granted")
      yield* store.release(slot, { token: "d", value: "keep", notice: "notice" })
      assert.deepInclude(yield* store.look(slot), { version: "b", value: "value" })
      assert.strictEqual((yield* renewed("e"))._tag, "Granted")
      yield* store.release(slot, { token: "e", value: "forget", notice: "notice" })
      assert.isUndefined(yield* store.look(slot))
    })
  )

  it.live("is not prolonged or shortened by the replica that had it", () =>
    Effect.gen(function* () {
      const { left, store } = yield* takenOver
      yield* store.renew(slot, "a", 3_600_000)
      assert.isAtMost(yield* left, 60_000)
      yield* store.renew(slot, "a", 1_000)
      assert.isAbove(yield* left, 1_000)
    })
  )
})
