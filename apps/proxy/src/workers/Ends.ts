import * as Duration from "effect/Duration"

/** So many ends of workers in so short a time are a loop. */
const mostEnds = 5
const loopTime = Duration.seconds(60)

/** What an end of a worker leads to. */
export type Sequel =
  /** Another takes its place, after so long. */
  | { readonly _tag: "Replace"; readonly after: Duration.Duration }
  /** So many have ended within this time: starting more of them helps nobody. */
  | { readonly _tag: "GiveUp"; readonly ends: number; readonly within: Duration.Duration }

/**
 * Counts workers that end without being told to: one that ends is replaced, at
 * once and then ever more slowly, until they end faster than that helps.
 */
export const makeEnds = (workers: number) => {
  let ends: ReadonlyArray<number> = []
  return {
    /** @param now milliseconds since 1970 */
    note: (now: number): Sequel => {
      ends = [...ends.filter((at) => now - at < Duration.toMillis(loopTime)), now]
      return ends.length >= Math.max(mostEnds, 2 * workers)
        ? { _tag: "GiveUp", ends: ends.length, within: loopTime }
        : { _tag: "Replace", after: Duration.millis(ends.length === 1 ? 0 : 50 * 2 ** ends.length) }
    }
  }
}
