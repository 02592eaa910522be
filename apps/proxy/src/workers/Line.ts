import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"

/** What one end may ask the other, by name: what it sends, and what it is answered. */
export type Questions = { readonly [name: string]: { readonly asks: unknown; readonly answer: unknown } }

/** How one end answers what it is asked. A question that it cannot answer is a defect: both ends are one program. */
export type Answers<Q extends Questions> = {
  readonly [Name in keyof Q]: (asked: Q[Name]["asks"]) => Effect.Effect<Q[Name]["answer"]>
}

/** The line between two processes, from one end. */
export interface Line<Q extends Questions> {
  /** Asks, and waits for the answer; for ever, where the other end has gone. */
  readonly ask: <Name extends keyof Q & string>(
    name: Name,
    ...asked: Q[Name]["asks"] extends void ? [] : [asked: Q[Name]["asks"]]
  ) => Effect.Effect<Q[Name]["answer"]>
}

/** A channel on which either end may send, such as that of a child process. */
export interface Channel {
  readonly send: (message: unknown) => void
  /** Calls back with each message from the other end, until told to stop. */
  readonly listen: (hear: (message: unknown) => void) => () => void
}

const Message = Schema.Union([
  Schema.Struct({ ask: Schema.Int, name: Schema.String, asked: Schema.optionalKey(Schema.Unknown) }),
  Schema.Struct({ answerTo: Schema.Int, answer: Schema.optionalKey(Schema.Unknown) })
])
const isMessage = Schema.is(Message)

/** One end of a line: it asks `Theirs`, and answers `Ours`. */
export const make = Effect.fnUntraced(function* <Theirs extends Questions, Ours extends Questions>(
  channel: Channel,
  answers: Answers<Ours>
): Effect.fn.Return<Line<Theirs>, never, Scope.Scope> {
  const waiting = new Map<number, (answer: unknown) => void>()
  const run = yield* FiberSet.makeRuntime<never>()
  let asked = 0

  const stop = channel.listen((message) => {
    if (!isMessage(message)) return
    if ("answerTo" in message) {
      waiting.get(message.answerTo)?.(message.answer)
      waiting.delete(message.answerTo)
      return
    }
    const { ask, name } = message
    const answer = answers[name]
    if (answer === undefined) return
    run(Effect.map(answer(message.asked), (answer) => channel.send({ answerTo: ask, answer })))
  })
  yield* Effect.addFinalizer(() => Effect.sync(stop))

  return {
    ask: (name, ...[what]) =>
      Effect.callback((resume) => {
        const id = ++asked
        waiting.set(id, (answer) => resume(Effect.succeed(answer as never)))
        channel.send({ ask: id, name, asked: what })
        return Effect.sync(() => void waiting.delete(id))
      })
  }
})
