import { assess, type BackupResp, BackupStatus, overallVerdict } from "@cbr/domain"
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
import { type Checked, details, figuresOf, gravest, summaryOf, toJson } from "../Checked.ts"
import * as CheckPolicy from "../CheckPolicy.ts"
import { type CheckRules, expectationsOf } from "../CheckRules.ts"
import { fetch } from "../Connection.ts"
import { Ended, Failure, report } from "../Failure.ts"
import { Messages } from "../messages/Messages.ts"
import { sayState, sayUnknown, states } from "../MonitoringPlugin.ts"
import { Presentation } from "../Presentation.ts"
import { findingsPrinter, selection } from "../Printing.ts"
import * as SavedResponse from "../SavedResponse.ts"
import * as Settings from "../Settings.ts"
import { settingsInUse } from "../SettingsInUse.ts"
import { Span } from "../Span.ts"
import { wrongUse } from "../WrongUse.ts"

/** Exit code of a failed rule with `--exit-style cli`. */
const ruleFailed = 9

const config = (messages: Messages) => {
  const { flags } = messages
  const span = (name: string, description: string) =>
    Settings.parsedFlag(name, "SPAN", Span, description).pipe(Flag.optional)
  return {
    ids: Argument.String("ID").pipe(Argument.withDescription(messages.args.ids), Argument.variadic()),
    status: Settings.choiceFlag("status", BackupStatus.members, flags.status).pipe(Flag.optional),
    maxAge: span("max-age", flags.maxAge),
    warnAge: span("warn-age", flags.warnAge),
    replicated: Settings.listFlag("replicated", "REGION", flags.replicated).pipe(Flag.withDefault([])),
    replicatedWithin: span("replicated-within", flags.replicatedWithin),
    restorable: Settings.choiceFlag("restorable", ["any", "backup", "snapshot"], flags.restorable, "any").pipe(
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
  const checked = yield* Effect.result(
    Effect.flatMap(checkAll(input), (found) =>
      // A query that cannot be asked of it is told before anything is said of the backups.
      Effect.map(
        findingsPrinter(found.all.map(toJson), (where) => details(found.all, where)),
        (print) => ({ ...found, print })
      )
    )
  )
  if (Result.isFailure(checked)) return yield* broken(checked.failure, input.exitStyle)
  const { all, print, rules } = checked.success
  const worst = gravest(all.map(({ verdict }) => verdict))
  // What a query makes of the findings is data, and stands alone.
  if ((yield* Presentation).query === undefined) {
    yield* sayState(
      worst,
      summaryOf(all, worst, yield* Messages),
      all.length === 1 ? figuresOf(all[0]?.backup, rules) : []
    )
  }
  yield* print
  const isPlugin = input.exitStyle === "monitoring"
  for (const { failure } of all) {
    if (failure !== undefined) yield* report(failure, isPlugin ? states[worst][1] : failure.exitCode)
  }

  if (isPlugin) return yield* new Ended({ exitCode: states[worst][1] })
  const fault = all.find(({ failure }) => failure !== undefined)?.failure
  if (fault !== undefined) return yield* new Ended({ exitCode: fault.exitCode })
  if (worst !== "ok") return yield* new Ended({ exitCode: ruleFailed })
})

const checkAll = Effect.fnUntraced(function* (input: Input) {
  yield* selection
  const { locale } = yield* Messages
  const rules = {
    ...(Option.isSome(input.policy) ? yield* CheckPolicy.read(input.policy.value) : {}),
    ...rulesOf(input)
  }
  const expectations = expectationsOf(rules)
  const misused = (why: "noRules" | "noIds" | "lateWarning", next: "giveRules" | "giveIds" | "warnEarlier") =>
    new Failure({
      kind: "InvalidRequest",
      tell: ({ check, wrongUse }) => ({
        title: wrongUse.title,
        what: "cbr check",
        why: check[why],
        next: [check[next]]
      })
    })
  if (Object.keys(expectations).length === 0) return yield* misused("noRules", "giveRules")
  const { age } = expectations
  if (age?.warn !== undefined && Duration.isGreaterThan(age.warn, age.max)) {
    return yield* misused("lateWarning", "warnEarlier")
  }
  const now = yield* DateTime.now
  const judged = (name: string, backup: BackupResp): Checked => {
    const findings = assess(backup, expectations, now)
    const told = locale === "en" ? findings : assess(backup, expectations, now, locale)
    return { name, verdict: overallVerdict(findings), findings, told, backup, failure: undefined }
  }
  if (Option.isSome(input.from)) {
    const { backup } = yield* SavedResponse.read(input.from.value)
    return { rules, all: [judged(backup.id ?? input.from.value, backup)] }
  }
  const settings = yield* settingsInUse(input)
  const one = (word: string) =>
    Effect.match(
      Effect.flatMap(refOf(word), (ref) => fetch(ref, settings)),
      {
        onFailure: (failure): Checked => ({
          name: word,
          verdict: "unknown",
          findings: [],
          told: [],
          backup: undefined,
          failure
        }),
        onSuccess: ({ backup }) => judged(word, backup)
      }
    )
  const ids = yield* Stream.runCollect(wordsOf(input.ids))
  // Of none, all keep every rule.
  if (ids.length === 0) return yield* misused("noIds", "giveIds")
  return { rules, all: yield* Effect.forEach(ids, one, { concurrency: 8 }) }
})

const rulesOf = (input: Input): CheckRules => {
  const rules: { readonly [K in keyof CheckRules]: CheckRules[K] | undefined } = {
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
  yield* report(failure, states.unknown[1])
  return yield* new Ended({ exitCode: states.unknown[1] })
})
