import type { ShowBackupResponse } from "@cbr/domain"
import * as Argument from "effect/cli/Argument"
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { connectionFlags } from "../args/ConnectionFlags.ts"
import * as Flags from "../args/Flags.ts"
import { usageError } from "../args/UsageError.ts"
import { fetchBackup } from "../calls/CallTarget.ts"
import { resolveSettings } from "../calls/CommandSettings.ts"
import { fromFlag, within } from "../calls/CommandTimeout.ts"
import type { CallSettings } from "../calls/SettingResolution.ts"
import type { Messages } from "../messages/Messages.ts"
import { withSlowNotice } from "../terminal/Progress.ts"
import * as BackupRef from "../values/BackupRef.ts"
import { parseRef } from "./BackupIdInput.ts"
import * as SavedResponse from "./SavedResponse.ts"

/** The arguments and flags of a command on one backup, from the service or saved. */
export const backupInputFlags = (messages: Messages) => ({
  id: Argument.String("ID").pipe(Argument.withDescription(messages.args.id), Argument.optional),
  from: Flags.textFlag("from", "FILE", messages.flags.from).pipe(Flag.optional),
  ...connectionFlags(messages)
})

/** The values of {@link backupInputFlags}. */
export type BackupInput = Command.Command.Config.Infer<ReturnType<typeof backupInputFlags>>

/** Fails unless exactly one of the two is given. */
export const requireOneInput = ({ from, id }: Pick<BackupInput, "from" | "id">) =>
  Option.isSome(from) === Option.isSome(id)
    ? usageError(({ wrongUse }) => wrongUse.rules[Option.isSome(from) ? "eitherIdOrFrom" : "noBackup"])
    : Effect.void

/** Reads the response, and a name for it. */
export const readInput = Effect.fnUntraced(function* (source: BackupInput) {
  if (Option.isSome(source.from)) {
    const path = source.from.value
    const timeout = yield* fromFlag(source.timeout)
    return { name: path, response: yield* SavedResponse.read(path).pipe(within(timeout, path)) }
  }
  const name = Option.getOrElse(source.id, () => "")
  return { name, response: yield* fetchRef(yield* parseRef(name), yield* resolveSettings(source)) }
})

/** Reads the response of a word: a backup, `-` for standard input, else a file. */
export const readBackup = Effect.fnUntraced(function* (word: string, settings: CallSettings) {
  const ref = BackupRef.parse(word)
  const response: ShowBackupResponse = Option.isSome(ref)
    ? yield* fetchRef(ref.value, settings)
    : yield* SavedResponse.read(word).pipe(within(settings.timeout, word))
  return response
})

const fetchRef = (ref: BackupRef.BackupRef, settings: CallSettings) =>
  fetchBackup(ref, settings).pipe(withSlowNotice({ what: ref.text, debug: settings.debug }))
