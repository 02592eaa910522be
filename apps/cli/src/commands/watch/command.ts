import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { requireOneSelector, resourceFlag } from "../../args/BackupSelectors.ts"
import { withHelp } from "../../args/CommandHelp.ts"
import { connectionFlags } from "../../args/ConnectionFlags.ts"
import * as Flags from "../../args/Flags.ts"
import { OutputOptions } from "../../args/OutputOptions.ts"
import { resolveSettings } from "../../calls/CommandSettings.ts"
import { within } from "../../calls/CommandTimeout.ts"
import { findFollowed } from "../../calls/ResourceLookup.ts"
import { exitCodes } from "../../exit/ExitCodes.ts"
import { ExitWith } from "../../exit/ExitWith.ts"
import type { Failure } from "../../failures/Failure.ts"
import { report } from "../../failures/FailureReport.ts"
import { Messages } from "../../messages/Messages.ts"
import { isInFront } from "../../terminal/Keyboard.ts"
import { withSlowNotice } from "../../terminal/Progress.ts"
import { reportOnStderr } from "../../watching/WatchReporter.ts"
import { resolveWatchTargets, watchFlags } from "../../watching/WatchTarget.ts"
import { brokenPipe } from "./BrokenPipe.ts"
import { type ChangePrinter, changePrinter } from "./ChangePrinter.ts"
import { followBackup, followNewest } from "./followBackup.ts"
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
  const word = Option.getOrElse(given.resource, () => "")
  const followed = Option.isNone(given.resource)
    ? undefined
    : yield* findFollowed(word, settings).pipe(withSlowNotice({ what: word, debug: settings.debug }))
  const input = followed === undefined ? given : { ...given, ids: [followed.id] }
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
      const { failed, observed, quit, replaced } = yield* reportOnStderr(input.ids, {
        lines: false,
        resource: Option.getOrUndefined(given.resource),
        timeout: settings.timeout
      })
      const print: ChangePrinter = isLive
        ? { change: () => Effect.void, failed, end: Effect.void }
        : yield* changePrinter(Option.getOrUndefined(given.resource))
      const ofIds = Effect.forEach(
        subjects,
        (subject) =>
          followBackup(subject, input, observed, print.change).pipe(
            Effect.catch((failure) => {
              // A failure of one of many does not end the others.
              if (isOne) return Effect.fail(failure)
              missed.push(failure)
              return print.failed(subject.id, failure)
            })
          ),
        { concurrency: "unbounded", discard: true }
      )
      const watched =
        followed === undefined
          ? ofIds
          : followNewest(followed, { ...input, resource: word }, settings, { observed, replaced, print })
      // The output is a whole document, however the watch ends.
      const left = given.untilStable ? Effect.fail(new ExitWith({ exitCode: exitCodes.Interrupted })) : Effect.void
      yield* watched.pipe(Effect.raceFirst(Effect.andThen(quit, left)), Effect.ensuring(print.end))
    })
  ).pipe(
    Effect.provideService(OutputOptions, { ...presentation, canAnimate: isLive }),
    inTime,
    // A reader that closes the pipe is no failure.
    Effect.raceFirst(brokenPipe)
  )
  if (isLive) yield* Effect.forEach(missed, (failure) => report(failure), { discard: true })
  if (missed.length > 0) return yield* new ExitWith({ exitCode: exitCodes.SomeFailed })
})
