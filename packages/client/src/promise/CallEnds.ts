import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/**
 * The end of a client, of which each of its calls hears. An `AbortSignal` would
 * belong to the request in which it was made, at the edge: a client serves many.
 */
export interface Closing {
  reason?: unknown
  readonly calls: Set<() => void>
}

/** The signal and the closing that end a call early. */
export interface CallEnds {
  readonly signal?: AbortSignal | undefined
  readonly closing: Closing
}

/** Fails with the reason, where the call is to end. */
export const endedAlready = ({ closing, signal }: CallEnds): Effect.Effect<never, unknown> | undefined =>
  signal?.aborted === true
    ? Effect.fail<unknown>(signal.reason)
    : "reason" in closing
      ? Effect.fail(closing.reason)
      : undefined

/** The effect, unless its call ends before: it is interrupted then, and fails with the reason. */
export const abortable = <A, E, R>(effect: Effect.Effect<A, E, R>, ends: CallEnds): Effect.Effect<A, unknown, R> =>
  Effect.suspend<A, unknown, R>(() => endedAlready(ends) ?? Effect.raceFirst(effect, aborted(ends)))

/** The stream, unless its call ends before. It is still drawn from only as its reader asks. */
export const abortableStream = <A, E, R>(
  stream: Stream.Stream<A, E, R>,
  ends: CallEnds
): Stream.Stream<A, unknown, R> => Stream.transformPull(stream, (pull) => Effect.succeed(abortable(pull, ends)))

const aborted = (ends: CallEnds): Effect.Effect<never, unknown> =>
  Effect.callback((resume) => {
    const { closing, signal } = ends
    const end = () => resume(endedAlready(ends) ?? Effect.never)
    signal?.addEventListener("abort", end, { once: true })
    closing.calls.add(end)
    return Effect.sync(() => {
      signal?.removeEventListener("abort", end)
      closing.calls.delete(end)
    })
  })
