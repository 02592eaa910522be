import { changes, type Observation } from "@cbr/client"
import { isAtRest } from "@cbr/domain"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { within } from "../CommandTimeout.ts"
import { exitCodes } from "../ExitCodes.ts"
import { Ended, type Failure, failureOf, report } from "../Failure.ts"
import { Messages } from "../messages/Messages.ts"
import { paint } from "../output/Paint.ts"
import { Presentation } from "../Presentation.ts"
import { backupPrinter, surroundings } from "../Printing.ts"
import { tellingSlow } from "../Progress.ts"
import * as Settings from "../Settings.ts"
import { settingsInUse } from "../SettingsInUse.ts"
import { isInFront } from "../watching/Keyboard.ts"
import {
  refuseStrange,
  type Subject,
  subjectsOf,
  tellOnStderr,
  watchedAt,
  watchingFlags
} from "../watching/Observers.ts"
import { readerGone } from "../watching/Reader.ts"
import { after, changeLine, type Watched } from "../watching/Watched.ts"

const config = (messages: Messages) => ({
  ids: Argument.String("ID").pipe(Argument.withDescription(messages.args.watched), Argument.variadic({ min: 1 })),
  untilStable: Settings.switchFlag("until-stable", messages.flags.untilStable),
  ...watchingFlags(messages),
  ...Settings.connectionFlags(messages)
})

type Input = Command.Command.Config.Infer<ReturnType<typeof config>>

/** `cbr watch`: a live view for a reader, a line for each change in a pipe. */
export const watch = (messages: Messages) =>
  Command.make("watch", config(messages), (input) => run(input)).pipe(
    Command.withDescription(messages.commands.watch.long),
    Command.withShortDescription(messages.commands.watch.short),
    Command.withExamples(messages.commands.watch.examples)
  )

const run = Effect.fn("watch")(function* (input: Input) {
  const settings = yield* settingsInUse(input)
  const inTime = within(settings.timeout, input.ids.join(" "))
  const subjects = yield* inTime(subjectsOf(input.ids, settings)).pipe(
    tellingSlow({ what: "cbr watch", debug: settings.debug })
  )
  const presentation = yield* Presentation
  const { canAnimate, output, query, stdoutIsTerminal } = presentation
  const isLive = canAnimate && stdoutIsTerminal && output === undefined && query === undefined && isInFront()

  const isOne = subjects.length === 1
  const missed: Array<Failure> = []

  yield* Effect.scoped(
    Effect.gen(function* () {
      const { failed, observed, quit } = yield* tellOnStderr(input.ids, { lines: false, timeout: settings.timeout })
      const print: Print = isLive ? { change: () => Effect.void, failed, end: Effect.void } : yield* changePrinter
      yield* Effect.forEach(
        subjects,
        (subject) =>
          follow(subject, input, observed, print.change).pipe(
            Effect.catch((failure) => {
              // One of many that fails is no reason to lose sight of the others.
              if (isOne) return Effect.fail(failure)
              missed.push(failure)
              return print.failed(subject.id, failure)
            })
          ),
        { concurrency: "unbounded", discard: true }
        // What has been printed is whole, however the watch ends.
      ).pipe(Effect.raceFirst(quit), Effect.ensuring(print.end))
    })
  ).pipe(
    Effect.provideService(Presentation, { ...presentation, canAnimate: isLive }),
    inTime,
    // Whoever has read enough is no failure.
    Effect.raceFirst(readerGone)
  )
  if (isLive) yield* Effect.forEach(missed, (failure) => report(failure), { discard: true })
  if (missed.length > 0) return yield* new Ended({ exitCode: exitCodes.SomeFailed })
})

interface Print {
  readonly change: (id: string, observation: Observation) => Effect.Effect<void, Failure>
  /** Of one of many. */
  readonly failed: (id: string, failure: Failure) => Effect.Effect<void>
  readonly end: Effect.Effect<void>
}

const follow = Effect.fnUntraced(function* (
  subject: Subject,
  { interval, strict, untilStable }: Input,
  observed: (id: string, observation: Observation) => Effect.Effect<void>,
  print: Print["change"]
) {
  const { id, started, target } = subject
  const about = { what: id, url: target.url, started }
  let newest: Observation | undefined
  yield* changes(target.request, {
    onObservation: (observation) => {
      newest = observation
      return observed(id, observation)
    }
  }).pipe(
    Stream.mapError((error) => ({ error })),
    Stream.tap(() => (newest === undefined ? Effect.void : told(id, newest, strict, print))),
    Stream.takeUntil(({ backup }) => untilStable && isAtRest(backup)),
    Stream.runDrain,
    Effect.catch((failed) =>
      "error" in failed ? Effect.flatMap(failureOf(failed.error, about), Effect.fail) : Effect.fail(failed)
    ),
    watchedAt(subject, interval)
  )
  if (newest?._tag === "Gone") yield* print(id, newest)
})

const told = (id: string, observation: Observation, strict: boolean, print: Print["change"]) =>
  Effect.andThen(strict ? refuseStrange(id, observation) : Effect.void, print(id, observation))

/** Prints each change on stdout: a line for a reader, a line of JSON for a pipe unless told otherwise. */
const changePrinter: Effect.Effect<Print, Failure> = Effect.gen(function* () {
  const { output, query, stdoutIsTerminal } = yield* Presentation
  const messages = yield* Messages
  const name = output ?? (query === undefined && stdoutIsTerminal ? "table" : "ndjson")
  if (name !== "table" || query !== undefined) {
    const printer = yield* backupPrinter(true, name)
    return {
      change: (id, observation) => {
        if (observation._tag === "Seen") return printer.shown(observation.response, id)
        return observation._tag === "Gone"
          ? Effect.flatMap(
              Effect.provideService(failureOf(observation.error, { what: id }), Messages, messages),
              (failure) => printer.failed(id, failure)
            )
          : Effect.void
      },
      failed: printer.failed,
      end: printer.end
    }
  }
  const where = yield* surroundings
  const all = new Map<string, Watched>()
  return {
    change: Effect.fnUntraced(function* (id, observation) {
      const before = all.get(id) ?? { id, newest: undefined, backup: undefined }
      const now = after(before, observation)
      all.set(id, now)
      const moment = yield* DateTime.now
      const line = changeLine(before, now, DateTime.formatIso(moment), { ...where, now: moment })
      yield* Console.log(paint(line, where.colour))
    }),
    failed: (_, failure) => report(failure),
    end: Effect.void
  }
})
