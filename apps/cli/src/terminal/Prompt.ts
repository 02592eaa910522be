import * as Prompt from "effect/cli/Prompt"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import { OutputOptions } from "../args/OutputOptions.ts"
import { type Failure, onOneLine } from "../failures/Failure.ts"
import { Messages } from "../messages/Messages.ts"

/** Whether someone is there to answer: standard input is their keyboard, and they see the question. */
export const isInteractive = Effect.gen(function* () {
  const { stdinIsTerminal } = yield* Stdio.Stdio
  return (yield* OutputOptions).canAnimate && (yield* stdinIsTerminal)
})

/** What holds for an answer: what it is when it is used, or why it cannot be. */
type Check<A, R> = (text: string) => Effect.Effect<A, Failure, R>

/** An answer that passes; one that does not is told why, and asked for again. */
const validator = <A, R>(check: Check<A, R>) =>
  Effect.gen(function* () {
    const context = yield* Effect.context<R>()
    const messages = yield* Messages
    return (typed: string) =>
      check(typed.trim()).pipe(
        Effect.mapBoth({
          onFailure: (failure) => onOneLine(failure.render(messages).why),
          onSuccess: () => typed.trim()
        }),
        Effect.provideContext(context)
      )
  })

/** Ctrl-C ends the line that the question stands on. */
const runPrompt = <A>(prompt: Prompt.Prompt<A>) => Effect.tapError(Prompt.run(prompt), () => Console.error(""))

/** Asks for a text; nothing where the answer is blank. */
export const promptText = Effect.fnUntraced(function* <R>(message: string, check: Check<unknown, R>) {
  const validate = yield* validator((text) => (text === "" ? Effect.void : check(text)))
  const text = yield* runPrompt(Prompt.String({ message, validate }))
  return text === "" ? undefined : text
})

/** Asks for a secret, which is not shown. */
export const promptSecret = Effect.fnUntraced(function* <R>(message: string, check: Check<unknown, R>) {
  const validate = yield* validator(check)
  return yield* runPrompt(Prompt.Password({ message, validate }))
})

/** Asks whether something is wanted; yes where the answer is blank. */
export const promptYesNo = Effect.fnUntraced(function* (message: string) {
  const { no, yes } = (yield* Messages).show
  return yield* runPrompt(Prompt.Confirm({ message, initial: true, label: { confirm: yes, deny: no } }))
})
