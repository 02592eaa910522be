import type { ListBackupsFilter } from "@cbr/client"
import {
  type BackupResp,
  Fleet,
  ImageType,
  matchesListBackups,
  newestFirst,
  type ShowBackupResponse
} from "@cbr/domain"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { withHelp } from "../../args/CommandHelp.ts"
import { connectionFlags } from "../../args/ConnectionFlags.ts"
import * as Flags from "../../args/Flags.ts"
import { OutputOptions } from "../../args/OutputOptions.ts"
import { resolveSettings } from "../../calls/CommandSettings.ts"
import { fromFlag, within } from "../../calls/CommandTimeout.ts"
import { listDoubt, listIn, resolveProject } from "../../calls/ListTarget.ts"
import { rememberNames } from "../../calls/ResourceNameCache.ts"
import { noBackupOf } from "../../calls/ResourceNotFound.ts"
import { exitCodes } from "../../exit/ExitCodes.ts"
import { ExitWith } from "../../exit/ExitWith.ts"
import type { Failure } from "../../failures/Failure.ts"
import { invalidRequestFailure } from "../../failures/InvalidRequestFailure.ts"
import { printNote } from "../../failures/StderrNote.ts"
import { readPointInTime } from "../../input/PointInTimeInput.ts"
import { readSavedList } from "../../input/SavedListFile.ts"
import type { Messages } from "../../messages/Messages.ts"
import { type BackupPrinter, backupPrinter, printNext } from "../../output/Printer.ts"
import * as V8Flags from "../../startup/V8Flags.ts"
import { withProgress } from "../../terminal/Progress.ts"
import type { FormatName } from "../../values/FormatName.ts"
import { isResourceId } from "../../values/isResourceId.ts"
import { wholeSecond } from "../../values/pointInTime.ts"
import { texts } from "./texts.ts"

const config = (messages: Messages) => {
  const own = messages.pick(texts).flags
  return {
    resource: Flags.flagWithoutVariable("resource", "NAME|ID", own.resource),
    vault: Flags.flagWithoutVariable("vault", "ID", own.vault),
    status: Flag.String("status").pipe(Flag.withMetavar("STATUS,…"), Flag.withDescription(own.status), Flag.atLeast(0)),
    since: Flags.flagWithoutVariable("since", "WHEN", own.since),
    until: Flags.flagWithoutVariable("until", "WHEN", own.until),
    name: Flags.flagWithoutVariable("name", "NAME", own.name),
    type: Flags.flagWithoutVariable("type", "TYPE", own.type),
    imageType: Flag.Literals("image-type", ImageType.members).pipe(Flag.withDescription(own.imageType), Flag.optional),
    replications: Flag.Boolean("replications").pipe(Flag.withDescription(own.replications), Flag.withDefault(true)),
    limit: Flags.countFlag("limit", { min: 1, hasVariable: false }, own.limit).pipe(Flag.optional),
    latest: Flag.Boolean("latest").pipe(Flag.withDescription(own.latest), Flag.withDefault(false)),
    from: Flags.textFlag("from", "FILE", own.from).pipe(Flag.optional),
    ...connectionFlags(messages)
  }
}

type Input = Command.Command.Config.Infer<ReturnType<typeof config>>

type Filter = Omit<ListBackupsFilter, "project_id">

/** `cbr list`: the backups of a project, the newest first. */
export const list = (messages: Messages) =>
  Command.make("list", config(messages), (input) => run(input)).pipe(withHelp(messages.pick(texts)))

