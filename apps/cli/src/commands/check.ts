import { BackupStatus } from "@cbr/domain"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { refOf, wordsOf } from "../BackupIds.ts"
import { checked, details, figuresOf, gravest, notChecked, summaryOf, toJson, withFallbacks } from "../Checked.ts"
import * as CheckPolicy from "../CheckPolicy.ts"
import { type CheckRules, expectationsOf } from "../CheckRules.ts"
import { fromFlag, within } from "../CommandTimeout.ts"
import { fetch } from "../Connection.ts"
import { exitCodes, monitoringStates } from "../ExitCodes.ts"
import { Ended, Failure, report } from "../Failure.ts"
import { Messages } from "../messages/Messages.ts"
import { sayState, sayUnknown, withoutPipes } from "../MonitoringPlugin.ts"
import { optionalValues } from "../OptionalValues.ts"
import { Presentation } from "../Presentation.ts"
import { findingsPrinter, selection } from "../Printing.ts"
import { countingOnStderr, tellingSlow } from "../Progress.ts"
import * as SavedResponse from "../SavedResponse.ts"
import * as Settings from "../Settings.ts"
import { settingsInUse } from "../SettingsInUse.ts"
import { Span } from "../Span.ts"
import { wrongUse } from "../WrongUse.ts"

const config = (messages: Messages) => {
  const { flags } = messages
  const span = (name: string, description: string) =>
    Settings.parsedFlag(name, "SPAN", Span, description).pipe(Flag.optional)
  return {
    ids: Argument.String("ID").pipe(Argument.withDescription(messages.args.ids), Argument.variadic()),
    healthy: Settings.switchFlag("healthy", flags.healthy),
    degraded: Settings.choiceFlag("degraded", ["warning", "critical"], flags.degraded).pipe(Flag.optional),
    status: Settings.choiceFlag("status", BackupStatus.members, flags.status).pipe(Flag.optional),
    maxAge: span("max-age", flags.maxAge),
    warnAge: span("warn-age", flags.warnAge),
    replicated: Settings.listFlag("replicated", "REGION", flags.replicated).pipe(Flag.withDefault([])),
    replicatedWithin: span("replicated-within", flags.replicatedWithin),
    restorable: Settings.choiceFlag("restorable", optionalValues.restorable, flags.restorable, "any").pipe(
      Flag.optional
    ),
    encrypted: Settings.eitherFlag("encrypted", flags.encrypted).pipe(Flag.optional),
    multiAz: Settings.eitherFlag("multi-az", flags.multiAz).pipe(Flag.optional),
    notExpiringWithin: span("not-expiring-within", flags.notExpiringWithin),
    minChildren: Settings.countFlag("min-children", { least: 0 }, flags.minChildren).pipe(Flag.optional),
    childrenWhole: Settings.switchFlag("children-whole", flags.childrenWhole),
    resource: Settings.textFlag("resource", "ID", flags.resource).pipe(Flag.optional),
    policy: Settings.textFlag("policy", "FILE", flags.policy).pipe(Flag.optional),
    exitStyle: Settings.choiceFlag("exit-style", ["monitoring", "cli"], flags.exitStyle).pipe(
      Flag.withDefault("monitoring" as const)
    ),
    from: Settings.textFlag("from", "FILE", flags.from).pipe(Flag.optional),
    ...Settings.connectionFlags(messages)
  }
}

type Input = Command.Command.Config.Infer<ReturnType<typeof config>>

/** `cbr check`: does a backup keep the rules; with a monitoring plugin's words and exit codes. */
export const check = (messages: Messages) =>
  Command.make("check", config(messages), (input) => run(input)).pipe(
    Command.validate(({ from, ids }) =>
      Option.isSome(from) === ids.length > 0 ? wrongUse(ids.length > 0 ? "eitherIdOrFrom" : "noBackup") : Effect.void
    ),
    Command.withDescription(messages.commands.check.long),
    Command.withShortDescription(messages.commands.check.short),
    Command.withExamples(messages.commands.check.examples)
  )

