import { BackupNotFound, nearestName } from "@cbr/client"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { failureOf } from "../failures/ClientFailure.ts"
import { Failure } from "../failures/Failure.ts"
import { isResourceId } from "../values/isResourceId.ts"
import { type ListTarget, listIn } from "./ListTarget.ts"

/** The failure of a search without a backup: the project and region of the search, and near names. */
export const noBackupOf = (project: ListTarget, word: string): Effect.Effect<Failure> => {
  const by = isResourceId(word) ? "resource_id" : "resource_name"
  const error = new BackupNotFound({ detail: { code: "no-backup-of-resource", by, resource: word } })
  return Effect.flatMap(failureOf(error, { what: word, url: project.url, started: project.started }), (failure) =>
    withNearNames(failure, word, project)
  )
}

/** Backups whose names are compared with the one that was not found: the newest. */
const maxCompared = 1000

export const withNearNames = (failure: Failure, word: string, project: ListTarget): Effect.Effect<Failure> =>
  listIn(project, {}, { what: word }).pipe(
    Stream.take(maxCompared),
    Stream.runCollect,
    // The command reports the first failure alone.
    Effect.catch(() => Effect.succeed([])),
    Effect.map((compared) => {
      const near = nearNames(word, [...new Set(compared.flatMap(({ backup }) => backup.resource_name ?? []))])
      const { render } = failure
      return new Failure({
        ...failure,
        render: (messages) => ({
          ...render(messages),
          what: messages.resources.searched(word, project.project_id, project.region),
          next: [
            ...near.map((name) => messages.resources.near(name)),
            ...(compared.length < maxCompared ? [] : [messages.resources.compared(maxCompared)]),
            messages.resources.list
          ]
        })
      })
    })
  )

const maxNear = 3

/** Names near a word: the nearest one, and those that contain the word. */
const nearNames = (word: string, names: ReadonlyArray<string>): ReadonlyArray<string> => {
  const lower = word.toLowerCase()
  const close = nearestName(word, names)
  const holding = names.filter((name) => name.toLowerCase().includes(lower))
  return [...new Set([...(close === undefined ? [] : [close]), ...holding])].slice(0, maxNear)
}
