import type { ShowBackupResponse } from "@cbr/domain"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { requireOneSelector, resourceFlag } from "../../args/BackupSelectors.ts"
import { type CommandHelp, withHelp } from "../../args/CommandHelp.ts"
import { connectionFlags } from "../../args/ConnectionFlags.ts"
import * as Flags from "../../args/Flags.ts"
import { usageError } from "../../args/UsageError.ts"
import { fetchBackup } from "../../calls/CallTarget.ts"
import { resolveSettings } from "../../calls/CommandSettings.ts"
import { fromFlag, within } from "../../calls/CommandTimeout.ts"
import { findResource } from "../../calls/ResourceLookup.ts"
import type { CallSettings } from "../../calls/SettingResolution.ts"
import { ExitWith } from "../../exit/ExitWith.ts"
import { Failure } from "../../failures/Failure.ts"
import { printNote } from "../../failures/StderrNote.ts"
import { parseRef, readIds } from "../../input/BackupIdInput.ts"
import * as SavedResponseFile from "../../input/SavedResponseFile.ts"
import type { Messages } from "../../messages/Messages.ts"
import { untilRead } from "../../output/Backpressure.ts"
import { type BackupPrinter, backupPrinter } from "../../output/Printer.ts"
import { withSlowNotice } from "../../terminal/Progress.ts"
import type { FormatName } from "../../values/FormatName.ts"
import { printDryRun } from "./DryRun.ts"
import { showMany } from "./ShowMany.ts"
import { texts } from "./texts.ts"

const config = (messages: Messages) => {
  const { args, flags } = messages
  const own = messages.pick(texts)
  return {
    ids: Argument.String("ID").pipe(Argument.withDescription(args.ids), Argument.variadic()),
    ...connectionFlags(messages),
    resource: resourceFlag(messages),
    from: Flags.textFlag("from", "FILE", flags.from).pipe(Flag.optional),
    strict: Flags.switchFlag("strict", own.flags.strict),
    dryRun: Flags.switchFlag("dry-run", own.flags.dryRun),
    concurrency: Flags.countFlag("concurrency", { min: 1 }, own.flags.concurrency(8)).pipe(Flag.withDefault(8)),
    unordered: Flags.switchFlag("unordered", own.flags.unordered)
  }
}

/** The arguments and flags of `cbr show`. */
type ShowInput = Command.Command.Config.Infer<ReturnType<typeof config>>

/** `cbr show`: backups from the service, or one from a saved response. */
export const show = (messages: Messages) => showAs("show", messages, messages.pick(texts))

/** Makes `cbr show` under a name and with a default format. */
export const showAs = (name: string, messages: Messages, help: CommandHelp, preferred?: FormatName) =>
  Command.make(name, config(messages), (input) => run(input, preferred)).pipe(
    Command.validate(requireInput),
    withHelp(help)
  )

const requireInput = ({ dryRun, from, ids, resource }: ShowInput) => {
  if (Option.isSome(resource) && dryRun) return usageError(({ pick }) => pick(texts).dryRunIsOfIds)
  if (Option.isNone(from) || Option.isSome(resource)) return requireOneSelector({ from, ids, resource })
  return ids.length > 1 || ids.includes("-") ? usageError(({ pick }) => pick(texts).fromIsOne) : Effect.void
}

const run = Effect.fn("show")(function* (input: ShowInput, preferred?: FormatName) {
  const { dryRun, from, ids, strict } = input
  if (Option.isSome(from)) return yield* showSaved(from.value, ids[0], input, preferred)
  const settings = yield* resolveSettings(input)
  if (Option.isSome(input.resource)) return yield* showNewest(input.resource.value, settings, input, preferred)
  if (dryRun) return yield* printDryRuns(ids, settings).pipe(within(settings.timeout, "cbr show"))
  const many = ids.length > 1 || ids.includes("-")
  const printer = yield* backupPrinter(many, preferred)
  const fetched = (word: string) =>
    parseRef(word).pipe(
      Effect.flatMap((ref) => fetchBackup(ref, settings)),
      Effect.tap(strict ? failOnDrift(word) : () => Effect.void)
    )
  if (many) return yield* showMany(fetched, input, settings.timeout, printer)
  const [word = ""] = ids
  const response = yield* fetched(word).pipe(orReportMissing(word, settings, printer))
  yield* printOne(printer, response, word)
})

