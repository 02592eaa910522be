import { ErrorTable } from "@cbr/client"
import { BackupStatus, omitUndefined, type Verdict } from "@cbr/domain"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { withHelp } from "../../args/CommandHelp.ts"
import { connectionFlags } from "../../args/ConnectionFlags.ts"
import * as Flags from "../../args/Flags.ts"
import { optionalValues } from "../../args/OptionalValues.ts"
import { OutputOptions } from "../../args/OutputOptions.ts"
import { requireOneSelector, resourceFlag } from "../../args/ResourceFlag.ts"
import { usageError } from "../../args/UsageError.ts"
import { resolveSettings } from "../../calls/CommandSettings.ts"
import { fromFlag, within } from "../../calls/CommandTimeout.ts"
import { findResource, listDoubt, type ListedProject, listIn, resolveProject } from "../../calls/ResourceLookup.ts"
import { fetchBackup } from "../../calls/Target.ts"
import { exitCodes, monitoringStates } from "../../exit/ExitCodes.ts"
import { ExitWith } from "../../exit/ExitWith.ts"
import { Failure, report } from "../../failures/Failure.ts"
import { parseRef, readIds } from "../../input/BackupIdInput.ts"
import { readSavedList } from "../../input/SavedList.ts"
import * as SavedResponse from "../../input/SavedResponse.ts"
import { Messages } from "../../messages/Messages.ts"
import { printState, printUnknown, replacePipes } from "../../monitoring/MonitoringPlugin.ts"
import { findingsPrinter, compileQuery } from "../../output/Printer.ts"
import { withProgress, withSlowNotice } from "../../terminal/Progress.ts"
import type { JsonValue } from "../../text/JsonValue.ts"
import { Span } from "../../values/durations.ts"
import { type CheckPolicy, expectationsOf } from "./CheckPolicy.ts"
import { readCheckPolicy } from "./CheckPolicyFile.ts"
import {
  checkBackup,
  type CheckResult,
  doubted,
  incompleteJson,
  renderDetails,
  perfdata,
  worstVerdict,
  unavailable,
  summarize,
  toJson,
  withFallbacks
} from "./CheckReport.ts"
import {
  checkFleet,
  checkResource,
  doubtFleet,
  type FetchWhole,
  type FleetRules,
  type FleetSelection
} from "./FleetCheck.ts"
import { fleetJson, fleetMetrics, fleetPerfdata, renderFleet, summarizeFleet } from "./FleetReport.ts"
import { namesOf, readNames } from "./NamesFile.ts"
import { texts } from "./texts.ts"

const config = (messages: Messages) => {
  const { flags } = messages
  const own = messages.pick(texts)
  const span = (name: string, description: string) =>
    Flags.parsedFlag(name, "SPAN", Span, description).pipe(Flag.optional)
  return {
    ids: Argument.String("ID").pipe(Argument.withDescription(messages.args.ids), Argument.variadic()),
    healthy: Flags.switchFlag("healthy", own.flags.healthy),
    degraded: Flags.choiceFlag("degraded", ["warning", "critical"], own.flags.degraded).pipe(Flag.optional),
    status: Flags.choiceFlag("status", BackupStatus.members, own.flags.status).pipe(Flag.optional),
    maxAge: span("max-age", own.flags.maxAge),
    warnAge: span("warn-age", own.flags.warnAge),
    replicated: Flags.listFlag("replicated", "REGION", own.flags.replicated).pipe(Flag.withDefault([])),
    replicatedWithin: span("replicated-within", own.flags.replicatedWithin),
    restorable: Flags.choiceFlag("restorable", optionalValues.restorable, own.flags.restorable, "any").pipe(
      Flag.optional
    ),
    encrypted: Flags.eitherFlag("encrypted", own.flags.encrypted).pipe(Flag.optional),
    multiAz: Flags.eitherFlag("multi-az", own.flags.multiAz).pipe(Flag.optional),
    notExpiringWithin: span("not-expiring-within", own.flags.notExpiringWithin),
    minChildren: Flags.countFlag("min-children", { min: 0 }, own.flags.minChildren).pipe(Flag.optional),
    childrenWhole: Flags.switchFlag("children-whole", own.flags.childrenWhole),
    ofResource: Flags.textFlag("of-resource", "ID", own.flags.ofResource).pipe(Flag.optional),
    resource: resourceFlag(messages),
    all: Flag.Boolean("all").pipe(Flag.withDescription(own.flags.all), Flag.withDefault(false)),
    expect: Flags.flagWithoutVariable("expect", "FILE", own.flags.expect),
    ignore: Flag.String("ignore").pipe(
      Flag.withMetavar("PATTERN|FILE"),
      Flag.withDescription(own.flags.ignore),
      Flag.atLeast(0)
    ),
    seenWithin: Flag.String("seen-within").pipe(
      Flag.withMetavar("SPAN"),
      Flag.withSchema(Span),
      Flag.withDescription(own.flags.seenWithin),
      Flag.optional
    ),
    groupBy: Flag.Literals("group-by", ["vault", "type"]).pipe(Flag.withDescription(own.flags.groupBy), Flag.optional),
    policy: Flags.textFlag("policy", "FILE", own.flags.policy).pipe(Flag.optional),
    exitStyle: Flags.choiceFlag("exit-style", ["monitoring", "cli"], own.flags.exitStyle).pipe(
      Flag.withDefault("monitoring" as const)
    ),
    from: Flags.textFlag("from", "FILE", flags.from).pipe(Flag.optional),
    ...connectionFlags(messages)
  }
}

