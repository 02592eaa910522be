import {
  BackupClient,
  ErrorTable,
  latestBackup,
  type LatestBackupOptions,
  type ResourceFilter,
  type ShowBackupError
} from "@cbr/client"
import type { ResourceBackups, ShowBackupResponse } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { failureOf } from "../failures/ClientFailure.ts"
import { Failure } from "../failures/Failure.ts"
import { isResourceId } from "../values/isResourceId.ts"
import { within } from "./CommandTimeout.ts"
import { type ListTarget, resolveProject, noteIncomplete, listIn } from "./ListTarget.ts"
import { withNearNames } from "./ResourceNotFound.ts"
import type { CallSettings } from "./SettingResolution.ts"

/**
 * The newest backups of a server or disk by its id or its name, with their replications, within the time of the
 * command. A word in the form of an id may still be a name. If nothing is found, the failure tells where
 * it was looked for, and near names.
 */
export const findResource = (word: string, settings: CallSettings, options?: LatestBackupOptions) =>
  Effect.flatMap(resolveProject(word, settings), (project) => findInProject(project, word, options)).pipe(
    within(settings.timeout, word)
  )

/** The id of a resource's newest backup, of whatever state. */
export const findNewestId = (word: string, settings: CallSettings) =>
  Effect.flatMap(findResource(word, settings), ({ newest }) => backupIdOf(newest, word))

/** A resource's newest backup with its id, and the filter of its newer backups. */
export const findFollowed = (word: string, settings: CallSettings) =>
  Effect.gen(function* () {
    const project = yield* resolveProject(word, settings)
    const { newest, resource_id, resource_name = word } = yield* findInProject(project, word)
    const { project_id } = project
    const filter: ResourceFilter =
      resource_id === undefined ? { project_id, resource_name } : { project_id, resource_id }
    return { id: yield* backupIdOf(newest, word), newest: newest.backup, project, filter }
  }).pipe(within(settings.timeout, word))

/** The two newest backups of a resource, the older one first. */
export const findLastTwo = (word: string, settings: CallSettings) =>
  Effect.gen(function* () {
    const project = yield* resolveProject(word, settings)
    const { resource_id, resource_name } = yield* findInProject(project, word)
    const filter = resource_id === undefined ? { resource_name: resource_name ?? word } : { resource_id }
    const [newest, before] = yield* Stream.runCollect(
      Stream.take(listIn(project, { ...filter, show_replication: true }, { what: word, pageSize: 10 }), 2)
    )
    if (newest !== undefined && before !== undefined) return [before, newest] as const
    return yield* Failure.of("BackupNotFound", word, ({ pick, resources }) => [
      pick(ErrorTable.BackupNotFound.title),
      resources.onlyOne,
      resources.list
    ])
  }).pipe(within(settings.timeout, word))

export const backupIdOf = (response: ShowBackupResponse | undefined, word: string): Effect.Effect<string, Failure> =>
  response?.backup.id === undefined
    ? Effect.fail(
        Failure.of("MalformedResponse", word, ({ pick, resources }) => [
          pick(ErrorTable.MalformedResponse.title),
          resources.withoutId,
          resources.list
        ])
      )
    : Effect.succeed(response.backup.id)

export const findInProject = (
  project: ListTarget,
  word: string,
  { onIncomplete = noteIncomplete, until }: LatestBackupOptions = {}
): Effect.Effect<ResourceBackups<ShowBackupResponse>, Failure> => {
  const { client, project_id, started, url } = project
  const common = { project_id, show_replication: true }
  let isWithoutCopies = false
  const options: LatestBackupOptions = {
    until,
    onIncomplete: (detail) => {
      if (detail.code === "list-without-copies") isWithoutCopies = true
      return onIncomplete(detail)
    }
  }
  const byName = latestBackup({ ...common, resource_name: word }, options)
  const found = isResourceId(word)
    ? latestBackup({ ...common, resource_id: word }, options).pipe(
        Effect.catchTag("BackupNotFound", (error) =>
          Effect.catchTag(byName, "BackupNotFound", () => Effect.fail(error))
        )
      )
    : byName
  return found.pipe(
    Effect.provideService(BackupClient, client),
    Effect.flatMap((resource) => {
      const { newest, whole } = resource
      const { id } = newest.backup
      if (!isWithoutCopies || id === undefined) return Effect.succeed(resource)
      return Effect.map(client.showBackup({ project_id, backup_id: id }), (shown) => ({
        ...resource,
        newest: shown,
        whole: whole === newest ? shown : whole
      }))
    }),
    Effect.catch((error) =>
      Effect.flatMap(failureOf(error, { what: word, url, started }), (failure) =>
        Effect.flatMap(isNoBackup(error) ? withNearNames(failure, word, project) : Effect.succeed(failure), Effect.fail)
      )
    )
  )
}

const isNoBackup = ({ detail }: ShowBackupError): boolean => detail.code === "no-backup-of-resource"
