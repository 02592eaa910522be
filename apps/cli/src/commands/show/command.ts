import type { ShowBackupResponse } from "@cbr/domain"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { type CommandHelp, withHelp } from "../../args/CommandHelp.ts"
import { connectionFlags, type ConnectionFlags } from "../../args/ConnectionFlags.ts"
import * as Flags from "../../args/Flags.ts"
import { requireOneSelector, resourceFlag } from "../../args/ResourceFlag.ts"
import { usageError } from "../../args/UsageError.ts"
import { resolveSettings } from "../../calls/CommandSettings.ts"
import { fromFlag, timedOut, timeUp, within } from "../../calls/CommandTimeout.ts"
import { findResource } from "../../calls/ResourceLookup.ts"
import type { CallSettings } from "../../calls/SettingResolution.ts"
import { fetchBackup } from "../../calls/Target.ts"
import { exitCodes } from "../../exit/ExitCodes.ts"
import { ExitWith } from "../../exit/ExitWith.ts"
import { Failure } from "../../failures/Failure.ts"
import { parseRef, readIds } from "../../input/BackupIdInput.ts"
import * as SavedResponse from "../../input/SavedResponse.ts"
import { Messages } from "../../messages/Messages.ts"
import { type BackupPrinter, backupPrinter } from "../../output/Printer.ts"
import * as V8Flags from "../../startup/V8Flags.ts"
import { withProgress, withSlowNotice, withoutProgress } from "../../terminal/Progress.ts"
import { escapeControls } from "../../text/escapeControls.ts"
import type { FormatName } from "../../values/FormatName.ts"
import { printDryRun } from "./DryRun.ts"
import { texts } from "./texts.ts"

/** How many answers may wait for a slow earlier one, for each concurrent fetch. */
const readAhead = 16

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
export interface ShowInput extends ConnectionFlags {
  readonly ids: ReadonlyArray<string>
  readonly resource: Option.Option<string>
  readonly from: Option.Option<string>
  readonly strict: boolean
  readonly dryRun: boolean
  readonly concurrency: number
  readonly unordered: boolean
}

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
  const { from, ids } = input
  if (Option.isSome(from)) return yield* showSaved(from.value, ids[0], input, preferred)
  const settings = yield* resolveSettings(input)
  if (Option.isSome(input.resource)) return yield* showNewest(input.resource.value, settings, input, preferred)
  const many = ids.length > 1 || ids.includes("-")
  if (input.dryRun) return yield* dryRun(ids, settings).pipe(within(settings.timeout, "cbr show"))
  const printer = yield* backupPrinter(many, preferred)

  const shown = (word: string) =>
    parseRef(word).pipe(
      Effect.flatMap((ref) => fetchBackup(ref, settings)),
      Effect.tap(input.strict ? failOnDrift(word) : () => Effect.void)
    )
  if (!many) {
    const [word = ""] = ids
    const response = yield* shown(word).pipe(
      withSlowNotice({ what: word, debug: settings.debug }),
      Effect.catch((failure): Effect.Effect<never, Failure | ExitWith> =>
        printer.format === "openmetrics" ? reportMissing(word, failure, printer) : Effect.fail(failure)
      )
    )
    yield* printer.printBackup(response, word)
    yield* printer.end
    if (printer.format === "table") yield* noteWrongTypes(response)
    return
  }

  yield* V8Flags.optimizeForSize
  const turns = yield* Semaphore.make(input.concurrency)
  const { timeout } = settings
  const isLate = Effect.map(Clock.currentTimeMillis, (now) => timeout !== undefined && now >= timeout.end)
  let failures = 0
  let answered = 0
  let isCut = false
  const cut = Effect.sync(() => void (isCut = true))
  const words =
    timeout === undefined ? readIds(ids) : Stream.interruptWhen(readIds(ids), Effect.andThen(timeUp(timeout), cut))
  /** The outcome of one id; undefined if the time is up. */
  const outcome = Effect.fnUntraced(function* (word: string) {
    if (yield* isLate) return yield* cut
    const result = yield* Effect.result(shown(word))
    if (Result.isSuccess(result) || !(yield* isLate)) answered++
    else yield* cut
    return { word, result }
  })
  const { stdinIsTerminal } = yield* Stdio.Stdio
  // A user who types the ids sees the results, and needs the line.
  const counting = ids.includes("-") && (yield* stdinIsTerminal) ? withoutProgress : withProgress
  yield* counting(
    (count) =>
      words.pipe(
        Stream.mapEffect((word) => turns.withPermit(outcome(word)), {
          concurrency: input.unordered ? input.concurrency : input.concurrency * readAhead,
          unordered: input.unordered
        }),
        Stream.filter((ended) => ended !== undefined),
        Stream.runForEach(({ result, word }) => {
          count(Result.isFailure(result))
          if (Result.isSuccess(result)) return printer.printBackup(result.success, word)
          failures++
          return printer.printFailure(word, result.failure)
        })
      )
    // The output stays a whole document if the input fails.
  ).pipe(Effect.tapError(() => printer.end))
  yield* printer.end
  if (timeout !== undefined && isCut) return yield* timedOut(timeout, "cbr show", answered)
  if (failures > 0) return yield* new ExitWith({ exitCode: exitCodes.SomeFailed })
})

