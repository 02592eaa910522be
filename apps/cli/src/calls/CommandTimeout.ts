import { ErrorTable } from "@cbr/client"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { TimeSetting } from "../args/Flags.ts"
import { Failure } from "../failures/Failure.ts"

/** The time limit of a whole command: reading, look-ups, calls and waits. */
export interface CommandTimeout extends TimeSetting {
  /** The end of the time, in epoch milliseconds. */
  readonly end: number
}

/** Starts the time limit of a command. */
export const startingNow = (given: TimeSetting): Effect.Effect<CommandTimeout> =>
  Effect.map(Clock.currentTimeMillis, (now) => ({ ...given, end: now + Duration.toMillis(given.time) }))

/** Starts the time limit of a command that reads no settings beside its flags. */
export const fromFlag = (given: Option.Option<TimeSetting>): Effect.Effect<CommandTimeout | undefined> =>
  Option.isSome(given) ? startingNow(given.value) : Effect.undefined

/** Ends when the time is up; never without a limit. */
export const timeUp = (timeout: CommandTimeout | undefined): Effect.Effect<void> =>
  timeout === undefined
    ? Effect.never
    : Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.sleep(Math.max(0, timeout.end - now)))

/** The failure of a command whose time is up; `answered` counts the backups of a batch printed by then. */
export const timedOut = ({ from, time }: TimeSetting, what: string, answered?: number): Failure =>
  Failure.of("TimedOut", what, ({ pick, timeout }) => [
    pick(ErrorTable.TimedOut.title),
    timeout.why(Duration.format(time), from, answered),
    timeout.next
  ])

/** Interrupts an effect when the time of its command is up: it fails with `TimedOut`, which names the limit. */
export const within =
  (timeout: CommandTimeout | undefined, what: string) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E | Failure, R> => {
    if (timeout === undefined) return self
    const late = Effect.suspend(() => Effect.fail(timedOut(timeout, what)))
    return Effect.raceFirst(self, Effect.andThen(timeUp(timeout), late)).pipe(
      // The limit of a call may end in the same moment.
      Effect.catchIf(
        (error) => error instanceof Failure && error.kind === "TimedOut",
        (error) => Effect.flatMap(Clock.currentTimeMillis, (now) => (now < timeout.end ? Effect.fail(error) : late))
      )
    )
  }
