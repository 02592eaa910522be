import {
  ConditionImpossible,
  ConditionTimedOut,
  conditionTimedOut,
  defaultWaitTimeout,
  formatCondition,
  type Observation,
  seen,
  WaitCondition,
  waitUntil
} from "@cbr/client"
import type { ShowBackupResponse } from "@cbr/domain"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { startingNow, timeUp, within } from "../CommandTimeout.ts"
import { exitCodes } from "../ExitCodes.ts"
import { Ended, Failure, failureOf, report } from "../Failure.ts"
import { Messages } from "../messages/Messages.ts"
import { paint } from "../output/Paint.ts"
import { verdictOn } from "../output/Verdict.ts"
import { Presentation } from "../Presentation.ts"
import { type BackupPrinter, backupPrinter, surroundings } from "../Printing.ts"
import { tellingSlow } from "../Progress.ts"
import * as SavedResponse from "../SavedResponse.ts"
import * as Settings from "../Settings.ts"
import { settingsInUse } from "../SettingsInUse.ts"
import { type Awaited, conditionOf, refuseNoTest } from "../watching/Awaited.ts"
import {
  refuseStrange,
  type Subject,
  subjectsOf,
  tellOnStderr,
  watchedAt,
  watchingFlags
} from "../watching/Observers.ts"
import { wrongUse } from "../WrongUse.ts"

const config = (messages: Messages) => {
  const { flags } = messages
  return {
    ids: Argument.String("ID").pipe(Argument.withDescription(messages.args.watched), Argument.variadic()),
    conditions: Settings.listFlag("for", "CONDITION", flags.for).pipe(Flag.withDefault([])),
    untilExists: Settings.switchFlag("until-exists", flags.untilExists),
    any: Settings.switchFlag("any", flags.any),
    failFast: Settings.eitherFlag("fail-fast", flags.failFast).pipe(Flag.withDefault(true)),
    mustExist: Settings.switchFlag("must-exist", flags.mustExist),
    from: Settings.textFlag("from", "FILE", flags.from).pipe(Flag.optional),
    ...watchingFlags(messages),
    ...Settings.connectionFlags(messages)
  }
}

type Input = Command.Command.Config.Infer<ReturnType<typeof config>>

/** `cbr wait`: until a condition holds, can no longer come true, or time is up. */
export const wait = (messages: Messages) =>
  Command.make("wait", config(messages), (input) => run(input)).pipe(
    Command.validate(({ conditions, from, ids, untilExists }) => {
      if (conditions.length === 0 && !untilExists) return wrongUse("noCondition")
      if (Option.isSome(from) !== ids.length > 0) return Effect.void
      return wrongUse(ids.length > 0 ? "eitherIdOrFrom" : "noBackup")
    }),
    Command.withDescription(messages.commands.wait.long),
    Command.withShortDescription(messages.commands.wait.short),
    Command.withExamples(messages.commands.wait.examples)
  )

const run = Effect.fn("wait")(function* (input: Input) {
  const awaited =
    input.conditions.length === 0
      ? { condition: WaitCondition.exists, queries: [] }
      : yield* conditionOf(input.conditions)
  const { condition } = awaited
  if (Option.isSome(input.from)) return yield* decideSaved(input.from.value, awaited)
  const settings = yield* settingsInUse(input)
  const timeout = settings.timeout ?? (yield* startingNow({ time: defaultWaitTimeout, from: { flag: "--timeout" } }))
  const subjects = yield* subjectsOf(input.ids, settings).pipe(
    within(timeout, "cbr wait"),
    tellingSlow({ what: "cbr wait", debug: settings.debug })
  )
  const printer = yield* backupPrinter(subjects.length > 1)
  /** What met the condition, and what was seen last of the others, in the order of the ids. */
  const met = new Map<Subject, Met>()
  const newest = new Map<Subject, Observation>()

  const ended = yield* Effect.scoped(
    Effect.gen(function* () {
      const untilExists = input.untilExists || WaitCondition.awaitsExistence(condition)
      const { observed, quit } = yield* tellOnStderr(input.ids, { lines: true, timeout, condition, untilExists })
      const waits = subjects.map((subject) =>
        waitFor(subject, awaited, input, (id, observation) => {
          newest.set(subject, observation)
          return observed(id, observation)
        }).pipe(Effect.tap((found) => Effect.sync(() => void met.set(subject, found))))
      )
      const all = input.any ? firstOf(waits) : Effect.all(waits, { concurrency: "unbounded", discard: true })
      return yield* Effect.raceAllFirst([
        Effect.as(all, "over" as const),
        Effect.as(timeUp(timeout), "late" as const),
        Effect.as(quit, "quit" as const)
      ])
    })
  ).pipe(Effect.result)
  const metInTime = subjects.flatMap((subject) => met.get(subject) ?? [])
  if (Result.isSuccess(ended) || metInTime.length > 0) yield* printMet(metInTime, condition, printer)
  if (Result.isFailure(ended)) return yield* ended.failure
  if (ended.success === "quit") return yield* new Ended({ exitCode: exitCodes.Interrupted })
  if (ended.success === "over") return
  const late = yield* Effect.forEach(
    subjects.filter((subject) => !met.has(subject)),
    (subject) => failureOf(conditionTimedOut(condition, timeout.time, newest.get(subject)), aboutOf(subject))
  )
  const [first, ...others] = late
  if (first === undefined) return
  if (others.length === 0) return yield* first
  yield* Effect.forEach(late, (failure) => report(failure), { discard: true })
  return yield* new Ended({ exitCode: first.exitCode })
})