const run = Effect.fn("check")(function* (input: Input) {
  const outcome = yield* Effect.result(
    Effect.flatMap(checkAll(input), (found) =>
      // A query that cannot be asked of it is told before anything is said of the backups.
      Effect.map(
        findingsPrinter(found.all.map(toJson), (where) => {
          const text = details(found.all, where)
          return input.exitStyle === "monitoring" ? withoutPipes(text) : text
        }),
        (print) => ({ ...found, print })
      )
    )
  )
  if (Result.isFailure(outcome)) return yield* broken(outcome.failure, input.exitStyle)
  const { all, now, print, rules } = outcome.success
  const worst = gravest(all.map(({ verdict }) => verdict))
  // What a query makes of the findings is data, and stands alone.
  if ((yield* Presentation).query === undefined) {
    yield* sayState(worst, summaryOf(all, worst, yield* Messages), figuresOf(all, rules, now))
  }
  yield* print
  const isPlugin = input.exitStyle === "monitoring"
  for (const { failure } of all) {
    if (failure !== undefined) yield* report(failure, isPlugin ? monitoringStates[worst].code : failure.exitCode)
  }

  if (isPlugin) return yield* new Ended({ exitCode: monitoringStates[worst].code })
  const fault = all.find(({ failure }) => failure !== undefined)?.failure
  if (fault !== undefined) return yield* new Ended({ exitCode: fault.exitCode })
  if (worst !== "ok") return yield* new Ended({ exitCode: exitCodes.Different })
})

const checkAll = Effect.fnUntraced(function* (input: Input) {
  yield* selection
  const messages = yield* Messages
  const rules = {
    ...(Option.isSome(input.policy) ? yield* CheckPolicy.read(input.policy.value) : {}),
    ...rulesOf(input)
  }
  const expectations = expectationsOf(rules)
  const misused = (
    why: "noRules" | "noIds" | "lateWarning" | "onlyDegraded",
    next: "giveRules" | "giveIds" | "warnEarlier" | "giveHealthy"
  ) =>
    new Failure({
      kind: "InvalidRequest",
      tell: ({ check, wrongUse }) => ({
        title: wrongUse.title,
        what: "cbr check",
        why: check[why],
        next: [check[next]]
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
    return { rules, now, all: [checked(backup.id ?? path, backup, expectations, now, messages)] }
  }
  const settings = yield* settingsInUse(input)
  const one = (word: string) =>
    Effect.match(
      Effect.flatMap(refOf(word), (ref) => fetch(ref, settings)),
      {
        onFailure: (failure) => notChecked(word, failure),
        onSuccess: ({ backup }) => checked(word, backup, expectations, now, messages)
      }
    )
  const ids = yield* Stream.runCollect(wordsOf(input.ids)).pipe(within(settings.timeout, "cbr check"))
  // Of none, all keep every rule.
  if (ids.length === 0) return yield* misused("noIds", "giveIds")
  const [id = "", ...others] = ids
  const { debug } = settings
  const all = yield* others.length === 0
    ? Effect.map(one(id).pipe(tellingSlow({ what: id, debug })), (only) => [only])
    : countingOnStderr((count) =>
        Effect.forEach(
          ids,
          (each) => Effect.tap(one(each), ({ failure }) => Effect.sync(() => count(failure !== undefined))),
          { concurrency: 8 }
        )
      )
  return { rules, now, all: withFallbacks(all, messages) }
})

const rulesOf = (input: Input): CheckRules => {
  const rules: { readonly [K in keyof CheckRules]: CheckRules[K] | undefined } = {
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
  }
  return Object.fromEntries(Object.entries(rules).filter(([, rule]) => rule !== undefined))
}

/** A fault of the check itself: for a monitoring system UNKNOWN, and it reads standard output. */
const broken = Effect.fnUntraced(function* (failure: Failure, style: Input["exitStyle"]) {
  if (style === "cli") return yield* failure
  yield* sayUnknown(failure)
  yield* report(failure, monitoringStates.unknown.code)
  return yield* new Ended({ exitCode: monitoringStates.unknown.code })
})
