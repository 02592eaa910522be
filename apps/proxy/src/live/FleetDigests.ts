import { hash } from "node:crypto"
import { promisify } from "node:util"
import { gzip } from "node:zlib"
import { FleetReader } from "@cbr/board/contract"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { ShowFailed } from "../cache/Shown.ts"
import { SnapshotRegistry } from "../snapshot/SnapshotRegistry.ts"
import type { ProjectStanding } from "./ProjectPoller.ts"
import { ProjectWatches, type ProjectWatch } from "./ProjectWatches.ts"

/** A project's fleet as it goes over the wire. */
export interface FleetAnswer {
  readonly body: Uint8Array
  /** Of the uncompressed body, quoted. */
  readonly etag: string
  /** The body compressed; other requests have their turns meanwhile. */
  readonly compressed: Effect.Effect<Uint8Array>
}

interface Made extends FleetAnswer {
  readonly standing: Pick<ProjectStanding, "complete" | "position">
  readonly expected: ReadonlyArray<string>
  /** Milliseconds since 1970. */
  readonly at: number
}

/** A digest of the same list says another thing when an expiry has passed; it is made anew after so many milliseconds. */
const maxAge = 60_000

/** Backups that are judged before other requests have their turn: a few milliseconds' worth. */
const atOnce = 500

/**
 * Digests of projects for the page for people, from what their pollers know. A digest is made once for each state of a
 * list, whoever asks for it, so its cost is bounded as the poller's looks are.
 */
export class FleetDigests extends Context.Service<
  FleetDigests,
  {
    /** The digest of a project, once its whole list has been read, or for as much of it as has been read by then. */
    readonly of: (
      project_id: string,
      caller_id: string,
      patience: number
    ) => Effect.Effect<FleetAnswer, ShowFailed, Scope.Scope>
  }
>()("@cbr/proxy/FleetDigests") {
  static readonly layer: Layer.Layer<FleetDigests, never, SnapshotRegistry | ProjectWatches> = Layer.effect(
    FleetDigests,
    Effect.gen(function* () {
      const snapshots = yield* SnapshotRegistry
      const projects = yield* ProjectWatches
      const kept = new WeakMap<ProjectWatch, Made>()
      const turns = new WeakMap<ProjectWatch, Semaphore.Semaphore>()

      const make = Effect.fnUntraced(function* (project_id: string, watch: ProjectWatch) {
        const expected = snapshots.now().configuration.projects[project_id]?.expect ?? none
        const { complete, position } = watch.standing.current()
        const at = yield* Clock.currentTimeMillis
        const before = kept.get(watch)
        if (
          before !== undefined &&
          before.expected === expected &&
          before.standing.position === position &&
          before.standing.complete === complete &&
          at - before.at < maxAge
        ) {
          return before
        }
        const now = DateTime.makeUnsafe(at)
        const reader = new FleetReader({ project_id, now, expected, incomplete: !complete })
        let judged = 0
        for (const backup of watch.inventory.backups()) {
          reader.add(backup)
          if (++judged % atOnce === 0) yield* Effect.yieldNow
        }
        const body = Buffer.from(JSON.stringify(reader.digest()))
        const compressed = yield* Effect.cached(Effect.promise(() => gzipped(body)))
        const etag = `"${hash("sha256", body, "base64url")}"`
        const made: Made = { body, etag, compressed, expected, standing: { complete, position }, at }
        kept.set(watch, made)
        return made
      })

      return FleetDigests.of({
        of: Effect.fnUntraced(function* (project_id, caller_id, patience) {
          const watch = yield* projects.of(project_id, caller_id)
          const read = yield* Effect.timeoutOrElse(settled(watch), {
            duration: Duration.millis(patience),
            orElse: () => Effect.sync(() => watch.standing.current())
          })
          if (!read.isOpen && read.trouble !== undefined) return yield* Effect.fail(read.trouble.error)
          const turn = turns.get(watch) ?? Semaphore.makeUnsafe(1)
          turns.set(watch, turn)
          return yield* turn.withPermits(1)(make(project_id, watch))
        })
      })
    })
  )
}

const none: ReadonlyArray<string> = []

const gzipped = promisify(gzip)

/** How a list stands once it has been read to its end, or cannot be. */
const settled = ({ standing }: Pick<ProjectWatch, "standing">): Effect.Effect<ProjectStanding> =>
  Effect.suspend(() => {
    const now = standing.current()
    return now.isRead || now.trouble !== undefined
      ? Effect.succeed(now)
      : Effect.flatMap(standing.unlike(now), () => settled({ standing }))
  })