type Input = Command.Command.Config.Infer<ReturnType<typeof config>>

/** `cbr check`: checks backups against rules, with a monitoring plugin's output and exit codes. */
export const check = (messages: Messages) =>
  Command.make("check", config(messages), (input) => run(input)).pipe(
    Command.validate((input) => {
      const { all, expect, groupBy, ids, ignore, resource, seenWithin } = input
      const isOfAll = Option.isSome(expect) || ignore.length > 0 || Option.isSome(seenWithin) || Option.isSome(groupBy)
      if (!all) return isOfAll ? usageError(({ pick }) => pick(texts).fleet.onlyWithAll) : requireOneSelector(input)
      return ids.length > 0 || Option.isSome(resource)
        ? usageError(({ pick }) => pick(texts).fleet.allExcludes)
        : Effect.void
    }),
    withHelp(messages.pick(texts))
  )

/** What a check found, ready to be told. */
interface Outcome {
  readonly worst: Verdict
  readonly summary: string
  readonly figures: ReadonlyArray<string>
  readonly print: Effect.Effect<void>
  readonly failures: ReadonlyArray<Failure>
}

const run = Effect.fn("check")(function* (input: Input) {
  const outcome = yield* Effect.result(input.all ? fleetOutcome(input) : backupsOutcome(input))
  if (Result.isFailure(outcome)) return yield* reportFailure(outcome.failure, input.exitStyle)
  const { failures, figures, print, summary, worst } = outcome.success
  // The result of a query is data, without the first line.
  if ((yield* OutputOptions).query === undefined) yield* printState(worst, summary, figures)
  yield* print
  const isPlugin = input.exitStyle === "monitoring"
  for (const failure of failures) yield* report(failure, isPlugin ? monitoringStates[worst].code : failure.exitCode)
  if (isPlugin) return yield* new ExitWith({ exitCode: monitoringStates[worst].code })
  const [fault] = failures
  if (fault !== undefined) return yield* new ExitWith({ exitCode: fault.exitCode })
  if (worst !== "ok") return yield* new ExitWith({ exitCode: exitCodes.Different })
})

/** Lines of a check's details, in which a monitoring system finds no performance data. */
const asDetails = (text: string, { exitStyle }: Input): string =>
  exitStyle === "monitoring" ? replacePipes(text) : text

const backupsOutcome = Effect.fnUntraced(function* (input: Input) {
  const { all, incomplete, now, rules } = yield* checkAll(input)
  const messages = yield* Messages
  const found = worstVerdict(all.map(({ verdict }) => verdict))
  const rowOf = (result: CheckResult) => ({
    ...(toJson({ ...result, verdict: doubted(result.verdict, incomplete) }) as { readonly [key: string]: JsonValue }),
    ...incompleteJson(incomplete)
  })
  const notes = all.flatMap((each) => ("notes" in each ? each.notes : []))
  return {
    worst: doubted(found, incomplete),
    summary: [
      ...(incomplete === undefined ? [] : [messages.detail(incomplete)]),
      summarize(all, found, messages),
      ...notes
    ].join(messages.between),
    figures: perfdata(all, rules, now),
    // A query that cannot be asked of it is told before anything is said of the backups.
    print: yield* findingsPrinter(all.map(rowOf), (where) => asDetails(renderDetails(all, where), input)),
    failures: all.flatMap(({ failure }) => failure ?? [])
  } satisfies Outcome
})

