import { ShowBackupResponse } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { BackupCache } from "../cache/BackupCache.ts"
import { noDirectives } from "../cache/CacheControl.ts"
import type { CacheEntry } from "../cache/CacheEntry.ts"
import { isListKey, placeOf, subjectOf, upstreamPlace } from "../cache/CacheKey.ts"
import { LimitsPolicy } from "../policy/LimitsPolicy.ts"
import { ProxyError } from "../problems/ProxyError.ts"
import { readListAnswer } from "../upstream/ListAnswer.ts"
import { Upstreams } from "../upstream/Upstreams.ts"
import type { ProjectPoller, ReadPages } from "./ProjectPoller.ts"

/** A poller that takes in what is learnt of a project. */
type Follower = Pick<ProjectPoller, "project_id" | "take" | "drop">

/** Where the pages of a project's list come from, and what else is learnt of its backups. */
export class ProjectPages extends Context.Service<ProjectPages>()("@cbr/proxy/ProjectPages", {
  make: Effect.gen(function* () {
    const backups = yield* BackupCache
    const upstreams = yield* Upstreams
    const pollers = new Map<string, Set<Follower>>()
    backups.store.onPut((key, entry) => {
      const place = placeOf(key)
      const all = isListKey(key) ? undefined : pollers.get(place)
      if (all !== undefined) for (const poller of all) tell(poller, subjectOf(key), entry)
    })

    return {
      /** Tells apart the upstreams that a project may have; `undefined` for a project that is not served. */
      placeOf: (project_id: string): string | undefined => {
        const upstream = upstreams.of(project_id)
        return upstream === undefined ? undefined : upstreamPlace(upstream, project_id)
      },
      /** The pages of a project, asked for in the turn of a caller. */
      of: (project_id: string, caller_id: string): ReadPages =>
        Effect.fnUntraced(function* (request, maxAge) {
          const now = yield* Clock.currentTimeMillis
          const { deadline_ms } = yield* LimitsPolicy
          const upstream = upstreams.of(project_id)
          if (upstream === undefined) return yield* notServed
          const directives = maxAge === undefined ? { ...noDirectives, noStore: true } : { ...noDirectives, maxAge }
          const deadline = now + deadline_ms
          const asked = { request, upstream, caller_id, directives, mayBypass: "unlimited", deadline } as const
          const { outcome } = yield* backups.show(asked)
          const { at, identity, request_id } = yield* Effect.fromResult(outcome)
          const { backups: all, page } = yield* readListAnswer(identity.body.toString(), request_id)
          return { backups: all.filter(isOf(project_id)), page, at }
        }),
      /** Takes in that the service has backups of a place no more. */
      gone: (place: string, backup_ids: ReadonlyArray<string>): Effect.Effect<void> =>
        Effect.forEach(backup_ids, (id) => backups.gone(`${place}${id.toLowerCase()}`), { discard: true }),
      /** Tells a poller what others have had fetched of backups of a place, until it is told to stop. */
      follow: (place: string, poller: Follower): (() => void) => {
        const all = pollers.get(place) ?? new Set()
        pollers.set(place, all.add(poller))
        return () => {
          all.delete(poller)
          if (all.size === 0) pollers.delete(place)
        }
      }
    }
  })
}) {
  /** Pages through the cache: what a poller has fetched is there for every caller. */
  static readonly layer = Layer.effect(this, this.make)
}

const tell = (poller: Follower, backup_id: string, entry: CacheEntry): void => {
  if (entry._tag === "Absent") return poller.drop(backup_id)
  const read = ShowBackupResponse.read(entry.identity.body.toString(), { request_id: entry.request_id })
  if (Result.isSuccess(read) && isOf(poller.project_id)(read.success)) poller.take(read.success)
}

/** Whether a backup names this project as its own: one that another project shares is not for every watcher of this one. */
const isOf =
  (project_id: string) =>
  ({ backup }: ShowBackupResponse): boolean =>
    (backup.project_id ?? project_id) === project_id

const notServed = new ProxyError({ reason: "Forbidden", message: "the proxy no longer serves this project" })