/** A line for each, or its answer in the format and through the query that were asked for. */
const printMet = Effect.fnUntraced(function* (
  met: ReadonlyArray<Met>,
  condition: WaitCondition.WaitCondition,
  printer: BackupPrinter
) {
  const { output, query } = yield* Presentation
  for (const { id, response } of met) {
    if (output === undefined && query === undefined) yield* sayMet(id, response, condition)
    else if (response !== undefined) yield* printer.shown(response, id)
  }
  if (output !== undefined || query !== undefined) yield* printer.end
})

interface Met {
  readonly id: string
  /** None of a backup that was never there, when its deletion was waited for. */
  readonly response: ShowBackupResponse | undefined
}

const aboutOf = ({ id, started, target }: Subject) => ({ what: id, url: target.url, started })

const waitFor = Effect.fnUntraced(function* (
  subject: Subject,
  { condition, queries }: Awaited,
  { failFast, interval, mustExist, strict, untilExists }: Input,
  observed: (id: string, observation: Observation) => Effect.Effect<void>
) {
  const messages = yield* Messages
  // A hook cannot fail; what it refuses ends the wait from outside.
  const refused = yield* Deferred.make<never, Failure>()
  const about = aboutOf(subject)
  const response: ShowBackupResponse | undefined = yield* waitUntil(subject.target.request, condition, {
    // The command ends it, whose time began earlier.
    timeout: Duration.infinity,
    failFast,
    untilExists: untilExists || WaitCondition.awaitsExistence(condition),
    onObservation: (observation) =>
      Effect.andThen(
        observed(subject.id, observation),
        Effect.andThen(
          strict ? refuseStrange(subject.id, observation) : Effect.void,
          observation._tag === "Seen" ? refuseNoTest(queries, observation.response) : Effect.void
        ).pipe(Effect.catch((failure) => Effect.asVoid(Deferred.fail(refused, failure))))
      )
  }).pipe(
    watchedAt(subject, interval),
    Effect.catch((error) => Effect.flatMap(failureOf(error, about), Effect.fail)),
    Effect.raceFirst(Deferred.await(refused))
  )
  if (response === undefined) {
    if (mustExist) {
      return yield* new Failure({
        kind: "BackupNotFound",
        tell: ({ wait: words }) => ({
          title: words.neverThere,
          what: subject.id,
          why: words.neverSeen,
          next: [words.checkIds]
        }),
        url: subject.target.url
      })
    }
    yield* Console.error(paint([messages.note(messages.wait.neverSeen)], false))
  }
  return { id: subject.id, response } satisfies Met
})

/** The first that succeeds, the others interrupted; when none does, the failure of the last. */
const firstOf = <E, R>(waits: ReadonlyArray<Effect.Effect<Met, E, R>>): Effect.Effect<Met, E, R> =>
  Effect.raceAll(waits)

const sayMet = Effect.fnUntraced(function* (
  id: string,
  response: ShowBackupResponse | undefined,
  condition: WaitCondition.WaitCondition
) {
  const where = yield* surroundings
  const { wait: words } = where.messages
  yield* Console.log(
    paint(
      [
        `${id}  ${words.met(formatCondition(condition))}`,
        ...(response === undefined || condition._tag === "Deleted"
          ? []
          : ["  ", ...verdictOn(response.backup, where).line])
      ],
      where.colour
    )
  )
})

/** Whether a saved response meets the condition: 0, not yet 10, never 9. */
const decideSaved = Effect.fnUntraced(function* (path: string, { condition, queries }: Awaited) {
  const printer = yield* backupPrinter(false)
  const response = yield* SavedResponse.read(path)
  yield* refuseNoTest(queries, response)
  const decision = WaitCondition.decide(condition, seen(response, undefined))
  const text = formatCondition(condition)
  switch (decision._tag) {
    case "Met":
      return yield* printMet([{ id: response.backup.id ?? path, response }], condition, printer)
    case "Impossible": {
      const detail = { code: "condition-impossible", condition: text, reason: decision.reason } as const
      return yield* Effect.flatMap(failureOf(new ConditionImpossible({ detail }), { what: path }), Effect.fail)
    }
    case "Pending": {
      const detail = { code: "condition-not-met-by-saved", condition: text, reason: decision.reason } as const
      return yield* Effect.flatMap(failureOf(new ConditionTimedOut({ detail }), { what: path }), Effect.fail)
    }
  }
})