const run = Effect.fn("list")(function* (input: Input) {
  const filter = yield* filterOf(input)
  const limit = Option.getOrElse(input.limit, () => Number.POSITIVE_INFINITY)
  // A long list passes through: the process holds one page.
  yield* V8Flags.optimizeForSize
  const printer = yield* listPrinter
  // The service's own object has no verdict.
  const isJudged = ["table", "tree", "openmetrics"].includes(printer.format)
  const printed = (backups: Stream.Stream<ShowBackupResponse, Failure>) =>
    withProgress((count) =>
      Effect.gen(function* () {
        const counted = Stream.tap(backups, () => Effect.sync(() => count(false)))
        const chosen = input.latest ? Stream.fromIterableEffect(latestOf(counted)) : counted
        let hasPrinted = false
        return yield* Stream.take(chosen, limit).pipe(
          Stream.tap((response) => {
            hasPrinted = true
            return printer.print(response)
          }),
          Stream.runCount,
          // The output is a whole document though the list breaks off; a list without a first backup prints nothing.
          Effect.onExit((exit) => (hasPrinted || Exit.isSuccess(exit) ? printer.end : Effect.void))
        )
      })
    )

  if (Option.isSome(input.from)) {
    const path = input.from.value
    const doubt = listDoubt()
    const saved = yield* Stream.runCollect(readSavedList(path, doubt.onIncomplete)).pipe(
      within(yield* fromFlag(input.timeout), path)
    )
    const matching = saved
      .filter(({ backup }) => matchesListBackups(filter, backup) && saysWhatIsAsked(filter, backup))
      .toSorted((one, other) => newestFirst(one.backup, other.backup))
    const count = yield* printed(Stream.fromIterable(matching))
    if (count === 0) yield* noteNone
    else if (isJudged && !matching.some(({ backup }) => (backup.replication_records ?? []).length > 0))
      yield* noteUnlisted
    if (input.latest && doubt.reason() !== undefined) return yield* new ExitWith({ exitCode: exitCodes.SomeFailed })
    return
  }
  const settings = yield* resolveSettings(input)
  const what = "cbr list"
  yield* Effect.gen(function* () {
    const project = yield* resolveProject(what, settings)
    const pageSize = input.latest ? undefined : Math.min(limit, printedPage)
    const doubt = listDoubt()
    const { onIncomplete } = doubt
    // A later completion offers the names of this list, which may take longer.
    const isEveryResource = input.latest && Object.keys(filter).length === 0
    const names = new Set<string | undefined>()
    const asked = input.replications ? { ...filter, show_replication: true } : filter
    const listed = Stream.filter(
      listIn(project, asked, { what, onIncomplete, ...(pageSize === undefined ? {} : { pageSize }) }),
      ({ backup }) => saysWhatIsAsked(filter, backup)
    )
    const count = yield* printed(
      isEveryResource
        ? Stream.tap(listed, ({ backup }) => Effect.sync(() => void names.add(backup.resource_name)))
        : listed
    )
    if (isEveryResource) yield* rememberNames(project, names)
    // A list that lacks backups may lack the latest one.
    if (input.latest && doubt.reason() !== undefined) return yield* new ExitWith({ exitCode: exitCodes.SomeFailed })
    if (count > 0) return yield* isJudged && !input.replications ? noteUnlisted : Effect.void
    if (Option.isSome(input.resource))
      return yield* Effect.flatMap(noBackupOf(project, input.resource.value), Effect.fail)
    yield* noteNone
  }).pipe(within(settings.timeout, what))
})

/**
 * Whether a backup has every field that the filter asks for. A server may not know a filter, and a saved list has none.
 */
const saysWhatIsAsked = (filter: Filter, backup: BackupResp): boolean =>
  (["resource_id", "resource_name", "vault_id", "status", "name", "resource_type", "image_type"] as const).every(
    (field) => filter[field] === undefined || backup[field] !== undefined
  )

/** Backups a page of a printed list: a page of a thousand servers with many disks takes much memory. */
const printedPage = 500

const noteNone = printNote(({ pick }) => pick(texts).none)

const noteUnlisted = printNote(({ pick }) => pick(texts).unlisted)

const filterOf = Effect.fnUntraced(function* (input: Input) {
  const now = yield* Clock.currentTimeMillis
  const momentOf = (flag: string, text: Option.Option<string>) =>
    Option.isNone(text) ? Effect.undefined : Effect.map(readPointInTime(flag, text.value, now), wholeSecond)
  const start_time = yield* momentOf("--since", input.since)
  const end_time = yield* momentOf("--until", input.until)
  const resource = Option.getOrUndefined(input.resource)
  const [first, ...others] = input.status.flatMap((text) => text.split(",")).filter((status) => status !== "")
  if (first === undefined && input.status.length > 0) return yield* noStatus(input.status.join(" "))
  const given = {
    resource_id: resource !== undefined && isResourceId(resource) ? resource : undefined,
    resource_name: resource === undefined || isResourceId(resource) ? undefined : resource,
    vault_id: Option.getOrUndefined(input.vault),
    status: first === undefined ? undefined : [first, ...others],
    start_time,
    end_time,
    name: Option.getOrUndefined(input.name),
    resource_type: Option.getOrUndefined(input.type),
    image_type: Option.getOrUndefined(input.imageType)
  }
  // The client refuses a word that the API's page does not allow, before anything is sent.
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Filter
})

/** The failure of a `--status` without a status: without the filter, `cbr list` would print every backup. */
const noStatus = (text: string) =>
  invalidRequestFailure("cbr list", ({ pick }) => [pick(texts).noStatus(text), pick(texts).giveStatus])

/** The newest backup of each resource, the newest first. */
const latestOf = Effect.fnUntraced(function* (backups: Stream.Stream<ShowBackupResponse, Failure>) {
  const fleet = new Fleet<ShowBackupResponse>(yield* DateTime.now)
  yield* Stream.runForEach(backups, (response) => Effect.sync(() => fleet.add(response)))
  return fleet
    .resources()
    .map(({ newest }) => newest)
    .sort((one, other) => newestFirst(one.backup, other.backup))
})

interface ListPrinter {
  readonly format: FormatName
  readonly print: (response: ShowBackupResponse) => Effect.Effect<void, Failure>
  readonly end: BackupPrinter["end"]
}

/** As values, without a query, a list gives the ids: to pipe them into `cbr show -`. */
const listPrinter = Effect.gen(function* () {
  const { output, query } = yield* OutputOptions
  if (output === "value" && query === undefined) {
    return {
      format: output,
      print: ({ backup }) => printNext(backup.id),
      end: Effect.void
    } satisfies ListPrinter
  }
  const printer = yield* backupPrinter(true)
  return {
    format: printer.format,
    print: (response) => printer.printBackup(response),
    end: printer.end
  } satisfies ListPrinter
})
