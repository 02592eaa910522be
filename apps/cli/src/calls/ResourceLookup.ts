import {
  adaptive,
  BackupClient,
  BackupNotFound,
  defaultPollingPolicy,
  ErrorTable,
  type FailureDetail,
  latestBackup,
  type LatestBackupOptions,
  listBackups,
  type ListBackupsFilter,
  type ListBackupsOptions,
  nearest,
  PollingPolicy,
  type ShowBackupError,
  WaitCondition,
  waitUntil
} from "@cbr/client"
import { type BackupResp, listBackupsPath, madeAt, type ResourceBackups, type ShowBackupResponse } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { OutputOptions } from "../args/OutputOptions.ts"
import { Failure, failureOf } from "../failures/Failure.ts"
import { Messages } from "../messages/Messages.ts"
import { escapeControls } from "../text/escapeControls.ts"
import { ClientPool } from "./ClientPool.ts"
import { within } from "./CommandTimeout.ts"
import type { CallSettings } from "./SettingResolution.ts"
import { resolveTarget } from "./Target.ts"

/** A project whose backups are listed, and how it is reached. */
export interface ListedProject {
  readonly project_id: string
  readonly region: string | undefined
  readonly client: BackupClient["Service"]
  /** Address of the list. */
  readonly url: string
  readonly started: number
}

/** Where the list is that the settings mean. Opens nothing. */
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
  } satisfies ListedProject
})

/** In the place of a backup's id, which no list needs. */
const noBackup = "00000000-0000-0000-0000-000000000000"

/** Tells a reader that a list may be incomplete. */
const noteIncomplete: (detail: FailureDetail) => Effect.Effect<void> = Effect.fnUntraced(function* (detail) {
  const messages = yield* Messages
  const { errorFormat } = yield* OutputOptions
  const message = messages.detail(detail)
  yield* Console.error(
    errorFormat === "json" ? JSON.stringify({ kind: "note", message }) : escapeControls(messages.note(message))
  )
})

/** Tells a reader that a list may be incomplete, and keeps the reason for what is made of the list. */
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

/** The backups that match, as they come; fails with nothing but a `Failure`. */
export const listIn = (
  { client, project_id, started, url }: ListedProject,
  filter: Omit<ListBackupsFilter, "project_id">,
  {
    onIncomplete = noteIncomplete,
    pageSize,
    what
  }: Pick<ListBackupsOptions, "onIncomplete"> & { readonly pageSize?: number; readonly what: string }
): Stream.Stream<ShowBackupResponse, Failure> =>
  listBackups({ project_id, ...filter }, { onIncomplete, pageSize }).pipe(
    Stream.provideService(BackupClient, client),
    Stream.catch((error) => Stream.fromEffect(Effect.flatMap(failureOf(error, { what, url, started }), Effect.fail)))
  )

/** Whether a text has the form of a resource's id. */
export const isResourceId = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)

/**
 * The newest backups of a server or disk by its id or its name, with their replications, within the time of the
 * command. What has the form of an id and is none may still be a name. Where nothing is found, the failure tells where
 * it was looked for, and near names.
 */
export const findResource = (word: string, settings: CallSettings, options?: LatestBackupOptions) =>
  Effect.flatMap(resolveProject(word, settings), (project) => findIn(project, word, options)).pipe(
    within(settings.timeout, word)
  )

/** The id of a resource's newest backup, of whatever state. */
export const findNewestId = (word: string, settings: CallSettings) =>
  Effect.flatMap(findResource(word, settings), ({ newest }) => idOf(newest, word))

/** The two newest backups of a resource, the older one first. */
export const findLastTwo = (word: string, settings: CallSettings) =>
  Effect.gen(function* () {
    const project = yield* resolveProject(word, settings)
    const { resource_id, resource_name } = yield* findIn(project, word)
    const filter = resource_id === undefined ? { resource_name: resource_name ?? word } : { resource_id }
    const [newest, before] = yield* Stream.runCollect(
      Stream.take(listIn(project, { ...filter, show_replication: true }, { what: word, pageSize: 10 }), 2)
    )
    if (newest !== undefined && before !== undefined) return [before, newest] as const
    return yield* new Failure({
      kind: "BackupNotFound",
      render: ({ pick, resources }) => ({
        title: pick(ErrorTable.BackupNotFound.title),
        what: word,
        why: resources.onlyOne,
        next: [resources.list]
      })
    })
  }).pipe(within(settings.timeout, word))

/**
 * Waits until a resource has a backup that was made after a moment, in epoch milliseconds, and gives its id. After the
 * first look a gateway's events tell of the backup; where none are offered, looks come further apart.
 */
