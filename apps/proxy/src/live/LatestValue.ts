import * as Effect from "effect/Effect"

/**
 * The latest of a run of values, for any number of readers. A slow reader gets
 * the latest and none of those in between, so nothing is queued; no reader
 * misses the last.
 */
export interface LatestValue<A> {
  readonly current: () => A
  readonly put: (value: A) => void
  /** Calls the listener with each new value; the function that it returns removes the listener. */
  readonly listen: (listener: () => void) => () => void
  /** The latest, as soon as it differs from the one that the reader has. */
  readonly changedFrom: (had: A) => Effect.Effect<A>
}

/** Begins with a value. */
export const makeLatestValue = <A>(first: A): LatestValue<A> => {
  let newest = first
  const listeners = new Set<() => void>()
  const listen = (listener: () => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  return {
    current: () => newest,
    put: (value) => {
      if (value === newest) return
      newest = value
      for (const listener of Array.from(listeners)) listener()
    },
    listen,
    changedFrom: (had) =>
      Effect.callback((resume) => {
        if (newest !== had) return resume(Effect.succeed(newest))
        const stop = listen(() => {
          stop()
          resume(Effect.succeed(newest))
        })
        return Effect.sync(stop)
      })
  }
}
