import { IncomingMessage, ServerResponse } from "node:http"
import { Socket } from "node:net"
import { setImmediate } from "node:timers/promises"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { answerBatch } from "../../src/edge/AnswerBatch.ts"

const answer = { status: 200, fields: ["content-length", "2"], body: "{}" }

const responses = (count: number) =>
  Array.from({ length: count }, () => new ServerResponse(new IncomingMessage(new Socket())))

const sent = (all: ReadonlyArray<ServerResponse>) => all.filter(({ headersSent }) => headersSent).length

describe("answerBatch", () => {
  it.effect("writes the answers of one turn at its end, and those of the next at the next one's", () =>
    Effect.gen(function* () {
      const write = answerBatch()
      for (const all of [responses(3), responses(2)]) {
        for (const response of all) write(response, answer)
        assert.strictEqual(sent(all), 0)
        yield* Effect.promise(() => setImmediate())
        assert.strictEqual(sent(all), all.length)
      }
    })
  )

  it.effect("lets no more than 64 wait", () =>
    Effect.gen(function* () {
      const write = answerBatch()
      const all = responses(100)
      for (const response of all) write(response, answer)
      assert.strictEqual(sent(all), 64)
      yield* Effect.promise(() => setImmediate())
      assert.strictEqual(sent(all), 100)
    })
  )

  it.effect("writes nothing to a peer that has left since", () =>
    Effect.gen(function* () {
      const write = answerBatch()
      const [left, other] = responses(2)
      write(left!, answer)
      write(other!, answer)
      left!.destroy()
      yield* Effect.promise(() => setImmediate())
      assert.deepStrictEqual([left!.headersSent, other!.headersSent], [false, true])
    })
  )
})
