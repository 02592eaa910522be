import { type ListBackupsRequest, ShowBackupResponse } from "@cbr/domain"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import { BackupCache } from "../cache/BackupCache.ts"
import { isListKey, placeOf, subjectOf, upstreamPlace } from "../cache/CacheKey.ts"
import { readListAnswer } from "../upstream/ListAnswer.ts"
import { projectPollers } from "./LiveMetrics.ts"
import { makePollerMap, type PollerRead } from "./PollerMap.ts"
import { ProjectEvents } from "./ProjectEvents.ts"
import { ProjectPoller } from "./ProjectPoller.ts"
import { WatchedProject } from "./WatchedProject.ts"

/** Time that a project is still polled after its last subscriber has left, so that a reader that reconnects misses nothing. */
const idleTimeToLive = Duration.minutes(1)

/** Pollers of the projects that are watched, each from its first subscriber until a minute after its last. */
export class ProjectPollerRegistry extends Context.Service<ProjectPollerRegistry>()(
  "@cbr/proxy/ProjectPollerRegistry",
  {
    make: Effect.gen(function* () {
      const backups = yield* BackupCache
      return yield* makePollerMap({
        gauge: projectPollers,
        idleTimeToLive,
        placeAt: (upstream, { project_id }) => upstreamPlace(upstream, project_id),
        placeOfKey: (key) => (isListKey(key) ? "" : placeOf(key)),
        make: Effect.fnUntraced(function* (
          { project_id }: { readonly project_id: string },
          read: PollerRead<ListBackupsRequest>,
          place: string
        ) {
          // A backup that another project shares is not for every watcher of this one.
          const isOwn = ({ backup }: ShowBackupResponse) => (backup.project_id ?? project_id) === project_id
          const log = Math.floor((yield* Random.next) * 2 ** 40).toString(36)
          const project = new WatchedProject(project_id, new ProjectEvents(log))
          const poller = new ProjectPoller(project, (request, maxAge) =>
            Effect.gen(function* () {
              const { outcome } = yield* read(request, maxAge === undefined ? { noStore: true } : { maxAge })
              const { at, identity, request_id } = yield* Effect.fromResult(outcome)
              const { backups, page } = yield* readListAnswer(identity.body.toString(), request_id)
              return { backups: backups.filter(isOwn), page, at }
            })
          )
          const round = Effect.tap(poller.round, () =>
            Effect.forEach(project.takeGone(), (id) => backups.gone(`${place}${id.toLowerCase()}`), { discard: true })
          )
          return {
            known: project,
            round,
            learn: (key, entry) => {
              if (entry._tag === "Absent") return project.drop(subjectOf(key))
              const answer = ShowBackupResponse.read(entry.identity.body.toString(), { request_id: entry.request_id })
              if (Result.isSuccess(answer) && isOwn(answer.success)) project.take(answer.success)
            }
          }
        })
      })
    })
  }
) {
  static readonly layer = Layer.effect(this, this.make)
}
