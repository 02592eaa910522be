import { InvalidRequest, type Shown, showMany } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import { inMemory, type Script } from "../InMemoryTransport.ts"
import { body, clientLayer, request } from "../TestClient.ts"

const ids = (n: number) =>
  Array.from({ length: n }, (_, index) => ({
    ...request,
    backup_id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`
  }))

const many = (script: Script, requests: Parameters<typeof showMany>[0], concurrency?: number) => {
  const transport = inMemory(script)
  const stream = Stream.provide(
    showMany(requests, { concurrency }),
    clientLayer({ http: transport.layer, policy: { retries: 0 } })
  ) as Stream.Stream<Shown>
  return { transport, stream }
}

const finished = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const fiber = yield* Effect.forkChild(effect)
  yield* TestClock.adjust("1 hour")
  return yield* Effect.flatten(Effect.sync(() => fiber.pollUnsafe()!))
})

const last = (shown: Shown) => Number(shown.request.backup_id.slice(-3))

describe("showMany", () => {
  it.effect("gives each as it arrives", () =>
    Effect.gen(function* () {
      const { stream } = many((nth) => Effect.as(Effect.sleep(`${4 - nth} seconds`), { status: 200, body }), ids(4))
      assert.deepStrictEqual((yield* finished(Stream.runCollect(stream))).map(last), [3, 2, 1, 0])
    })
  )

  it.effect("one that fails is a result like any other", () =>
    Effect.gen(function* () {
      const { stream } = many(
        (nth) => (nth === 1 ? { status: 403 } : { status: 200, body }),
        [...ids(3), { ...request, backup_id: "no-uuid" }]
      )
      const shown = yield* finished(Stream.runCollect(stream))
      const tags = shown.map(({ result }) => (Result.isSuccess(result) ? "Shown" : result.failure._tag))
      assert.deepStrictEqual(tags.sort(), ["InvalidRequest", "PermissionDenied", "Shown", "Shown"])
    })
  )

  for (const [given, most] of [
    [undefined, 8],
    [1, 1],
    [3, 3]
  ] as const) {
    it.effect(`with concurrency ${given}, ${most} are under way at once and no more`, () =>
      Effect.gen(function* () {
        let now = 0
        let peak = 0
        const { stream } = many(
          () =>
            Effect.sleep("1 second").pipe(
              Effect.tap(() => Effect.sync(() => now--)),
              Effect.as({ status: 200, body }),
              (answer) =>
                Effect.suspend(() => {
                  peak = Math.max(peak, ++now)
                  return answer
                })
            ),
          ids(20),
          given
        )
        assert.strictEqual((yield* finished(Stream.runCollect(stream))).length, 20)
        assert.strictEqual(peak, most)
      })
    )
  }

  for (const concurrency of [Number.NaN, 0, -1, 1.5, "8" as unknown as number]) {
    it.effect(`a concurrency of ${concurrency} is refused before anything is sent`, () =>
      Effect.gen(function* () {
        const { stream, transport } = many(() => ({ status: 200, body }), ids(3), concurrency)
        const error = yield* finished(Effect.flip(Stream.runDrain(stream as Stream.Stream<Shown, unknown>)))
        assert.instanceOf(error, InvalidRequest)
        assert.strictEqual(error.message, "concurrency must be a whole number from 1 up")
        assert.strictEqual(transport.sent.length, 0)
      })
    )
  }

  it.effect("takes from an endless source no more than is under way or read", () =>
    Effect.gen(function* () {
      let taken = 0
      const endless = function* () {
        while (true) {
          taken++
          yield request
        }
      }
      for (const source of [endless(), Stream.fromIterable(endless(), { chunkSize: 1 })]) {
        taken = 0
        const { stream } = many(() => ({ status: 200, body }), source, 4)
        const read = yield* finished(Stream.runCollect(Stream.take(stream, 100)))
        assert.strictEqual(read.length, 100)
        assert.isAtMost(taken, 100 + 4 + 1)
      }
    })
  )

  it.effect("a source that fails ends it with that failure", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 200, body }))
      const source = Stream.concat(Stream.fromIterable(ids(2)), Stream.fail("the file ended in the middle of a line"))
      const error = yield* Stream.runDrain(showMany(source)).pipe(
        Effect.provide(clientLayer({ http: transport.layer })),
        Effect.flip
      )
      assert.strictEqual(error, "the file ended in the middle of a line")
    })
  )

  it.effect("leaving it early interrupts what is under way", () =>
    Effect.gen(function* () {
      const { stream, transport } = many(
        (nth) => (nth === 0 ? Effect.delay(Effect.succeed({ status: 200, body }), "1 second") : Effect.never),
        ids(5),
        5
      )
      yield* finished(Stream.runDrain(Stream.take(stream, 1)))
      assert.deepStrictEqual(
        transport.interrupted.toSorted((a, b) => a - b),
        [1, 2, 3, 4]
      )
    })
  )
})
