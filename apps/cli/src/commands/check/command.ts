import { BackupStatus, omitUndefined } from "@cbr/domain"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
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
import { usageError } from "../../args/UsageError.ts"
import { resolveSettings } from "../../calls/CommandSettings.ts"
import { fromFlag, within } from "../../calls/CommandTimeout.ts"
import { fetchBackup } from "../../calls/Target.ts"
import { exitCodes, monitoringStates } from "../../exit/ExitCodes.ts"
import { ExitWith } from "../../exit/ExitWith.ts"
import { Failure, report } from "../../failures/Failure.ts"
import { parseRef, readIds } from "../../input/BackupIdInput.ts"
import * as SavedResponse from "../../input/SavedResponse.ts"
import { Messages } from "../../messages/Messages.ts"
import { printState, printUnknown, replacePipes } from "../../monitoring/MonitoringPlugin.ts"
import { findingsPrinter, compileQuery } from "../../output/Printer.ts"
import { withProgress, withSlowNotice } from "../../terminal/Progress.ts"
import { Span } from "../../values/durations.ts"
import { type CheckPolicy, expectationsOf } from "./CheckPolicy.ts"
import { readCheckPolicy } from "./CheckPolicyFile.ts"
import {
  checkBackup,
  renderDetails,
  perfdata,
  worstVerdict,
  unavailable,
  summarize,
  toJson,
  withFallbacks
} from "./CheckReport.ts"
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
    resource: Flags.textFlag("resource", "ID", own.flags.resource).pipe(Flag.optional),
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
    Command.validate(({ from, ids }) =>
      Option.isSome(from) === ids.length > 0
        ? usageError(({ wrongUse }) => wrongUse.rules[ids.length > 0 ? "eitherIdOrFrom" : "noBackup"])
        : Effect.void
    ),
    withHelp(messages.pick(texts))
  )

const run = Effect.fn("check")(function* (input: Input) {
  const outcome = yield* Effect.result(
    Effect.flatMap(checkAll(input), (found) =>
      // An invalid query is reported before the first line.
      Effect.map(
        findingsPrinter(found.all.map(toJson), (where) => {
          const text = renderDetails(found.all, where)
          return input.exitStyle === "monitoring" ? replacePipes(text) : text
        }),
        (print) => ({ ...found, print })
      )
    )
  )
  if (Result.isFailure(outcome)) return yield* reportFailure(outcome.failure, input.exitStyle)
  const { all, now, print, rules } = outcome.success
  const worst = worstVerdict(all.map(({ verdict }) => verdict))
  // The result of a query is data, without the first line.
  if ((yield* OutputOptions).query === undefined) {
    yield* printState(worst, summarize(all, worst, yield* Messages), perfdata(all, rules, now))
  }
  yield* print
  const isPlugin = input.exitStyle === "monitoring"
  for (const { failure } of all) {
    if (failure !== undefined) yield* report(failure, isPlugin ? monitoringStates[worst].code : failure.exitCode)
  }

  if (isPlugin) return yield* new ExitWith({ exitCode: monitoringStates[worst].code })
  const fault = all.find(({ failure }) => failure !== undefined)?.failure
  if (fault !== undefined) return yield* new ExitWith({ exitCode: fault.exitCode })
  if (worst !== "ok") return yield* new ExitWith({ exitCode: exitCodes.Different })
})

const checkAll = Effect.fnUntraced(function* (input: Input) {
  yield* compileQuery
  const messages = yield* Messages
  const rules = {
    ...(Option.isSome(input.policy) ? yield* readCheckPolicy(input.policy.value) : {}),
    ...rulesOf(input)
  }
  const expectations = expectationsOf(rules)
  const misused = (
    why: "noRules" | "noIds" | "lateWarning" | "onlyDegraded",
    next: "giveRules" | "giveIds" | "warnEarlier" | "giveHealthy"
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
  if (rules.degraded !== undefined && rules.healthy === undefined) return yield* misused("onlyDegraded", "giveHealthy")
  if (Object.keys(expectations).length === 0) return yield* misused("noRules", "giveRules")
  const { age } = expectations
  if (age?.warn !== undefined && age.max !== undefined && Duration.isGreaterThan(age.warn, age.max)) {
    return yield* misused("lateWarning", "warnEarlier")
  }
  const now = yield* DateTime.now
  if (Option.isSome(input.from)) {
    const path = input.from.value
    const { backup } = yield* SavedResponse.read(path).pipe(within(yield* fromFlag(input.timeout), path))
    return { rules, now, all: [checkBackup(backup.id ?? path, backup, expectations, now, messages)] }
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
  return { rules, now, all: withFallbacks(all, messages) }
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
    resource: Option.getOrUndefined(input.resource)
  })

/** Reports a failure of the check itself: UNKNOWN on standard output, which monitoring systems read. */
const reportFailure = Effect.fnUntraced(function* (failure: Failure, style: Input["exitStyle"]) {
  if (style === "cli") return yield* failure
  yield* printUnknown(failure)
  yield* report(failure, monitoringStates.unknown.code)
  return yield* new ExitWith({ exitCode: monitoringStates.unknown.code })
})
