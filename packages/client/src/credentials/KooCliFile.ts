import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import { type Link, NotHere } from "./Link.ts"
import { UserFolders } from "./UserFolders.ts"

/**
 * KooCLI's `~/.hcloud/config.json` never serves: its secrets are encrypted for
 * KooCLI alone. It is named, so that who configured KooCLI knows why that was
 * not enough.
 */
export const link: Link<FileSystem.FileSystem | Path.Path | UserFolders, "KooCLI"> = {
  place: "KooCLI",
  open: Effect.gen(function* () {
    const { home } = yield* UserFolders
    const file = home === undefined ? undefined : (yield* Path.Path).join(home, ".hcloud", "config.json")
    const isThere =
      file !== undefined && (yield* Effect.orElseSucceed((yield* FileSystem.FileSystem).exists(file), () => false))
    return yield* new NotHere({
      detail: isThere ? { code: "file-of-koocli", file } : { code: "no-file", file: "~/.hcloud/config.json" }
    })
  })
}
