import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"

/**
 * The newest of a run of values, for any number of readers. A reader who comes
 * back late gets the newest and none of those in between, so nothing is kept
 * for anybody; and none can miss the last.
 */
export interface Newest<A> {
  readonly current: () => A
  readonly put: (value: A) => Effect.Effect<void>
  /** The newest, as soon as it is another than the one that the reader has. */
  readonly unlike: (had: A) => Effect.Effect<A>
}

/** Begins with a value. */
export const makeNewest = <A>(first: A): Newest<A> => {
  let newest = first
  let next = Deferred.makeUnsafe<A>()
  return {
    current: () => newest,
    put: (value) =>
      Effect.suspend(() => {
        if (value === newest) return Effect.void
        const waiting = next
        newest = value
        next = Deferred.makeUnsafe()
        return Deferred.succeed(waiting, value)
      }),
    unlike: (had) => Effect.suspend(() => (newest === had ? Deferred.await(next) : Effect.succeed(newest)))
  }
}