/** The newest backup of a resource, of whatever state: a list has all that is known of it. */
const showNewest = Effect.fnUntraced(function* (
  word: string,
  settings: CallSettings,
  { strict }: ShowInput,
  preferred: FormatName | undefined
) {
  const printer = yield* backupPrinter(false, preferred)
  const { newest } = yield* findResource(word, settings).pipe(
    withSlowNotice({ what: word, debug: settings.debug }),
    Effect.catch((failure): Effect.Effect<never, Failure | ExitWith> =>
      printer.format === "openmetrics" ? reportMissing(word, failure, printer) : Effect.fail(failure)
    )
  )
  if (strict) yield* failOnDrift(word)(newest)
  yield* printer.printBackup(newest)
  yield* printer.end
  if (printer.format === "table") yield* noteWrongTypes(newest)
})

/** Prints a metric for a backup that cannot be shown. */
const reportMissing = Effect.fnUntraced(function* (word: string, failure: Failure, printer: BackupPrinter) {
  yield* printer.printFailure(word, failure)
  yield* printer.end
  return yield* new ExitWith({ exitCode: failure.exitCode })
})

const dryRun = (ids: ReadonlyArray<string>, settings: CallSettings) =>
  readIds(ids).pipe(
    Stream.mapEffect(parseRef),
    Stream.runForEach((ref) => printDryRun(ref, settings))
  )

const showSaved = Effect.fnUntraced(function* (
  path: string,
  word: string | undefined,
  { strict, timeout }: ShowInput,
  preferred: FormatName | undefined
) {
  const response = yield* SavedResponse.read(path).pipe(within(yield* fromFlag(timeout), path))
  const { id } = response.backup
  const asked = word === undefined ? undefined : yield* parseRef(word)
  if (asked !== undefined && id !== undefined && id.toLowerCase() !== asked.backup_id.toLowerCase()) {
    return yield* new Failure({
      kind: "InvalidRequest",
      render: ({ saved: words }) => ({
        title: words.title,
        what: path,
        why: words.otherBackup(id),
        next: [words.askForThat]
      })
    })
  }
  if (strict) yield* failOnDrift(path)(response)
  const printer = yield* backupPrinter(false, preferred)
  yield* printer.printBackup(response)
  yield* printer.end
  if (printer.format === "table") yield* noteWrongTypes(response)
})

/** Fails on an answer that differs from the API's page, for `--strict`. */
const failOnDrift = (what: string) =>
  Effect.fnUntraced(function* (response: ShowBackupResponse) {
    const { drift } = response
    const [first] = drift
    if (first === undefined) return
    return yield* new Failure({
      kind: "MalformedResponse",
      render: ({ drift: words }) => ({
        title: words.refused,
        what,
        why: words.more(words.line(first), drift.length - 1),
        next: [words.seeDrift]
      })
    })
  })

const noteWrongTypes = Effect.fnUntraced(function* (response: ShowBackupResponse) {
  const paths = response.drift.filter(({ kind }) => kind === "WrongType").map(({ path }) => path)
  if (paths.length === 0) return
  const { drift } = yield* Messages
  yield* Console.error(escapeControls(drift.note(paths)))
})
