import { changes, type Observation } from "@cbr/client"
import { isAtRest } from "@cbr/domain"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { withHelp } from "../../args/CommandHelp.ts"
import { connectionFlags } from "../../args/ConnectionFlags.ts"
import * as Flags from "../../args/Flags.ts"
import { OutputOptions } from "../../args/OutputOptions.ts"
import { requireOneSelector, resourceFlag } from "../../args/ResourceFlag.ts"
import { resolveSettings } from "../../calls/CommandSettings.ts"
import { within } from "../../calls/CommandTimeout.ts"
import { findNewestId } from "../../calls/ResourceLookup.ts"
import { exitCodes } from "../../exit/ExitCodes.ts"
import { ExitWith } from "../../exit/ExitWith.ts"
import { failureOf, failWith } from "../../failures/ClientFailure.ts"
import type { Failure } from "../../failures/Failure.ts"
import { report } from "../../failures/FailureReport.ts"
import { Messages } from "../../messages/Messages.ts"
import { backupPrinter, renderContext } from "../../output/Printer.ts"
import { isInFront } from "../../terminal/Keyboard.ts"
import { withSlowNotice } from "../../terminal/Progress.ts"
import { paint } from "../../text/Style.ts"
import { failOnUnknownStatus, reportOnStderr } from "../../watching/WatchReporter.ts"
import { nextState, changeLine, type WatchState } from "../../watching/WatchState.ts"
import { type WatchTarget, resolveWatchTargets, withPolling, watchFlags } from "../../watching/WatchTarget.ts"
import { stdoutClosed } from "./StdoutClosed.ts"
import { texts } from "./texts.ts"

const config = (messages: Messages) => ({
  ids: Argument.String("ID").pipe(Argument.withDescription(messages.args.watched), Argument.variadic()),
  resource: resourceFlag(messages),
  untilStable: Flags.switchFlag("until-stable", messages.pick(texts).flags.untilStable),
  ...watchFlags(messages),
  ...connectionFlags(messages)
})

type Input = Command.Command.Config.Infer<ReturnType<typeof config>>

/** `cbr watch`: a live view on a terminal, a line for each change in a pipe. */
export const watch = (messages: Messages) =>
  Command.make("watch", config(messages), (input) => run(input)).pipe(
    Command.validate((input) => requireOneSelector({ ...input, from: Option.none() })),
    withHelp(messages.pick(texts))
  )

const run = Effect.fn("watch")(function* (given: Input) {
  const settings = yield* resolveSettings(given)
  const { resource } = given
  const ids = Option.isNone(resource)
    ? given.ids
    : [
        yield* findNewestId(resource.value, settings).pipe(
          withSlowNotice({ what: resource.value, debug: settings.debug })
        )
      ]
  const input = { ...given, ids }
  const inTime = within(settings.timeout, input.ids.join(" "))
  const subjects = yield* inTime(resolveWatchTargets(input.ids, settings)).pipe(
    withSlowNotice({ what: "cbr watch", debug: settings.debug })
  )
  const presentation = yield* OutputOptions
  const { canAnimate, output, query, stdoutIsTerminal } = presentation
  const isLive = canAnimate && stdoutIsTerminal && output === undefined && query === undefined && isInFront()

  const isOne = subjects.length === 1
  const missed: Array<Failure> = []

  yield* Effect.scoped(
    Effect.gen(function* () {
      const { failed, observed, quit } = yield* reportOnStderr(input.ids, { lines: false, timeout: settings.timeout })
      const print: Print = isLive ? { change: () => Effect.void, failed, end: Effect.void } : yield* changePrinter
      yield* Effect.forEach(
        subjects,
        (subject) =>
          follow(subject, input, observed, print.change).pipe(
            Effect.catch((failure) => {
              // A failure of one of many does not end the others.
              if (isOne) return Effect.fail(failure)
              missed.push(failure)
              return print.failed(subject.id, failure)
            })
          ),
        { concurrency: "unbounded", discard: true }
        // The output is a whole document, however the watch ends.
      ).pipe(Effect.raceFirst(quit), Effect.ensuring(print.end))
    })
  ).pipe(
    Effect.provideService(OutputOptions, { ...presentation, canAnimate: isLive }),
    inTime,
    // A reader that closes the pipe is no failure.
    Effect.raceFirst(stdoutClosed)
  )
  if (isLive) yield* Effect.forEach(missed, (failure) => report(failure), { discard: true })
  if (missed.length > 0) return yield* new ExitWith({ exitCode: exitCodes.SomeFailed })
})

interface Print {
  readonly change: (id: string, observation: Observation) => Effect.Effect<void, Failure>
  /** Of one of many. */
  readonly failed: (id: string, failure: Failure) => Effect.Effect<void>
  readonly end: Effect.Effect<void>
}

const follow = Effect.fnUntraced(function* (
  subject: WatchTarget,
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
    Stream.tap(() => (newest === undefined ? Effect.void : onChange(id, newest, strict, print))),
    Stream.takeUntil(({ backup }) => untilStable && isAtRest(backup)),
    Stream.runDrain,
    Effect.catch((failed) => ("error" in failed ? failWith(failed.error, about) : Effect.fail(failed))),
    withPolling(subject, interval)
  )
  if (newest?._tag === "Gone") yield* print(id, newest)
})

const onChange = (id: string, observation: Observation, strict: boolean, print: Print["change"]) =>
  Effect.andThen(strict ? failOnUnknownStatus(id, observation) : Effect.void, print(id, observation))

/** Prints each change on stdout: a line on a terminal, by default a line of JSON in a pipe. */
const changePrinter: Effect.Effect<Print, Failure> = Effect.gen(function* () {
  const { output, query, stdoutIsTerminal } = yield* OutputOptions
  const messages = yield* Messages
  const name = output ?? (query === undefined && stdoutIsTerminal ? "table" : "ndjson")
  if (name !== "table" || query !== undefined) {
    const printer = yield* backupPrinter(true, name)
    return {
      change: (id, observation) => {
        if (observation._tag === "Seen") return printer.printBackup(observation.response, id)
        return observation._tag === "Gone"
          ? Effect.flatMap(
              Effect.provideService(failureOf(observation.error, { what: id }), Messages, messages),
              (failure) => printer.printFailure(id, failure)
            )
          : Effect.void
      },
      failed: printer.printFailure,
      end: printer.end
    }
  }
  const where = yield* renderContext
  const all = new Map<string, WatchState>()
  return {
    change: Effect.fnUntraced(function* (id, observation) {
      const before = all.get(id) ?? { id, newest: undefined, backup: undefined }
      const now = nextState(before, observation)
      all.set(id, now)
      const moment = yield* DateTime.now
      const line = changeLine(before, now, DateTime.formatIso(moment), { ...where, now: moment })
      yield* Console.log(paint(line, where.colour))
    }),
    failed: (_, failure) => report(failure),
    end: Effect.void
  }
})
