import * as Argument from "effect/cli/Argument"
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { connectionFlags } from "../args/ConnectionFlags.ts"
import * as Flags from "../args/Flags.ts"
import { fetchBackup } from "../calls/CallTarget.ts"
import { resolveSettings } from "../calls/CommandSettings.ts"
import { fromFlag, within } from "../calls/CommandTimeout.ts"
import type { CallSettings } from "../calls/SettingResolution.ts"
import type { Messages } from "../messages/Messages.ts"
import { withSlowNotice } from "../terminal/Progress.ts"
import * as BackupRef from "../values/BackupRef.ts"
import { parseRef } from "./BackupIdInput.ts"
import * as SavedResponseFile from "./SavedResponseFile.ts"

/** The arguments and flags of a command on one backup, from the service or saved. */
export const backupInputFlags = (messages: Messages) => ({
  id: Argument.String("ID").pipe(Argument.withDescription(messages.args.id), Argument.optional),
  from: Flags.textFlag("from", "FILE", messages.flags.from).pipe(Flag.optional),
  ...connectionFlags(messages)
})

/** The values of {@link backupInputFlags}. */
export type BackupInput = Command.Command.Config.Infer<ReturnType<typeof backupInputFlags>>

/** Reads the response of the service, or the saved one. */
export const readInput = Effect.fnUntraced(function* (source: BackupInput) {
  if (Option.isNone(source.from)) {
    const ref = yield* parseRef(Option.getOrElse(source.id, () => ""))
    return yield* fetchRef(ref, yield* resolveSettings(source))
  }
  const path = source.from.value
  return yield* SavedResponseFile.read(path).pipe(within(yield* fromFlag(source.timeout), path))
})

/** Reads the response of a word: a backup, `-` for standard input, else a file. */
export const readBackup = Effect.fnUntraced(function* (word: string, settings: CallSettings) {
  const ref = BackupRef.parse(word)
  return Option.isSome(ref)
    ? yield* fetchRef(ref.value, settings)
    : yield* SavedResponseFile.read(word).pipe(within(settings.timeout, word))
})

const fetchRef = (ref: BackupRef.BackupRef, settings: CallSettings) =>
  fetchBackup(ref, settings).pipe(withSlowNotice({ what: ref.text, debug: settings.debug }))
