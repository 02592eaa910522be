import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** The effect, unless the signal is aborted before its end: it is interrupted then, and fails with the signal's reason. */
export const abortable = <A, E, R>(effect: Effect.Effect<A, E, R>, signal: AbortSignal): Effect.Effect<A, unknown, R> =>
  Effect.suspend(() =>
    signal.aborted ? Effect.fail<unknown>(signal.reason) : Effect.raceFirst(effect, aborted(signal))
  )

/** The stream, unless the signal is aborted before its end. It is still drawn from only as its reader asks. */
export const abortableStream = <A, E, R>(
  stream: Stream.Stream<A, E, R>,
  signal: AbortSignal
): Stream.Stream<A, unknown, R> => Stream.transformPull(stream, (pull) => Effect.succeed(abortable(pull, signal)))

const aborted = (signal: AbortSignal): Effect.Effect<never, unknown> =>
  Effect.callback((resume) => {
    const abort = () => resume(Effect.fail<unknown>(signal.reason))
    signal.addEventListener("abort", abort, { once: true })
    return Effect.sync(() => signal.removeEventListener("abort", abort))
  })
