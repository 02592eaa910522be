import { Writable } from "node:stream"
import { setImmediate } from "node:timers/promises"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Metric } from "effect"
import { logStream, whenTaken } from "../../src/observability/LogStream.ts"

/** A reader that takes what was written when the test says so. */
const slowReader = () => {
  const read: Array<string> = []
  let next: (() => void) | undefined
  const stream = new Writable({
    decodeStrings: false,
    write: (lines: string, _, done) => {
      next = () => {
        read.push(lines)
        done()
      }
    }
  })
  const take = async () => {
    const last = next
    next = undefined
    last?.()
    await setImmediate()
  }
  return { read, stream, take }
}

const lost = Effect.map(Metric.snapshot, (all) => {
  const found = all.find(({ id }) => id === "cbr_proxy_log_lines_lost_total")
  return found?.type === "Counter" ? Number(found.state.count) : 0
})

describe("logStream", () => {
  it.effect("holds so much for a slow reader, and counts the lines that it holds no more", () =>
    Effect.gen(function* () {
      const before = yield* lost
      const { read, stream, take } = slowReader()
      const write = logStream(stream, 20)
      write("one\ntwo\n")
      write("three\nfour\n")
      write("five\nsix\n")
      assert.strictEqual((yield* lost) - before, 2)
      yield* Effect.promise(take)
      yield* Effect.promise(take)
      write("seven\n")
      yield* Effect.promise(take)
      assert.deepStrictEqual(read, ["one\ntwo\n", "three\nfour\n", "seven\n"])
      assert.strictEqual((yield* lost) - before, 2)
    })
  )

  it.effect("counts lines that a reader that has gone does not take", () =>
    Effect.gen(function* () {
      const before = yield* lost
      const gone = new Writable({ write: (_, __, done) => done(new Error("EPIPE")) })
      const write = logStream(gone)
      write("one\ntwo\n")
      yield* Effect.promise(() => setImmediate())
      assert.strictEqual((yield* lost) - before, 2)
    })
  )
})

describe("whenTaken", () => {
  it.effect("waits for what is written in this turn, until the reader has taken it", () =>
    Effect.gen(function* () {
      const { read, stream, take } = slowReader()
      const seen: Array<ReadonlyArray<string>> = []
      whenTaken(stream, () => seen.push([...read]))
      stream.write("last\n")
      yield* Effect.promise(() => setImmediate())
      yield* Effect.promise(() => setImmediate())
      assert.isEmpty(seen)
      yield* Effect.promise(take)
      yield* Effect.promise(take)
      assert.deepStrictEqual(seen, [["last\n", ""]])
    })
  )
})
