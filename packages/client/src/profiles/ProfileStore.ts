import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Schema from "effect/Schema"
import * as FileUpdate from "../config/FileUpdate.ts"
import { ProfileFile, read } from "./ProfileFile.ts"

/**
 * The file that stands beside the profiles while they are changed.
 * @category Profiles
 * @since 0.2.0
 */
export const lockOf = FileUpdate.lockOf

/**
 * Changes the profiles, as {@link FileUpdate.update} changes a file; they are
 * readable to their owner alone.
 * @category Profiles
 * @since 0.2.0
 */
export const update = Effect.fn("ProfileStore.update")(function* <E, R>(
  file: string,
  change: (found: ProfileFile) => Effect.Effect<ProfileFile, E, R>
) {
  yield* makeFolder((yield* Path.Path).dirname(file))
  yield* FileUpdate.update(
    file,
    Effect.fnUntraced(function* (target) {
      const profiles = yield* change((yield* read(target)) ?? { profiles: {} })
      return `${JSON.stringify(JSON.parse(yield* Effect.orDie(encode(profiles))), undefined, 2)}\n`
    })
  )
})

const encode = Schema.encodeEffect(Schema.fromJsonString(ProfileFile))

/** Makes a folder and those above it. Node's own recursion never ends where a folder takes no other, as `/proc` does not. */
const makeFolder = (folder: string): Effect.Effect<void, PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const above = (yield* Path.Path).dirname(folder)
    if (yield* fs.exists(folder)) return
    if (above !== folder) yield* makeFolder(above)
    yield* Effect.catchIf(
      fs.makeDirectory(folder, { mode: 0o700 }),
      ({ reason }) => reason._tag === "AlreadyExists",
      () => Effect.void
    )
  })