const fleetOutcome = Effect.fnUntraced(function* (input: Input) {
  const { output } = yield* OutputOptions
  const messages = yield* Messages
  if (output !== "openmetrics") yield* compileQuery
  const { expectations, now, rules } = yield* rulesFor(input)
  const ignored = yield* Effect.forEach(input.ignore, namesOf)
  const selection: FleetSelection = {
    expected: Option.isNone(input.expect) ? [] : yield* readExpected(input.expect.value),
    ignored: ignored.flat(),
    seenWithin: Option.getOrUndefined(input.seenWithin),
    groupBy: Option.getOrUndefined(input.groupBy)
  }
  const found = yield* checkListed(input, selection, { expectations, now, messages })
  // A path of a file that is not there would be taken for a name in silence.
  for (const [index, word] of input.ignore.entries()) {
    const isName = word !== "" && !word.includes("*") && ignored[index]?.[0] === word
    if (isName && found.unmatched.includes(word))
      yield* Console.error(messages.note(messages.pick(texts).fleet.unmatched(word)))
  }
  // Standard output may be data, or what a query picks.
  if (found.unlisted !== undefined)
    yield* Console.error(messages.note(messages.pick(texts).fleet.unlisted[found.unlisted]))
  if (found.results.length === 0) {
    return yield* new Failure({
      kind: "BackupNotFound",
      render: ({ pick }) => ({
        title: pick(ErrorTable.BackupNotFound.title),
        what: "cbr check --all",
        why: pick(texts).fleet.none,
        next: [pick(texts).fleet.checkPlace]
      })
    })
  }
  return {
    worst: worstVerdict(found.results.map(({ verdict }) => verdict)),
    summary: summarizeFleet(found, messages),
    figures: fleetPerfdata(found, rules),
    print:
      output === "openmetrics"
        ? Console.log(fleetMetrics(found))
        : yield* findingsPrinter(fleetJson(found), (where) => asDetails(renderFleet(found, where), input)),
    failures: []
  } satisfies Outcome
})

/** Checks all of a project, or of a saved list. */
const checkListed = Effect.fnUntraced(function* (input: Input, selection: FleetSelection, rules: FleetRules) {
  const what = "cbr check --all"
  const doubt = listDoubt()
  if (Option.isSome(input.from)) {
    const path = input.from.value
    return yield* checkFleet(readSavedList(path), selection, rules).pipe(within(yield* fromFlag(input.timeout), path))
  }
  const settings = yield* resolveSettings(input)
  return yield* Effect.gen(function* () {
    const project = yield* resolveProject(what, settings)
    return yield* withProgress((count) =>
      checkFleet(
        Stream.tap(listIn(project, { show_replication: true }, { what, onIncomplete: doubt.onIncomplete }), () =>
          Effect.sync(() => count(false))
        ),
        selection,
        rules,
        wholeOf(project)
      ).pipe(Effect.map((found) => doubtFleet(found, doubt.reason())))
    )
  }).pipe(within(settings.timeout, what))
})

/** A backup whole; nothing where it cannot be had, whose listed form is judged then. */
const wholeOf =
  ({ client, project_id }: ListedProject): FetchWhole =>
  ({ id }) =>
    id === undefined
      ? Effect.undefined
      : client.showBackup({ project_id, backup_id: id }).pipe(Effect.catch(() => Effect.undefined))

/** One server or disk by its name or id. */
const checkOneResource = Effect.fnUntraced(function* (word: string, input: Input, rules: FleetRules) {
  const settings = yield* resolveSettings(input)
  const doubt = listDoubt()
  const result = yield* findResource(word, settings, { until: "whole", onIncomplete: doubt.onIncomplete }).pipe(
    Effect.flatMap((resource) =>
      Effect.flatMap(resolveProject(word, settings), (project) => checkResource(resource, rules, wholeOf(project)))
    ),
    withSlowNotice({ what: word, debug: settings.debug }),
    Effect.catch((failure) => Effect.succeed(unavailable(word, failure)))
  )
  return { result, incomplete: doubt.reason() }
})

const misused = (
  why: "noRules" | "noIds" | "noNames" | "lateWarning" | "onlyDegraded",
  next: "giveRules" | "giveIds" | "giveNames" | "warnEarlier" | "giveHealthy"
) =>
  new Failure({
    kind: "InvalidRequest",
    render: ({ pick, wrongUse }) => ({
      title: wrongUse.title,
      what: "cbr check",
      why: pick(texts)[why],
      next: [pick(texts)[next]]
    })
  })

