import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { Messages } from "./messages/Messages.ts"
import { Presentation } from "./Presentation.ts"

const eraseLine = "\r\u001b[2K"

/** Writes to stderr without a line's end. */
export const writeError = (text: string) =>
  Effect.flatMap(Stdio.Stdio, (stdio) =>
    Effect.ignore(Stream.run(Stream.succeed(text), stdio.stderr({ endOnDone: false })))
  )

/** Runs a batch whose count nobody is told. */
export const uncounted = <A, E, R>(batch: (count: (failed: boolean) => void) => Effect.Effect<A, E, R>) =>
  batch(() => {})

/**
 * Runs a batch that counts what it has done; when it lasts longer than a second
 * and someone looks on, the count stands on stderr until the end.
 */
export const countingOnStderr = <A, E, R>(batch: (count: (failed: boolean) => void) => Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const { canAnimate } = yield* Presentation
    const { progress } = yield* Messages
    let done = 0
    let failed = 0
    const counted = batch((isFailure) => {
      done++
      if (isFailure) failed++
    })
    if (!canAnimate) return yield* counted
    const show = Effect.suspend(() => writeError(eraseLine + progress(done, failed)))
    const ticking = Effect.sleep("1 second").pipe(Effect.andThen(Effect.forever(Effect.delay(show, "200 millis"))))
    return yield* Effect.raceFirst(counted, ticking).pipe(Effect.ensuring(writeError(eraseLine)))
  })
