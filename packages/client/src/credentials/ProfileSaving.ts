import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Schema from "effect/Schema"
import { ProfileFile, read } from "./ProfileFile.ts"

/** The file that stands beside the profiles while they are changed, as git has one beside its own. */
export const lockOf = (file: string): string => `${file}.lock`

const pause = Duration.millis(50)

/** How often a lock that is taken is tried again: for five seconds, where a change takes some milliseconds. */
const times = 100

/**
 * Changes the profiles, readable to their owner alone. Changes wait for each
 * other, so that none is lost, and a reader sees the old file or the new one,
 * never half of it.
 *
 * Fails with `AlreadyExists` of {@link lockOf} when another change does not
 * come to an end: one that was killed leaves that file, which is then to be
 * removed by hand, since nobody else can know that.
 */
export const update = Effect.fn("ProfileSaving.update")(function* <E, R>(
  file: string,
  change: (found: ProfileFile) => Effect.Effect<ProfileFile, E, R>
) {
  const fs = yield* FileSystem.FileSystem
  yield* makeFolder((yield* Path.Path).dirname(file))
  // A link stays one, as where settings lie under version control.
  const target = yield* Effect.orElseSucceed(fs.realPath(file), () => file)
  const lock = lockOf(target)
  const take = fs.writeFileString(lock, "", { mode: 0o600, flag: "wx" }).pipe(
    Effect.tapError((error) => (isTaken(error) ? Effect.interruptible(Effect.sleep(pause)) : Effect.void)),
    Effect.retry({ times, while: isTaken })
  )
  const save = Effect.gen(function* () {
    const profiles = yield* change((yield* read(target)) ?? { profiles: {} })
    const text = yield* Effect.orDie(encode(profiles))
    // The mode again: the lock may have been removed by hand.
    yield* fs.writeFileString(lock, `${JSON.stringify(JSON.parse(text), undefined, 2)}\n`, { mode: 0o600 })
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

const encode = Schema.encodeEffect(Schema.fromJsonString(ProfileFile))

const isTaken = ({ reason }: PlatformError): boolean => reason._tag === "AlreadyExists"

/** Makes a folder and those above it. Node's own recursion never ends where a folder takes no other, as `/proc` does not. */
const makeFolder = (folder: string): Effect.Effect<void, PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const above = (yield* Path.Path).dirname(folder)
    if (yield* fs.exists(folder)) return
    if (above !== folder) yield* makeFolder(above)
    yield* Effect.catchIf(fs.makeDirectory(folder, { mode: 0o700 }), isTaken, () => Effect.void)
  })