/** The names that must have a backup. A file without any would miss no server. */
const readExpected = Effect.fnUntraced(function* (path: string) {
  const names = yield* readNames(path)
  return names.length > 0 ? names : yield* misused("noNames", "giveNames")
})

/** The rules of a command line and of its policy. */
const rulesFor = Effect.fnUntraced(function* (input: Input) {
  const rules = {
    ...(Option.isSome(input.policy) ? yield* readCheckPolicy(input.policy.value) : {}),
    ...rulesOf(input)
  }
  const expectations = expectationsOf(rules)
  if (rules.degraded !== undefined && rules.healthy === undefined) return yield* misused("onlyDegraded", "giveHealthy")
  if (Object.keys(expectations).length === 0) return yield* misused("noRules", "giveRules")
  const { age } = expectations
  if (age?.warn !== undefined && age.max !== undefined && Duration.isGreaterThan(age.warn, age.max)) {
    return yield* misused("lateWarning", "warnEarlier")
  }
  return { rules, expectations, now: yield* DateTime.now }
})

const checkAll = Effect.fnUntraced(function* (input: Input) {
  yield* compileQuery
  const messages = yield* Messages
  const { expectations, now, rules } = yield* rulesFor(input)
  if (Option.isSome(input.from)) {
    const path = input.from.value
    const { backup } = yield* SavedResponse.read(path).pipe(within(yield* fromFlag(input.timeout), path))
    return {
      rules,
      now,
      all: [checkBackup(backup.id ?? path, backup, expectations, now, messages)],
      incomplete: undefined
    }
  }
  if (Option.isSome(input.resource)) {
    const { incomplete, result } = yield* checkOneResource(input.resource.value, input, { expectations, now, messages })
    return { rules, now, all: [result], incomplete }
  }
  const settings = yield* resolveSettings(input)
  const one = (word: string) =>
    Effect.match(
      Effect.flatMap(parseRef(word), (ref) => fetchBackup(ref, settings)),
      {
        onFailure: (failure) => unavailable(word, failure),
        onSuccess: ({ backup }) => checkBackup(word, backup, expectations, now, messages)
      }
    )
  const ids = yield* Stream.runCollect(readIds(input.ids)).pipe(within(settings.timeout, "cbr check"))
  // An empty list would keep every rule.
  if (ids.length === 0) return yield* misused("noIds", "giveIds")
  const [id = "", ...others] = ids
  const { debug } = settings
  const all = yield* others.length === 0
    ? Effect.map(one(id).pipe(withSlowNotice({ what: id, debug })), (only) => [only])
    : withProgress((count) =>
        Effect.forEach(
          ids,
          (each) => Effect.tap(one(each), ({ failure }) => Effect.sync(() => count(failure !== undefined))),
          { concurrency: 8 }
        )
      )
  return { rules, now, all: withFallbacks(all, messages), incomplete: undefined }
})

const rulesOf = (input: Input): CheckPolicy =>
  omitUndefined({
    healthy: input.healthy || undefined,
    degraded: Option.getOrUndefined(input.degraded),
    status: Option.getOrUndefined(input.status),
    "max-age": Option.getOrUndefined(input.maxAge),
    "warn-age": Option.getOrUndefined(input.warnAge),
    replicated: input.replicated.length === 0 ? undefined : input.replicated,
    "replicated-within": Option.getOrUndefined(input.replicatedWithin),
    restorable: Option.getOrUndefined(input.restorable),
    encrypted: Option.getOrUndefined(input.encrypted),
    "multi-az": Option.getOrUndefined(input.multiAz),
    "not-expiring-within": Option.getOrUndefined(input.notExpiringWithin),
    "min-children": Option.getOrUndefined(input.minChildren),
    "children-whole": input.childrenWhole || undefined,
    "of-resource": Option.getOrUndefined(input.ofResource)
  })

/** Reports a failure of the check itself: UNKNOWN on standard output, which monitoring systems read. */
const reportFailure = Effect.fnUntraced(function* (failure: Failure, style: Input["exitStyle"]) {
  if (style === "cli") return yield* failure
  yield* printUnknown(failure)
  yield* report(failure, monitoringStates.unknown.code)
  return yield* new ExitWith({ exitCode: monitoringStates.unknown.code })
})
