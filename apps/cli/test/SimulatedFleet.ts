import { layer as simulatorLayer, type Simulator, type SimulatorOptions } from "@cbr/simulator"
import { Effect } from "effect"
import { commandLine, type CommandLineOptions, withAccessKey } from "./CommandLine.ts"

/** Servers of a fleet, unless a test says how many. */
export const servers = 12

/** Runs command lines against a simulator of their own, whose project has a fleet of servers. */
export const inFleet = <A, E>(
  body: (
    run: (words: ReadonlyArray<string>, options?: CommandLineOptions) => ReturnType<typeof commandLine>
  ) => Effect.Effect<A, E, Simulator>,
  options: SimulatorOptions = {}
) =>
  Effect.gen(function* () {
    const env = yield* withAccessKey
    return yield* body((words, more = {}) => commandLine(words, { ...more, env: { ...env, ...more.env } }))
  }).pipe(Effect.provide(simulatorLayer({ fleet: servers, ...options })))
