import * as Prompt from "effect/cli/Prompt"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import { OutputOptions } from "../args/OutputOptions.ts"
import type { Failure } from "../failures/Failure.ts"
import { onOneLine } from "../failures/FailureReport.ts"
import { Messages } from "../messages/Messages.ts"

/** Whether a user can answer: standard input is a keyboard, and stderr shows the question. */
export const isInteractive = Effect.gen(function* () {
  const { stdinIsTerminal } = yield* Stdio.Stdio
  return (yield* OutputOptions).canAnimate && (yield* stdinIsTerminal)
})

/** Checks an answer: its value, or why it cannot be used. */
type Check<A, R> = (text: string) => Effect.Effect<A, Failure, R>

/** The check of a prompt: it shows why an answer cannot be used, and asks again. */
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

/** Asks for a text; undefined if the answer is blank. */
export const promptText = Effect.fnUntraced(function* <R>(message: string, check: Check<unknown, R>) {
  const validate = yield* validator((text) => (text === "" ? Effect.void : check(text)))
  const text = yield* runPrompt(Prompt.String({ message, validate }))
  return text === "" ? undefined : text
})

/** Asks for a secret without showing it. */
export const promptSecret = Effect.fnUntraced(function* <R>(message: string, check: Check<unknown, R>) {
  const validate = yield* validator(check)
  return yield* runPrompt(Prompt.Password({ message, validate }))
})

/** Asks a yes-or-no question; a blank answer is yes. */
export const promptYesNo = Effect.fnUntraced(function* (message: string) {
  const { no, yes } = (yield* Messages).backup
  return yield* runPrompt(Prompt.Confirm({ message, initial: true, label: { confirm: yes, deny: no } }))
})
