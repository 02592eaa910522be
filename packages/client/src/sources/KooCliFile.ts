import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { inHome } from "../config/UserDirectories.ts"
import { sourceOf, NotConfigured } from "./CredentialSource.ts"

/**
 * KooCLI's `~/.hcloud/config.json` never serves: its secrets are encrypted for
 * KooCLI alone. It is named, so that a user of KooCLI learns why it was
 * not enough.
 * @category Credential sources
 * @since 0.2.0
 */
export const source = sourceOf(
  "KooCLI",
  Effect.gen(function* () {
    const file = yield* inHome(".hcloud", "config.json")
    const isThere =
      file !== undefined && (yield* Effect.orElseSucceed((yield* FileSystem.FileSystem).exists(file), () => false))
    return yield* new NotConfigured({
      detail: isThere ? { code: "file-of-koocli", file } : { code: "no-file", file: "~/.hcloud/config.json" }
    })
  })
)
