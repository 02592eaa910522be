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
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { requireOneSelector, resourceFlag } from "../../args/BackupSelectors.ts"
import { withHelp } from "../../args/CommandHelp.ts"
import { connectionFlags } from "../../args/ConnectionFlags.ts"
import * as Flags from "../../args/Flags.ts"
import { usageError } from "../../args/UsageError.ts"
import { resolveSettings } from "../../calls/CommandSettings.ts"
import { type CommandTimeout, startingNow, timeUp, within } from "../../calls/CommandTimeout.ts"
import { findNewestId } from "../../calls/ResourceLookup.ts"
import type { CallSettings } from "../../calls/SettingResolution.ts"
import { exitCodes } from "../../exit/ExitCodes.ts"
import { ExitWith } from "../../exit/ExitWith.ts"
import { failureOf, failWith, orFailure } from "../../failures/ClientFailure.ts"
import { Failure } from "../../failures/Failure.ts"
import { report } from "../../failures/FailureReport.ts"
import { printNote } from "../../failures/StderrNote.ts"
import * as SavedResponseFile from "../../input/SavedResponseFile.ts"
import type { Messages } from "../../messages/Messages.ts"
import { backupPrinter } from "../../output/Printer.ts"
import { withSlowNotice } from "../../terminal/Progress.ts"
import { failOnUnknownStatus, reportOnStderr } from "../../watching/WatchReporter.ts"
import { type WatchTarget, resolveWatchTargets, withPolling, watchFlags } from "../../watching/WatchTarget.ts"
import { awaitNewerBackup } from "./NewerBackup.ts"
import { texts } from "./texts.ts"
import { type WaitConditionInput, parseWaitConditions, failOnNonBoolean } from "./WaitConditionInput.ts"
import { printResults, type WaitResult } from "./WaitResult.ts"

const config = (messages: Messages) => {
  const { flags } = messages
  const own = messages.pick(texts)
  return {
    ids: Argument.String("ID").pipe(Argument.withDescription(messages.args.watched), Argument.variadic()),
    conditions: Flags.listFlag("for", "CONDITION", own.flags.for).pipe(Flag.withDefault([])),
    untilExists: Flags.switchFlag("until-exists", own.flags.untilExists),
    any: Flags.switchFlag("any", own.flags.any),
    failFast: Flags.eitherFlag("fail-fast", own.flags.failFast).pipe(Flag.withDefault(true)),
    mustExist: Flags.switchFlag("must-exist", own.flags.mustExist),
    resource: resourceFlag(messages),
    newerThan: Flags.flagWithoutVariable("newer-than", "WHEN", own.flags.newerThan),
    from: Flags.textFlag("from", "FILE", flags.from).pipe(Flag.optional),
    ...watchFlags(messages),
    ...connectionFlags(messages)
  }
}

type Input = Command.Command.Config.Infer<ReturnType<typeof config>>

/** `cbr wait`: waits until a condition holds, can no longer hold, or time is up. */
export const wait = (messages: Messages) =>
  Command.make("wait", config(messages), (input) => run(input)).pipe(
    Command.validate((input) => {
      const { conditions, newerThan, resource, untilExists } = input
      if (conditions.length === 0 && !untilExists) return usageError(({ pick }) => pick(texts).noCondition)
      if (Option.isSome(newerThan) && Option.isNone(resource))
        return usageError(({ pick }) => pick(texts).newerOfResource)
      return requireOneSelector(input)
    }),
    withHelp(messages.pick(texts))
  )

