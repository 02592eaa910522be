import { appendFile, mkdir, rename, symlink, writeFile } from "node:fs/promises"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as FileWatcher from "../../src/reload/FileWatcher.ts"
import { temporaryFolder } from "../TemporaryFolder.ts"

/** Counts the changes that are told of a file in a folder. */
const counted = Effect.fnUntraced(function* (folder: string) {
  const { change, watch } = yield* FileWatcher.make
  const seen = { changes: 0 }
  yield* watch([`${folder}/proxy.json`])
  yield* Effect.forkScoped(
    Effect.forever(
      Effect.andThen(
        change,
        Effect.sync(() => seen.changes++)
      )
    )
  )
  // Until the watch is there.
  while (seen.changes === 0) {
    yield* Effect.promise(() => writeFile(`${folder}/proxy.json`, "{}"))
    yield* Effect.sleep("50 millis")
  }
  yield* Effect.sleep("1 second")
  seen.changes = 0
  return seen
})

describe("watched files", () => {
  it.live("tell of a change of theirs, and of nothing else in the folder", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const seen = yield* counted(folder)
      yield* Effect.promise(() => appendFile(`${folder}/proxy.log`, "a line of the proxy's own log\n"))
      yield* Effect.sleep("1 second")
      assert.strictEqual(seen.changes, 0)
      yield* Effect.promise(() => writeFile(`${folder}/new`, "{ }"))
      yield* Effect.promise(() => rename(`${folder}/new`, `${folder}/proxy.json`))
      while (seen.changes === 0) yield* Effect.sleep("20 millis")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live("tell of a change as Kubernetes makes it, by a link behind the file", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const seen = yield* counted(folder)
      yield* Effect.promise(async () => {
        await mkdir(`${folder}/..2026_11_24`)
        await symlink("..2026_11_24", `${folder}/..data_tmp`)
        await rename(`${folder}/..data_tmp`, `${folder}/..data`)
      })
      while (seen.changes === 0) yield* Effect.sleep("20 millis")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
