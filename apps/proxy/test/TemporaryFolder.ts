import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"

/** A folder that is gone with the scope. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "cbr-proxy-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

/** Writes files of these names and contents, and gives the path of each. */
export const written = <const Name extends string>(folder: string, files: Readonly<Record<Name, string>>) =>
  Effect.promise(async () => {
    const paths = {} as Record<Name, string>
    for (const [name, text] of Object.entries(files) as Array<[Name, string]>) {
      paths[name] = join(folder, name)
      await writeFile(paths[name], text)
    }
    return paths
  })