const run = Effect.fn("wait")(function* (given: Input) {
  const awaited =
    given.conditions.length === 0
      ? { condition: WaitCondition.exists, queries: [] }
      : yield* parseWaitConditions(given.conditions)
  const { condition } = awaited
  if (Option.isSome(given.from)) return yield* checkSaved(given.from.value, awaited)
  const settings = yield* resolveSettings(given)
  const timeout = settings.timeout ?? (yield* startingNow({ time: defaultWaitTimeout, from: { flag: "--timeout" } }))
  const input = { ...given, ids: yield* idsOf(given, settings, timeout) }
  const subjects = yield* resolveWatchTargets(input.ids, settings).pipe(
    within(timeout, "cbr wait"),
    withSlowNotice({ what: "cbr wait", debug: settings.debug })
  )
  const printer = yield* backupPrinter(subjects.length > 1)
  /** The backups that met the condition, and the last observation of each. */
  const met = new Map<WatchTarget, WaitResult>()
  const newest = new Map<WatchTarget, Observation>()

  const ended = yield* Effect.scoped(
    Effect.gen(function* () {
      const untilExists = input.untilExists || WaitCondition.awaitsExistence(condition)
      const { observed, quit } = yield* reportOnStderr(input.ids, {
        lines: true,
        resource: Option.getOrUndefined(input.resource),
        timeout,
        condition,
        untilExists
      })
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
  if (Result.isSuccess(ended) || metInTime.length > 0) yield* printResults(metInTime, condition, printer)
  if (Result.isFailure(ended)) return yield* ended.failure
  if (ended.success === "quit") return yield* new ExitWith({ exitCode: exitCodes.Interrupted })
  if (ended.success === "over") return
  const late = yield* Effect.forEach(
    subjects.filter((subject) => !met.has(subject)),
    (subject) => failureOf(conditionTimedOut(condition, timeout.time, newest.get(subject)), aboutOf(subject))
  )
  const [first, ...others] = late
  if (first === undefined) return
  if (others.length === 0) return yield* first
  yield* Effect.forEach(late, (failure) => report(failure), { discard: true })
  return yield* new ExitWith({ exitCode: first.exitCode })
})

/** The given ids, or that of a resource's newest backup: with `--newer-than`, of one that is made after a moment. */
const idsOf = Effect.fnUntraced(function* (
  { ids, interval, newerThan, resource, untilExists }: Input,
  settings: CallSettings,
  timeout: CommandTimeout
) {
  if (Option.isNone(resource)) return ids
  const word = resource.value
  return [
    yield* Option.isSome(newerThan)
      ? awaitNewerBackup(word, newerThan.value, settings, { interval, timeout, untilExists })
      : findNewestId(word, settings).pipe(
          withSlowNotice({ what: word, debug: settings.debug }),
          within(timeout, "cbr wait")
        )
  ]
})

const aboutOf = ({ id, started, target }: WatchTarget) => ({ what: id, url: target.url, started })

const waitFor = Effect.fnUntraced(function* (
  subject: WatchTarget,
  { condition, queries }: WaitConditionInput,
  { failFast, interval, mustExist, strict, untilExists }: Input,
  observed: (id: string, observation: Observation) => Effect.Effect<void>
) {
  // The hook cannot fail, so its failure ends the wait from outside.
  const refused = yield* Deferred.make<never, Failure>()
  const about = aboutOf(subject)
  const response: ShowBackupResponse | undefined = yield* waitUntil(subject.target.request, condition, {
    // The time limit of the command ends the wait.
    timeout: Duration.infinity,
    failFast,
    untilExists: untilExists || WaitCondition.awaitsExistence(condition),
    onObservation: (observation) =>
      Effect.andThen(
        observed(subject.id, observation),
        Effect.andThen(
          strict ? failOnUnknownStatus(subject.id, observation) : Effect.void,
          observation._tag === "Seen" ? failOnNonBoolean(queries, observation.response) : Effect.void
        ).pipe(Effect.catch((failure) => Effect.asVoid(Deferred.fail(refused, failure))))
      )
  }).pipe(withPolling(subject, interval), orFailure(about), Effect.raceFirst(Deferred.await(refused)))
  if (response === undefined) {
    if (mustExist) {
      return yield* new Failure({
        kind: "BackupNotFound",
        render: ({ pick }) => ({
          title: pick(texts).neverThere,
          what: subject.id,
          why: pick(texts).neverSeen,
          next: [pick(texts).checkIds]
        }),
        url: subject.target.url
      })
    }
    yield* printNote(({ pick }) => pick(texts).neverSeen)
  }
  return { id: subject.id, response } satisfies WaitResult
})

/** The first to succeed, with the others interrupted; if all fail, the last failure. */
const firstOf = <E, R>(waits: ReadonlyArray<Effect.Effect<WaitResult, E, R>>): Effect.Effect<WaitResult, E, R> =>
  Effect.raceAll(waits)

/** Decides the condition on a saved response: exit 0 if it holds, 10 if not yet, 9 if never. */
const checkSaved = Effect.fnUntraced(function* (path: string, { condition, queries }: WaitConditionInput) {
  const printer = yield* backupPrinter(false)
  const response = yield* SavedResponseFile.read(path)
  yield* failOnNonBoolean(queries, response)
  const decision = WaitCondition.decide(condition, seen(response, undefined))
  const text = formatCondition(condition)
  switch (decision._tag) {
    case "Met":
      return yield* printResults([{ id: response.backup.id ?? path, response }], condition, printer)
    case "Impossible": {
      const detail = { code: "condition-impossible", condition: text, reason: decision.reason } as const
      return yield* failWith(new ConditionImpossible({ detail }), { what: path })
    }
    case "Pending": {
      const detail = { code: "condition-not-met-by-saved", condition: text, reason: decision.reason } as const
      return yield* failWith(new ConditionTimedOut({ detail }), { what: path })
    }
  }
})
