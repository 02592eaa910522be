import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"

/** Time for which files must rest before they are read: an editor writes in several steps. */
const rest = Duration.millis(200)

/** The prefix of the names that Kubernetes changes in a volume; the files themselves are links that stay. */
const kubernetesMark = ".."

/**
 * Tells when files may have changed. Their folders are watched, since an
 * editor, `cbr-proxy keys` and Kubernetes each put a new file in an old one's
 * place.
 */
export const make = Effect.gen(function* () {
  const files = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const changes = yield* Queue.sliding<void>(1)
  const watchers = yield* FiberMap.make<string>()

  const watched = new Set<string>()
  /** Another file in the folder, such as the proxy's own log, tells nothing. */
  const matters = (name: string) => watched.has(name) || name.startsWith(kubernetesMark)

  /** Watches these files too, from now on. */
  const watch = Effect.fnUntraced(function* (names: ReadonlyArray<string>) {
    for (const name of names) watched.add(path.basename(name))
    for (const folder of new Set(names.map((name) => path.dirname(name)))) {
      yield* files.watch(folder).pipe(
        Stream.filter((event) => matters(path.basename(event.path))),
        Stream.runForEach(() => Queue.offer(changes, undefined)),
        Effect.catchTag("PlatformError", ({ reason }) =>
          Effect.logWarning(`${folder} cannot be watched (${reason._tag}); send SIGHUP after a change`)
        ),
        FiberMap.run(watchers, folder, { onlyIfMissing: true })
      )
    }
  })

  return {
    watch,
    /** Asks for a reading, as a change does. */
    poke: () => void Queue.offerUnsafe(changes, undefined),
    /** Succeeds after the next change, once the files have come to rest. */
    change: Effect.andThen(Queue.take(changes), Effect.andThen(Effect.sleep(rest), Effect.asVoid(Queue.clear(changes))))
  }
})
