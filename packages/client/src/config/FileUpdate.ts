import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"

/**
 * The file that stands beside another while that is changed, as git has one beside its own.
 * @category Configuration
 * @since 0.2.0
 */
export const lockOf = (file: string): string => `${file}.lock`

const pause = Duration.millis(50)

/** Retries for a lock that is taken: five seconds in all, where a change takes some milliseconds. */
const times = 100

/**
 * The options of an update.
 * @category Configuration
 * @since 0.2.0
 */
export interface FileUpdateOptions {
  /** Whether a file that was there keeps its mode; otherwise, and when it is new, only its owner can read it. */
  readonly keepsMode?: boolean
}

/**
 * Changes a file in one step. Changes wait for each other, so that none is
 * lost, and a reader sees the old file or the new one, never half of it. The
 * file stays its owner's, whichever user makes the change; a new one that root
 * makes is of the owner of its folder.
 *
 * Fails with `AlreadyExists` of {@link lockOf} when another change does not
 * come to an end: one that was killed leaves that file, which is then to be
 * removed by hand, since only its user can know that.
 *
 * @param change the new text; it is given the file's own name, where `file` is a link to it
 * @example
 * ```ts
 * FileUpdate.update("/etc/app/list.txt", (file) => Effect.map(read(file), (text) => `${text}one more\n`))
 * ```
 * @category Configuration
 * @since 0.2.0
 */
export const update = Effect.fn("FileUpdate.update")(function* <E, R>(
  file: string,
  change: (file: string) => Effect.Effect<string, E, R>,
  { keepsMode = false }: FileUpdateOptions = {}
) {
  const fs = yield* FileSystem.FileSystem
  // A link stays one, as where settings lie under version control.
  const target = yield* Effect.orElseSucceed(fs.realPath(file), () => file)
  const folder = (yield* Path.Path).dirname(target)
  const lock = lockOf(target)
  const take = fs.writeFileString(lock, "", { mode: 0o600, flag: "wx" }).pipe(
    Effect.tapError((error) => (isTaken(error) ? Effect.interruptible(Effect.sleep(pause)) : Effect.void)),
    Effect.retry({ times, while: isTaken })
  )
  /** The owner and the mode of the file that is there. */
  const settle = Effect.gen(function* () {
    const before = Option.getOrUndefined(yield* Effect.option(fs.stat(target)))
    const { gid, uid } = yield* fs.stat(lock)
    const isRoot = Option.contains(uid, 0)
    const owner = before ?? (isRoot ? yield* fs.stat(folder) : undefined)
    if (owner !== undefined && !(same(owner.uid, uid) && same(owner.gid, gid))) {
      yield* fs.chown(
        lock,
        Option.getOrElse(owner.uid, () => 0),
        Option.getOrElse(owner.gid, () => 0)
      )
    }
    if (keepsMode && before !== undefined) yield* fs.chmod(lock, before.mode & 0o777)
  })
  const save = Effect.gen(function* () {
    const text = yield* change(target)
    // The mode again: the lock may have been removed by hand.
    yield* fs.writeFileString(lock, text, { mode: 0o600 })
    yield* settle
    // The lock becomes the new file: to let go of it and to be done are one.
    yield* fs.rename(lock, target)
  })
  yield* Effect.uninterruptible(
    Effect.andThen(
      take,
      Effect.onError(save, () => Effect.ignore(fs.remove(lock)))
    )
  )
})

const isTaken = ({ reason }: PlatformError): boolean => reason._tag === "AlreadyExists"

/** Systems without owners tell none. */
const same = (a: Option.Option<number>, b: Option.Option<number>): boolean =>
  Option.isNone(a) || Option.isNone(b) || a.value === b.value