/** Prints the only backup, and notes on stderr which fields a table hides. */
const printOne = Effect.fnUntraced(function* (printer: BackupPrinter, response: ShowBackupResponse, word?: string) {
  yield* printer.printBackup(response, word)
  yield* printer.end
  if (printer.format === "table") yield* noteWrongTypes(response)
})

/** The newest backup of a resource, of whatever state: a list has all that is known of it. */
const showNewest = Effect.fnUntraced(function* (
  word: string,
  settings: CallSettings,
  { strict }: ShowInput,
  preferred: FormatName | undefined
) {
  const printer = yield* backupPrinter(false, preferred)
  const { newest } = yield* findResource(word, settings).pipe(orReportMissing(word, settings, printer))
  if (strict) yield* failOnDrift(word)(newest)
  yield* printOne(printer, newest)
})

/** Waits for one backup; a metric stands for one that cannot be shown. */
const orReportMissing =
  (word: string, { debug }: CallSettings, printer: BackupPrinter) =>
  <A, R>(self: Effect.Effect<A, Failure, R>) =>
    self.pipe(
      withSlowNotice({ what: word, debug }),
      Effect.catch((failure): Effect.Effect<never, Failure | ExitWith> =>
        printer.format === "openmetrics" ? reportMissing(word, failure, printer) : Effect.fail(failure)
      )
    )

/** Prints a metric for a backup that cannot be shown. */
const reportMissing = Effect.fnUntraced(function* (word: string, failure: Failure, printer: BackupPrinter) {
  yield* printer.printFailure(word, failure)
  yield* printer.end
  return yield* new ExitWith({ exitCode: failure.exitCode })
})

const printDryRuns = (ids: ReadonlyArray<string>, settings: CallSettings) =>
  readIds(ids).pipe(
    Stream.mapEffect(parseRef),
    Stream.runForEach((ref) => Effect.andThen(printDryRun(ref, settings), untilRead))
  )

const showSaved = Effect.fnUntraced(function* (
  path: string,
  word: string | undefined,
  { strict, timeout }: ShowInput,
  preferred: FormatName | undefined
) {
  const response = yield* SavedResponseFile.read(path).pipe(within(yield* fromFlag(timeout), path))
  const { id } = response.backup
  const asked = word === undefined ? undefined : yield* parseRef(word)
  if (asked !== undefined && id !== undefined && id.toLowerCase() !== asked.backup_id.toLowerCase()) {
    return yield* Failure.of("InvalidRequest", path, ({ saved: words }) => [
      words.title,
      words.otherBackup(id),
      words.askForThat
    ])
  }
  if (strict) yield* failOnDrift(path)(response)
  const printer = yield* backupPrinter(false, preferred)
  yield* printOne(printer, response)
})

/** Fails on an answer that differs from the API's page, for `--strict`. */
const failOnDrift = (what: string) =>
  Effect.fnUntraced(function* (response: ShowBackupResponse) {
    const { drift } = response
    const [first] = drift
    if (first === undefined) return
    return yield* Failure.of("MalformedResponse", what, ({ drift: words }) => [
      words.refused,
      words.more(words.line(first), drift.length - 1),
      words.seeDrift
    ])
  })

const noteWrongTypes = Effect.fnUntraced(function* (response: ShowBackupResponse) {
  const paths = response.drift.filter(({ kind }) => kind === "WrongType").map(({ path }) => path)
  if (paths.length > 0) yield* printNote(({ drift }) => drift.note(paths))
})
