import * as Effect from "effect/Effect"
import { type Program, timed } from "./NodeProcess.ts"

/** The time of a program, also as a multiple of an empty program's. */
export interface Row {
  readonly name: string
  readonly median: number
  readonly fastest: number
  /** The median, in medians of the first program. */
  readonly ratio: number
  /** The ratio that is allowed. */
  readonly goal: number | undefined
}

/** A program to measure: the first is the measure of the others. */
export interface Contender {
  readonly name: string
  readonly program: Program
  readonly goal?: number
}

/**
 * Runs every program once in each round, so that what else the machine does meets all alike. Two rounds go ahead
 * uncounted, for the disk's cache and the compile cache.
 */
export const measure = Effect.fnUntraced(function* (
  contenders: ReadonlyArray<Contender>,
  rounds: number,
  env: NodeJS.ProcessEnv
) {
  const times = contenders.map((): Array<number> => [])
  for (let round = -2; round < rounds; round++) {
    for (const [index, { program }] of contenders.entries()) {
      const milliseconds = yield* timed(program, env)
      if (round >= 0) times[index]?.push(milliseconds)
    }
  }
  const medians = times.map(median)
  return contenders.map(({ goal, name }, index): Row => ({
    name,
    median: medians[index] ?? Number.NaN,
    fastest: Math.min(...(times[index] ?? [])),
    ratio: (medians[index] ?? Number.NaN) / (medians[0] ?? Number.NaN),
    goal
  }))
})

const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
