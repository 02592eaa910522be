import {
  age as ageOf,
  assess,
  type BackupResp,
  BackupStatus,
  type Finding,
  overallVerdict,
  type Verdict
} from "@cbr/domain"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as Stream from "effect/Stream"
import { parse as parseYaml } from "yaml"
import { refOf, wordsOf } from "../BackupIds.ts"
import { CheckRules, expectationsOf } from "../CheckRules.ts"
import { fetch } from "../Connection.ts"
import { Ended, Failure, report, toJson as failureJson } from "../Failure.ts"
import { Messages } from "../messages/Messages.ts"
import { sayState, sayUnknown, states } from "../MonitoringPlugin.ts"
import type { Surroundings } from "../output/Format.ts"
import type { JsonValue } from "../output/JsonValue.ts"
import { laidOut } from "../output/Layout.ts"
import type { Piece, Tone } from "../output/Paint.ts"
import { Presentation } from "../Presentation.ts"
import { printFindings } from "../Printing.ts"
import * as Query from "../Query.ts"
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
    Command.validate(({ from, ids }) => (ids.length === 0 && Option.isNone(from) ? wrongUse("noBackup") : Effect.void)),
    Command.withDescription(messages.commands.check.long),
    Command.withShortDescription(messages.commands.check.short),
    Command.withExamples(messages.commands.check.examples)
  )

/** How one backup stands. */
interface Checked {
  readonly name: string
  readonly verdict: Verdict
  /** In English, as data has them. */
  readonly findings: ReadonlyArray<Finding>
  /** The same in the reader's language. */
  readonly told: ReadonlyArray<Finding>
  readonly backup: BackupResp | undefined
  readonly failure: Failure | undefined
}

const run = Effect.fn("check")(function* (input: Input) {
  const checked = yield* Effect.result(checkAll(input))
  if (Result.isFailure(checked)) return yield* broken(checked.failure, input.exitStyle)
  const { all, rules } = checked.success
  const worst = gravest(all.map(({ verdict }) => verdict))
  yield* sayState(
    worst,
    summaryOf(all, worst, yield* Messages),
    all.length === 1 ? figuresOf(all[0]?.backup, rules) : []
  )
  yield* printFindings(all.map(toJson), (where) => details(all, where))
  for (const { failure } of all) if (failure !== undefined) yield* report(failure)

  if (input.exitStyle === "monitoring") return yield* new Ended({ exitCode: states[worst][1] })
  const fault = all.find(({ failure }) => failure !== undefined)?.failure
  if (fault !== undefined) return yield* new Ended({ exitCode: fault.exitCode })
  if (worst !== "ok") return yield* new Ended({ exitCode: ruleFailed })
})

