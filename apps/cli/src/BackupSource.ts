import type { ShowBackupResponse } from "@cbr/domain"
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { refOf } from "./BackupIds.ts"
import * as BackupRef from "./BackupRef.ts"
import { fromFlag, within } from "./CommandTimeout.ts"
import { fetch } from "./Connection.ts"
import type { Messages } from "./messages/Messages.ts"
import type { CallSettings } from "./Precedence.ts"
import { tellingSlow } from "./Progress.ts"
import * as SavedResponse from "./SavedResponse.ts"
import * as Settings from "./Settings.ts"
import { settingsInUse } from "./SettingsInUse.ts"
import { wrongUse } from "./WrongUse.ts"

/** What a command takes that looks at one backup, from the service or saved. */
export const sourceConfig = (messages: Messages) => ({
  id: Argument.String("ID").pipe(Argument.withDescription(messages.args.id), Argument.optional),
  from: Settings.textFlag("from", "FILE", messages.flags.from).pipe(Flag.optional),
  ...Settings.connectionFlags(messages)
})

/** The values of {@link sourceConfig} as they were given. */
export interface Source extends Settings.Given {
  readonly id: Option.Option<string>
  readonly from: Option.Option<string>
}

/** Wrong use unless exactly one of the two is there. */
export const needsOneSource = ({ from, id }: Pick<Source, "from" | "id">) =>
  Option.isSome(from) === Option.isSome(id)
    ? wrongUse(Option.isSome(from) ? "eitherIdOrFrom" : "noBackup")
    : Effect.void

/** The answer that is meant, with a name for it. */
export const readSource = Effect.fnUntraced(function* (source: Source) {
  if (Option.isSome(source.from)) {
    const path = source.from.value
    const timeout = yield* fromFlag(source.timeout)
    return { name: path, response: yield* SavedResponse.read(path).pipe(within(timeout, path)) }
  }
  const name = Option.getOrElse(source.id, () => "")
  return { name, response: yield* asked(yield* refOf(name), yield* settingsInUse(source)) }
})

/** The answer that a word means: a backup, `-` for standard input, or else a file. */
export const readWord = Effect.fnUntraced(function* (word: string, settings: CallSettings) {
  const ref = BackupRef.parse(word)
  const response: ShowBackupResponse = Option.isSome(ref)
    ? yield* asked(ref.value, settings)
    : yield* SavedResponse.read(word).pipe(within(settings.timeout, word))
  return response
})

const asked = (ref: BackupRef.BackupRef, settings: CallSettings) =>
  fetch(ref, settings).pipe(tellingSlow({ what: ref.text, debug: settings.debug }))
