import { BackupId, type ShowBackupResponse } from "@cbr/domain"
import * as Argument from "effect/cli/Argument"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import { connect } from "../Connection.ts"
import { Failure, failureOf } from "../Failure.ts"
import { Messages } from "../messages/Messages.ts"
import { formats } from "../output/formats.ts"
import * as SavedResponse from "../SavedResponse.ts"
import * as Settings from "../Settings.ts"
import { inert } from "../TerminalText.ts"

/** `cbr show`: one backup, from the service or from a saved response. */
export const show = Command.make(
  "show",
  {
    backupId: Argument.String("BACKUP_ID").pipe(
      Argument.withDescription("Id of the backup, a UUID; may be left out with --from"),
      Argument.withSchema(BackupId),
      Argument.optional
    ),
    ...Settings.flags,
    output: Flag.Literals("output", Object.keys(formats) as Array<keyof typeof formats>).pipe(
      Flag.withAlias("o"),
      Flag.withDescription("text for reading, json for the service's own answer without loss"),
      Flag.withDefault("text")
    ),
    from: Flag.String("from").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("Read a saved response instead of calling the service; - is standard input"),
      Flag.optional
    )
  },
  Effect.fn("show")(function* ({ backupId, from, output, ...given }) {
    const response = Option.isSome(from)
      ? yield* saved(from.value, backupId)
      : yield* fetched(Option.getOrThrow(backupId), given)
    const messages = yield* Messages
    const isTerminal = yield* Effect.flatMap(Stdio.Stdio, ({ stdoutIsTerminal }) => stdoutIsTerminal)
    yield* Console.log(formats[output](response, { now: yield* DateTime.now, isTerminal, messages }))
    // What JSON prints is whole; text leaves out what it could not read.
    if (output === "text") yield* noteWrongTypes(response)
  })
).pipe(
  Command.validate(({ backupId, from }) =>
    Option.isNone(backupId) && Option.isNone(from)
      ? Effect.flatMap(Messages, ({ wrongUse }) =>
          Effect.fail(new CliError.ValidationError({ message: wrongUse.noBackup }))
        )
      : Effect.void
  ),
  Command.withDescription("Show one backup: its status, resource, times, children and replications."),
  Command.withShortDescription("Show one backup"),
  Command.withExamples([
    { command: "cbr show 6df2b54c-dd62-4059-a07c-1b8f24f2725d", description: "At a glance" },
    {
      command: "cbr show 6df2b54c-dd62-4059-a07c-1b8f24f2725d -o json > backup.json",
      description: "Save the service's answer"
    },
    { command: "cbr show --from backup.json", description: "Read a saved answer, with no network and no credentials" }
  ])
)

const fetched = Effect.fnUntraced(
  function* (backup_id: string, given: Settings.Given) {
    const { client, project_id } = yield* connect(yield* Settings.resolve(given))
    return yield* client.showBackup({ project_id, backup_id })
  },
  (response, backup_id) =>
    Effect.catchIf(
      response,
      (error) => error._tag !== "Failure",
      (error) => Effect.flatMap(failureOf(error, backup_id), Effect.fail)
    )
)

const saved = Effect.fnUntraced(function* (path: string, backupId: Option.Option<string>) {
  const response = yield* SavedResponse.read(path)
  const { id } = response.backup
  if (Option.isSome(backupId) && id !== undefined && id.toLowerCase() !== backupId.value.toLowerCase()) {
    const { saved: words } = yield* Messages
    return yield* new Failure({
      kind: "InvalidRequest",
      what: words.source(path),
      why: words.otherBackup(id),
      next: words.askForThat
    })
  }
  return response
})

const noteWrongTypes = Effect.fnUntraced(function* (response: ShowBackupResponse) {
  const paths = response.drift.filter(({ kind }) => kind === "WrongType").map(({ path }) => path)
  if (paths.length === 0) return
  const { drift } = yield* Messages
  yield* Console.error(inert(drift(paths)))
})