const checkAll = Effect.fnUntraced(function* (input: Input) {
  const { query } = yield* Presentation
  // A wrong one is told before anything is said of the backups.
  if (query !== undefined) yield* Query.compile(query)
  const { locale } = yield* Messages
  const rules = { ...(yield* policyOf(input.policy)), ...rulesOf(input) }
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

const issues = SchemaIssue.makeFormatterStandardSchemaV1()

const policyOf = Effect.fnUntraced(function* (
  path: Option.Option<string>
): Effect.fn.Return<CheckRules, Failure, SavedResponse.Reading> {
  if (Option.isNone(path)) return {}
  const refused = (why: (messages: Messages) => string) =>
    new Failure({
      kind: "InvalidRequest",
      tell: (messages) => ({
        title: messages.check.policy,
        what: path.value,
        why: why(messages),
        next: [messages.check.policyNext]
      })
    })
  const text = yield* SavedResponse.readText(path.value, refused, ({ check }) => check.policy)
  const value = yield* Effect.try({
    try: () => parseYaml(text) as unknown,
    catch: (error) => refused(({ check }) => check.notYaml(error instanceof Error ? error.message : String(error)))
  })
  return yield* Schema.decodeUnknownEffect(CheckRules)(value, { onExcessProperty: "error", errors: "all" }).pipe(
    Effect.mapError(({ issue }) =>
      refused(({ sentence }) =>
        issues(issue)
          .issues.map(({ message, path = [] }) => [...path.map(String), sentence(message)].join(": "))
          .join("; ")
      )
    )
  )
})

/** A fault of the check itself: for a monitoring system UNKNOWN, and it reads standard output. */
const broken = Effect.fnUntraced(function* (failure: Failure, style: Input["exitStyle"]) {
  if (style === "cli") return yield* failure
  yield* sayUnknown(failure)
  yield* report(failure, states.unknown[1])
  return yield* new Ended({ exitCode: states.unknown[1] })
})

const gravest = (verdicts: ReadonlyArray<Verdict>): Verdict =>
  (["critical", "unknown", "warning"] as const).find((verdict) => verdicts.includes(verdict)) ?? "ok"

/** The gravest finding in a few words. */
const summaryOf = (all: ReadonlyArray<Checked>, worst: Verdict, messages: Messages): string => {
  const { check: words } = messages
  const wanting = all.flatMap(({ failure, name, told }) => [
    ...(failure === undefined ? [] : [{ verdict: "unknown" as const, said: inShort(failure, messages), name }]),
    ...told
      .filter(({ verdict }) => verdict !== "ok")
      .map(({ actual, expected, rule, verdict }) => ({ verdict, said: words.finding(rule, actual, expected), name }))
  ])
  const first = wanting.find(({ verdict }) => verdict === worst)
  const rulesChecked = all.reduce((sum, { findings }) => sum + findings.length, 0)
  return first === undefined
    ? words.allKept(rulesChecked)
    : `${all.length > 1 ? `${first.name}: ` : ""}${first.said}, ${words.failed(wanting.length)}`
}

const inShort = (failure: Failure, messages: Messages): string => {
  const { title, why } = failure.tell(messages)
  return `${title}: ${why}`
}

const figuresOf = (backup: BackupResp | undefined, rules: CheckRules): ReadonlyArray<string> => {
  if (backup === undefined) return []
  const seconds = (span: Duration.Duration | undefined) => (span === undefined ? "" : String(Duration.toSeconds(span)))
  const old = ageOf(backup, DateTime.nowUnsafe())
  const progress = (backup.replication_records ?? []).flatMap(({ extra_info }) => extra_info?.progress ?? [])
  return [
    ...(old === undefined
      ? []
      : [
          `age=${Math.trunc(Duration.toSeconds(old))}s;${seconds(rules["warn-age"])};${seconds(rules["max-age"])}`.replace(
            /;+$/,
            ""
          )
        ]),
    ...(progress.length === 0 ? [] : [`progress=${Math.min(...progress)}%`])
  ]
}

const tones: Readonly<Record<Verdict, Tone>> = { ok: "good", warning: "busy", unknown: "busy", critical: "bad" }

const details = (all: ReadonlyArray<Checked>, where: Surroundings): string => {
  const { messages } = where
  const rows = all.flatMap(({ failure, name, told }): ReadonlyArray<ReadonlyArray<Piece>> => {
    const id = all.length > 1 ? [name] : []
    if (failure !== undefined) {
      const { title, why } = failure.tell(messages)
      return [[{ text: "UNKNOWN", tone: "busy" }, ...id, title, why]]
    }
    return told.map(({ actual, expected, rule, verdict }) => [
      { text: states[verdict][0], tone: tones[verdict] },
      ...id,
      messages.check.rules[rule],
      messages.check.compared(actual, expected)
    ])
  })
  return laidOut(rows, where)
}

const toJson = ({ backup, failure, findings, name, verdict }: Checked): JsonValue => ({
  id: backup?.id ?? name,
  verdict,
  findings: findings.map((finding) => ({ ...finding })),
  error: failure === undefined ? null : failureJson(failure)
})
