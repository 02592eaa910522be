import * as Effect from "effect/Effect"

/** Calls a listener from now on; the function that it returns removes the listener. */
export type Listen = (listener: () => void) => () => void

/** Runs the Effect that `look` returns. Looks at once, and again whenever one of the sources calls. */
export const untilReady = <A, E>(
  look: () => Effect.Effect<A, E> | undefined,
  ...sources: ReadonlyArray<Listen>
): Effect.Effect<A, E> =>
  Effect.callback((resume) => {
    const leave = () => stops.forEach((stop) => stop())
    const attempt = () => {
      const ready = look()
      if (ready === undefined) return
      leave()
      resume(ready)
    }
    const stops = sources.map((listen) => listen(attempt))
    attempt()
    return Effect.sync(leave)
  })
