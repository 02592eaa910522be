import * as Effect from "effect/Effect"
import { type Listen, untilReady } from "./untilReady.ts"

/**
 * The latest of a run of values, for any number of readers. A slow reader gets
 * the latest and none of those in between, so nothing is queued; no reader
 * misses the last.
 */
export interface LatestValue<A> {
  readonly current: () => A
  readonly put: (value: A) => void
  /** Calls the listener with each new value. */
  readonly listen: Listen
  /** The latest, as soon as it differs from the one that the reader has. */
  readonly changedFrom: (had: A) => Effect.Effect<A>
}

/** Begins with a value. */
export const makeLatestValue = <A>(first: A): LatestValue<A> => {
  let newest = first
  const listeners = new Set<() => void>()
  const listen: Listen = (listener) => {
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
    changedFrom: (had) => untilReady(() => (newest === had ? undefined : Effect.succeed(newest)), listen)
  }
}