export const awaitNewer = Effect.fnUntraced(function* (
  word: string,
  after: number,
  settings: CallSettings,
  {
    interval,
    onLook,
    untilExists
  }: {
    readonly interval: Duration.Duration
    /** Gets the newest backup of the first look, or undefined where the resource has none. */
    readonly onLook: (newest: BackupResp | undefined) => void
    readonly untilExists: boolean
  }
) {
  const project = yield* resolveProject(word, settings)
  const { client, project_id, started, url } = project
  const found = yield* findIn(project, word).pipe(
    // A server that no backup is of yet has none, where that is waited for.
    Effect.catch((failure) =>
      untilExists && failure.kind === "BackupNotFound" ? Effect.undefined : Effect.fail(failure)
    )
  )
  onLook(found?.newest.backup)
  const isNewer = ({ backup }: ShowBackupResponse): boolean => (madeAt(backup) ?? Number.NaN) / 1000 >= after
  if (found !== undefined && isNewer(found.newest)) return yield* idOf(found.newest, word)
  // A server that is built anew under its name has another id.
  const isById = found === undefined ? isResourceId(word) : found.resource_id === word
  const newer = yield* waitUntil(
    { project_id, start_time: wholeSecond(after), ...(isById ? { resource_id: word } : { resource_name: word }) },
    WaitCondition.satisfies("newer", isNewer),
    // The time limit of the command ends the wait.
    { untilExists: true, timeout: Duration.infinity }
  ).pipe(
    Effect.provideService(BackupClient, client),
    Effect.provideService(PollingPolicy, {
      ...defaultPollingPolicy,
      schedule: adaptive({ shortest: interval, longest: longestPause, longestAtRest: longestPause })
    }),
    Effect.catch((error) => Effect.flatMap(failureOf(error, { what: word, url, started }), Effect.fail))
  )
  return yield* idOf(newer, word)
})

/** A night's backup takes minutes: to look more rarely would tell of it late. */
const longestPause = Duration.seconds(30)

/** The only form of a time that the list's query takes. */
export const wholeSecond = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`

const idOf = (response: ShowBackupResponse | undefined, word: string): Effect.Effect<string, Failure> =>
  response?.backup.id === undefined
    ? Effect.fail(
        new Failure({
          kind: "MalformedResponse",
          render: ({ pick, resources }) => ({
            title: pick(ErrorTable.MalformedResponse.title),
            what: word,
            why: resources.withoutId,
            next: [resources.list]
          })
        })
      )
    : Effect.succeed(response.backup.id)

const findIn = (
  project: ListedProject,
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

/** That no backup is of a resource: where it was looked for, and near names. */
export const noBackupOf = (project: ListedProject, word: string): Effect.Effect<Failure> => {
  const by = isResourceId(word) ? "resource_id" : "resource_name"
  const error = new BackupNotFound({ detail: { code: "no-backup-of-resource", by, resource: word } })
  return Effect.flatMap(failureOf(error, { what: word, url: project.url, started: project.started }), (failure) =>
    withNearNames(failure, word, project)
  )
}

const isNoBackup = ({ detail }: ShowBackupError): boolean => detail.code === "no-backup-of-resource"

/** Backups whose names are compared with the one that was not found: the newest. */
const maxCompared = 1000

const withNearNames = (failure: Failure, word: string, project: ListedProject): Effect.Effect<Failure> =>
  listIn(project, {}, { what: word }).pipe(
    Stream.take(maxCompared),
    Stream.runCollect,
    Effect.map((all) => [...new Set(all.flatMap(({ backup }) => backup.resource_name ?? []))]),
    // The failure that is told of is the first.
    Effect.catch(() => Effect.succeed([])),
    Effect.map((names) => {
      const near = nearNames(word, names)
      const { render } = failure
      return new Failure({
        ...failure,
        render: (messages) => ({
          ...render(messages),
          what: messages.resources.searched(word, project.project_id, project.region),
          next: [...near.map((name) => messages.resources.near(name)), messages.resources.list]
        })
      })
    })
  )

const maxNear = 3

/** Names that may be meant: those that hold the word, and the nearest one. */
const nearNames = (word: string, names: ReadonlyArray<string>): ReadonlyArray<string> => {
  const lower = word.toLowerCase()
  const close = nearest(word, names)
  const holding = names.filter((name) => name.toLowerCase().includes(lower))
  return [...new Set([...(close === undefined ? [] : [close]), ...holding])].slice(0, maxNear)
}
