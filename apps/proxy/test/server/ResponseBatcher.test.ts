import { IncomingMessage, ServerResponse } from "node:http"
import { Socket } from "node:net"
import { setImmediate } from "node:timers/promises"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeResponseBatcher } from "../../src/server/ResponseBatcher.ts"

const answer = { status: 200, fields: ["content-length", "2"], body: "{}", bytes: 2, request_id: undefined }

const responses = (count: number) =>
  Array.from({ length: count }, () => new ServerResponse(new IncomingMessage(new Socket())))

const sent = (all: ReadonlyArray<ServerResponse>) => all.filter(({ headersSent }) => headersSent).length

const unexpected = (defect: unknown) => {
  throw defect
}

describe("answerBatch", () => {
  it.effect("writes the answers of one turn at its end, and the first at once where the turn before had no two", () =>
    Effect.gen(function* () {
      const write = makeResponseBatcher(unexpected)
      for (const [count, atOnce] of [
        [1, 1],
        [3, 1],
        [3, 0],
        [1, 0],
        [2, 1]
      ] as const) {
        const all = responses(count)
        for (const response of all) write(response, answer)
        assert.strictEqual(sent(all), atOnce)
        yield* Effect.promise(() => setImmediate())
        assert.strictEqual(sent(all), count)
      }
    })
  )

  it.effect("lets no more than 64 wait", () =>
    Effect.gen(function* () {
      const write = makeResponseBatcher(unexpected)
      const all = responses(100)
      for (const response of all) write(response, answer)
      assert.strictEqual(sent(all), 65)
      yield* Effect.promise(() => setImmediate())
      assert.strictEqual(sent(all), 100)
    })
  )

  it.effect("writes nothing to a peer that has left since", () =>
    Effect.gen(function* () {
      const write = makeResponseBatcher(unexpected)
      const [first, left, other] = responses(3)
      write(first!, answer)
      write(left!, answer)
      write(other!, answer)
      left!.destroy()
      yield* Effect.promise(() => setImmediate())
      assert.deepStrictEqual([left!.headersSent, other!.headersSent], [false, true])
    })
  )

  it.effect("ends the connection of an answer that cannot be written, and no other", () =>
    Effect.gen(function* () {
      const defects: Array<unknown> = []
      const write = makeResponseBatcher((defect) => void defects.push(defect))
      const all = responses(3)
      const [first, wrong, other] = all
      write(first!, answer)
      write(wrong!, { ...answer, fields: ["x-request-id", "\n"] })
      write(other!, answer)
      yield* Effect.promise(() => setImmediate())
      assert.deepStrictEqual(
        all.map(({ req: { socket } }) => socket.destroyed),
        [false, true, false]
      )
      assert.isTrue(other!.headersSent)
      assert.lengthOf(defects, 1)
    })
  )
})
