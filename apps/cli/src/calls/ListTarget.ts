import {
  BackupClient,
  type FailureDetail,
  listBackups,
  type ListBackupsFilter,
  type ListBackupsOptions
} from "@cbr/client"
import { listBackupsPath, type ShowBackupResponse } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { failWith } from "../failures/ClientFailure.ts"
import { Failure } from "../failures/Failure.ts"
import { printNote } from "../failures/StderrNote.ts"
import { resolveTarget } from "./CallTarget.ts"
import { ClientPool } from "./ClientPool.ts"
import type { CallSettings } from "./SettingResolution.ts"

/** A project whose backups are listed, and how it is reached. */
export interface ListTarget {
  readonly project_id: string
  readonly region: string | undefined
  readonly client: BackupClient["Service"]
  /** Address of the list. */
  readonly url: string
  readonly started: number
}

/** Resolves the project that the settings name. Opens no connection to CBR. */
export const resolveProject = Effect.fnUntraced(function* (what: string, settings: CallSettings) {
  const started = yield* Clock.currentTimeMillis
  const { addresses, request } = yield* resolveTarget({ text: what, backup_id: noBackup }, settings)
  const { project_id } = request
  return {
    project_id,
    region: addresses.region,
    client: yield* ClientPool.use(({ client }) => client(addresses, settings)),
    url: addresses.cbr + listBackupsPath({ project_id }),
    started
  } satisfies ListTarget
})

/** A backup's id for the request, which no list needs. */
const noBackup = "00000000-0000-0000-0000-000000000000"

/** Notes on stderr that a list may be incomplete. */
export const noteIncomplete = (detail: FailureDetail): Effect.Effect<void> =>
  printNote((messages) => messages.detail(detail))

/** Notes on stderr that a list may be incomplete, and keeps the reason for the result. */
export const listDoubt = () => {
  let reason: FailureDetail | undefined
  return {
    reason: (): FailureDetail | undefined => reason,
    onIncomplete: (detail: FailureDetail) => {
      // A list without copies has every backup; the copies are asked for one by one.
      if (detail.code !== "list-without-copies") reason = detail
      return noteIncomplete(detail)
    }
  }
}

/** The backups that match, as they come; every error is a `Failure`. */
export const listIn = (
  { client, project_id, started, url }: ListTarget,
  filter: Omit<ListBackupsFilter, "project_id">,
  {
    onIncomplete = noteIncomplete,
    pageSize,
    what
  }: Pick<ListBackupsOptions, "onIncomplete"> & { readonly pageSize?: number; readonly what: string }
): Stream.Stream<ShowBackupResponse, Failure> =>
  listBackups({ project_id, ...filter }, { onIncomplete, pageSize }).pipe(
    Stream.provideService(BackupClient, client),
    Stream.catch((error) => Stream.fromEffect(failWith(error, { what, url, started })))
  )
