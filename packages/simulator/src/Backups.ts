import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Account } from "./Account.ts"
import type { Fixture, Timeline } from "./Fixture.ts"

interface Stored {
  readonly timeline: Timeline
  firstAsked?: number
}

/** The backups that exist. An id is compared without regard to case, as UUIDs are. */
export class Backups extends Context.Service<
  Backups,
  {
    readonly find: (project_id: string, backup_id: string) => Effect.Effect<Fixture | undefined>
    /** Adds a backup, or replaces the one of the same project and id. */
    readonly put: (...timeline: Timeline) => Effect.Effect<void>
    readonly remove: (backup_id: string) => Effect.Effect<void>
    /** The current answer of each backup of a project, in no order. To list a backup starts no timeline. */
    readonly all: (project_id: string) => Effect.Effect<ReadonlyArray<Fixture>>
  }
>()("@cbr/simulator/Backups") {
  static readonly layer = (initial: Iterable<Timeline>) =>
    Layer.effect(
      Backups,
      Effect.gen(function* () {
        const {
          projects: [defaultProject]
        } = yield* Account
        const stored = new Map<string, Stored>()
        const keyOf = (project_id: string, backup_id: string) => `${project_id}/${backup_id.toLowerCase()}`
        const put = (...timeline: Timeline) => {
          const [{ backup_id, project_id = defaultProject.id }] = timeline
          stored.set(keyOf(project_id, backup_id), { timeline })
        }
        for (const timeline of initial) put(...timeline)
        const fixtureAt = ({ firstAsked, timeline: [first, ...steps] }: Stored, now: number): Fixture =>
          steps.findLast(({ after }) => firstAsked !== undefined && Duration.toMillis(after) <= now - firstAsked)
            ?.fixture ?? first
        return Backups.of({
          find: (project_id, backup_id) =>
            Effect.map(Clock.currentTimeMillis, (now) => {
              const backup = stored.get(keyOf(project_id, backup_id))
              if (backup === undefined) return undefined
              backup.firstAsked ??= now
              return fixtureAt(backup, now)
            }),
          all: (project_id) =>
            Effect.map(Clock.currentTimeMillis, (now) =>
              Array.from(stored)
                .filter(([key]) => key.startsWith(`${project_id}/`))
                .map(([, backup]) => fixtureAt(backup, now))
            ),
          put: (...timeline) => Effect.sync(() => put(...timeline)),
          remove: (backup_id) =>
            Effect.sync(() => {
              for (const key of stored.keys()) if (key.endsWith(`/${backup_id.toLowerCase()}`)) stored.delete(key)
            })
        })
      })
    )
}
