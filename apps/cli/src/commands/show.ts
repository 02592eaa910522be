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
import { refOf, wordsOf } from "../BackupIds.ts"
import { fromFlag, timedOut, timeUp, within } from "../CommandTimeout.ts"
import { fetch } from "../Connection.ts"
import { plan } from "../DryRun.ts"
import { exitCodes } from "../ExitCodes.ts"
import { Ended, Failure } from "../Failure.ts"
import * as Memory from "../Memory.ts"
import { Messages } from "../messages/Messages.ts"
import type { FormatName } from "../output/FormatName.ts"
import type { CallSettings } from "../Precedence.ts"
import { type BackupPrinter, backupPrinter } from "../Printing.ts"
import { countingOnStderr, tellingSlow, uncounted } from "../Progress.ts"
import * as SavedResponse from "../SavedResponse.ts"
import * as Settings from "../Settings.ts"
import { settingsInUse } from "../SettingsInUse.ts"
import { inert } from "../TerminalText.ts"
import { wrongUse } from "../WrongUse.ts"

/** For each that is fetched at once, how many may wait for an earlier one that takes long. */
const ahead = 16

const config = (messages: Messages) => {
  const { args, flags } = messages
  return {
    ids: Argument.String("ID").pipe(Argument.withDescription(args.ids), Argument.variadic()),
    ...Settings.connectionFlags(messages),
    from: Settings.textFlag("from", "FILE", flags.from).pipe(Flag.optional),
    strict: Settings.switchFlag("strict", flags.strict),
    dryRun: Settings.switchFlag("dry-run", flags.dryRun),
    concurrency: Settings.countFlag("concurrency", { least: 1 }, flags.concurrency(8)).pipe(Flag.withDefault(8)),
    unordered: Settings.switchFlag("unordered", flags.unordered)
  }
}

interface Input extends Settings.Given {
  readonly ids: ReadonlyArray<string>
  readonly from: Option.Option<string>
  readonly strict: boolean
  readonly dryRun: boolean
  readonly concurrency: number
  readonly unordered: boolean
}

/** `cbr show`: backups from the service, or one from a saved response. */
export const show = (messages: Messages) =>
  Command.make("show", config(messages), (input) => run(input)).pipe(
    Command.validate(needsSomething),
    Command.withDescription(messages.commands.show.long),
    Command.withShortDescription(messages.commands.show.short),
    Command.withExamples(messages.commands.show.examples)
  )

/** `cbr tree`: what `show` finds, as a tree. */
export const tree = (messages: Messages) =>
  Command.make("tree", config(messages), (input) => run(input, "tree")).pipe(
    Command.validate(needsSomething),
    Command.withDescription(messages.commands.tree.long),
    Command.withShortDescription(messages.commands.tree.short),
    Command.withExamples(messages.commands.tree.examples)
  )

const needsSomething = ({ from, ids }: Input) => {
  if (Option.isNone(from)) return ids.length === 0 ? wrongUse("noBackup") : Effect.void
  return ids.length > 1 || ids.includes("-") ? wrongUse("fromIsOne") : Effect.void
}

