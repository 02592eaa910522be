import * as Prompt from "effect/cli/Prompt"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import { type Failure, onOneLine } from "./Failure.ts"
import { Messages } from "./messages/Messages.ts"
import { Presentation } from "./Presentation.ts"

/** Whether someone is there to answer: standard input is their keyboard, and they see the question. */
export const canAsk = Effect.gen(function* () {
  const { stdinIsTerminal } = yield* Stdio.Stdio
  return (yield* Presentation).canAnimate && (yield* stdinIsTerminal)
})

/** What holds for an answer: what it is when it is used, or why it cannot be. */
type Check<A, R> = (text: string) => Effect.Effect<A, Failure, R>

/** An answer that passes; one that does not is told why, and asked for again. */
const passing = <A, R>(check: Check<A, R>) =>
  Effect.gen(function* () {
    const context = yield* Effect.context<R>()
    const messages = yield* Messages
    return (typed: string) =>
      check(typed.trim()).pipe(
        Effect.mapBoth({
          onFailure: (failure) => onOneLine(failure.tell(messages).why),
          onSuccess: () => typed.trim()
        }),
        Effect.provideContext(context)
      )
  })

/** Ctrl-C ends the line that the question stands on. */
const answerTo = <A>(prompt: Prompt.Prompt<A>) => Effect.tapError(Prompt.run(prompt), () => Console.error(""))

/** Asks for a text; nothing where the answer is blank. */
export const askText = Effect.fnUntraced(function* <R>(message: string, check: Check<unknown, R>) {
  const validate = yield* passing((text) => (text === "" ? Effect.void : check(text)))
  const text = yield* answerTo(Prompt.String({ message, validate }))
  return text === "" ? undefined : text
})

/** Asks for a secret, which is not shown. */
export const askSecret = Effect.fnUntraced(function* <R>(message: string, check: Check<unknown, R>) {
  const validate = yield* passing(check)
  return yield* answerTo(Prompt.Password({ message, validate }))
})

/** Asks whether something is wanted; yes where the answer is blank. */
export const askWhether = Effect.fnUntraced(function* (message: string) {
  const { no, yes } = (yield* Messages).show
  return yield* answerTo(Prompt.Confirm({ message, initial: true, label: { confirm: yes, deny: no } }))
})
