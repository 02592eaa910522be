import { hash } from "node:crypto"
import { promisify } from "node:util"
import { gzip } from "node:zlib"
import { FleetDigestBuilder } from "@cbr/board/contract"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { FetchError } from "../cache/CacheResult.ts"
import { ActiveConfiguration } from "../reload/ActiveConfiguration.ts"
import { ProjectPollerRegistry } from "./ProjectPollerRegistry.ts"
import { untilReady } from "./untilReady.ts"
import type { ProjectState, WatchedProject } from "./WatchedProject.ts"

/** A project's fleet as it goes over the wire. */
export interface FleetAnswer {
  readonly body: Uint8Array
  /** Of the uncompressed body, quoted. */
  readonly etag: string
  /** The body compressed; other requests have their turns meanwhile. */
  readonly compressed: Effect.Effect<Uint8Array>
}

interface Made extends FleetAnswer {
  readonly position: number
  readonly incomplete: boolean
  readonly expected: ReadonlyArray<string>
  /** Milliseconds since 1970. */
  readonly at: number
}

/** The newest digest of a list, and the turn of the request that makes it. */
interface Kept {
  readonly turn: Semaphore.Semaphore
  made?: Made
}

/** A digest of the same list says another thing when an expiry has passed; it is made anew after so many milliseconds. */
const maxAge = 60_000

/** Backups that are judged before other requests have their turn: a few milliseconds' worth. */
const atOnce = 500

/**
 * Digests of projects for the page for people, from what their pollers know. A digest is made once for each state of a
 * list, for all callers, so its cost is bounded as the poller's looks are.
 */
export class FleetDigests extends Context.Service<FleetDigests>()("@cbr/proxy/FleetDigests", {
  make: Effect.gen(function* () {
    const snapshots = yield* ActiveConfiguration
    const projects = yield* ProjectPollerRegistry
    const kept = new WeakMap<WatchedProject, Kept>()

    const make = Effect.fnUntraced(function* (watch: WatchedProject, before: Made | undefined) {
      const { project_id } = watch
      const expected = snapshots.now().configuration.projects[project_id]?.expect ?? none
      const { complete, failure, position } = watch.state.current()
      const incomplete = !complete || failure !== undefined
      const at = yield* Clock.currentTimeMillis
      if (
        before !== undefined &&
        before.expected === expected &&
        before.position === position &&
        before.incomplete === incomplete &&
        at - before.at < maxAge
      ) {
        return before
      }
      const now = DateTime.makeUnsafe(at)
      const readAt = DateTime.makeUnsafe(watch.readAt)
      const reader = new FleetDigestBuilder({ project_id, now, readAt, expected, incomplete })
      let judged = 0
      for (const backup of watch.inventory.backups()) {
        reader.add(backup)
        if (++judged % atOnce === 0) yield* Effect.yieldNow
      }
      const body = Buffer.from(JSON.stringify(reader.digest()))
      const compressed = yield* Effect.cached(Effect.promise(() => gzipped(body)))
      const etag = `"${hash("sha256", body, "base64url")}"`
      return { body, etag, compressed, expected, incomplete, position, at } satisfies Made
    })

    return {
      /** The digest of a project, once its whole list has been read, or for as much of it as has been read by then. */
      of: Effect.fnUntraced(function* (
        project_id: string,
        caller_id: string,
        patience: number
      ): Effect.fn.Return<FleetAnswer, FetchError, Scope.Scope> {
        const watch = yield* projects.of({ project_id }, caller_id)
        const read = yield* Effect.timeoutOrElse(settled(watch), {
          duration: Duration.millis(patience),
          orElse: () => Effect.sync(() => watch.state.current())
        })
        if (!read.isOpen && read.failure !== undefined) return yield* Effect.fail(read.failure.error)
        const own: Kept = kept.get(watch) ?? { turn: Semaphore.makeUnsafe(1) }
        kept.set(watch, own)
        return yield* own.turn.withPermit(
          Effect.suspend(() => Effect.map(make(watch, own.made), (made) => (own.made = made)))
        )
      })
    }
  })
}) {
  static readonly layer = Layer.effect(this, this.make)
}

const none: ReadonlyArray<string> = []

const gzipped = promisify(gzip)

/** The state of a list once it has been read to its end, or cannot be. */
const settled = ({ state }: Pick<WatchedProject, "state">): Effect.Effect<ProjectState> =>
  untilReady(() => {
    const now = state.current()
    return now.isRead || now.failure !== undefined ? Effect.succeed(now) : undefined
  }, state.listen)