const run = Effect.fn("show")(function* (input: Input, preferred?: FormatName) {
  const { from, ids } = input
  if (Option.isSome(from)) return yield* saved(from.value, ids[0], input, preferred)
  const settings = yield* settingsInUse(input)
  const many = ids.length > 1 || ids.includes("-")
  if (input.dryRun) return yield* dryRun(ids, settings).pipe(within(settings.timeout, "cbr show"))
  const printer = yield* backupPrinter(many, preferred)

  const shown = (word: string) =>
    refOf(word).pipe(
      Effect.flatMap((ref) => fetch(ref, settings)),
      Effect.tap(input.strict ? refuseDrift(word) : () => Effect.void)
    )
  if (!many) {
    const [word = ""] = ids
    const response = yield* shown(word).pipe(
      tellingSlow({ what: word, debug: settings.debug }),
      Effect.catch((failure): Effect.Effect<never, Failure | Ended> =>
        printer.format === "openmetrics" ? missed(word, failure, printer) : Effect.fail(failure)
      )
    )
    yield* printer.shown(response, word)
    yield* printer.end
    if (printer.format === "table") yield* noteWrongTypes(response)
    return
  }

  yield* Memory.spare
  const turns = yield* Semaphore.make(input.concurrency)
  const { timeout } = settings
  const isLate = Effect.map(Clock.currentTimeMillis, (now) => timeout !== undefined && now >= timeout.end)
  let failures = 0
  let answered = 0
  let isCut = false
  const cut = Effect.sync(() => void (isCut = true))
  const words =
    timeout === undefined ? wordsOf(ids) : Stream.interruptWhen(wordsOf(ids), Effect.andThen(timeUp(timeout), cut))
  /** What became of a word; nothing where its turn came too late. */
  const outcome = Effect.fnUntraced(function* (word: string) {
    if (yield* isLate) return yield* cut
    const result = yield* Effect.result(shown(word))
    if (Result.isSuccess(result) || !(yield* isLate)) answered++
    else yield* cut
    return { word, result }
  })
  const { stdinIsTerminal } = yield* Stdio.Stdio
  // Whoever types the ids sees what is done, and needs the line.
  const counting = ids.includes("-") && (yield* stdinIsTerminal) ? uncounted : countingOnStderr
  yield* counting(
    (count) =>
      words.pipe(
        Stream.mapEffect((word) => turns.withPermit(outcome(word)), {
          concurrency: input.unordered ? input.concurrency : input.concurrency * ahead,
          unordered: input.unordered
        }),
        Stream.filter((ended) => ended !== undefined),
        Stream.runForEach(({ result, word }) => {
          count(Result.isFailure(result))
          if (Result.isSuccess(result)) return printer.shown(result.success, word)
          failures++
          return printer.failed(word, result.failure)
        })
      )
    // What has been printed is whole, though the words broke off.
  ).pipe(Effect.tapError(() => printer.end))
  yield* printer.end
  if (timeout !== undefined && isCut) return yield* timedOut(timeout, "cbr show", answered)
  if (failures > 0) return yield* new Ended({ exitCode: exitCodes.SomeFailed })
})

/** To a collector of metrics a backup that cannot be shown is a figure too. */
const missed = Effect.fnUntraced(function* (word: string, failure: Failure, printer: BackupPrinter) {
  yield* printer.failed(word, failure)
  yield* printer.end
  return yield* new Ended({ exitCode: failure.exitCode })
})

const dryRun = (ids: ReadonlyArray<string>, settings: CallSettings) =>
  wordsOf(ids).pipe(
    Stream.mapEffect(refOf),
    Stream.runForEach((ref) => plan(ref, settings))
  )

const saved = Effect.fnUntraced(function* (
  path: string,
  word: string | undefined,
  { strict, timeout }: Input,
  preferred: FormatName | undefined
) {
  const response = yield* SavedResponse.read(path).pipe(within(yield* fromFlag(timeout), path))
  const { id } = response.backup
  const asked = word === undefined ? undefined : yield* refOf(word)
  if (asked !== undefined && id !== undefined && id.toLowerCase() !== asked.backup_id.toLowerCase()) {
    return yield* new Failure({
      kind: "InvalidRequest",
      tell: ({ saved: words }) => ({
        title: words.title,
        what: path,
        why: words.otherBackup(id),
        next: [words.askForThat]
      })
    })
  }
  if (strict) yield* refuseDrift(path)(response)
  const printer = yield* backupPrinter(false, preferred)
  yield* printer.shown(response)
  yield* printer.end
  if (printer.format === "table") yield* noteWrongTypes(response)
})

/** With `--strict`, an answer that departs from the API's page is not understood. */
const refuseDrift = (what: string) =>
  Effect.fnUntraced(function* (response: ShowBackupResponse) {
    const { drift } = response
    const [first] = drift
    if (first === undefined) return
    return yield* new Failure({
      kind: "MalformedResponse",
      tell: ({ drift: words }) => ({
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
  yield* Console.error(inert(drift.note(paths)))
})
