import { isSea } from "node:sea"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"

const quoted = (word: string) => `'${word.replaceAll("'", String.raw`'\''`)}'`

/** Makes a folder with a `cbr` that starts this program, however it was started; the scope removes it. */
export const makeCbrLauncher = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "cbr-" })
  const [, script = ""] = process.argv
  const words = isSea() ? [process.execPath] : [process.execPath, ...process.execArgv, script]
  yield* process.platform === "win32"
    ? fs.writeFileString(path.join(folder, "cbr.cmd"), `@${words.map((word) => `"${word}"`).join(" ")} %*\r\n`)
    : fs.writeFileString(path.join(folder, "cbr"), `#!/bin/sh\nexec ${words.map(quoted).join(" ")} "$@"\n`, {
        mode: 0o755
      })
  return folder
})
