import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, type PlatformError } from "effect"
import * as MachineFiles from "../../src/startup/FileSystem.ts"

const told = (use: (files: FileSystem.FileSystem) => Effect.Effect<unknown, PlatformError.PlatformError>) =>
  Effect.result(Effect.mapError(FileSystem.FileSystem.use(use), ({ reason }) => [reason._tag, reason.method]))

describe("files", () => {
  it.effect("are read as by Node, there or not", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const folder = yield* files.makeTempDirectoryScoped()
      yield* files.writeFileString(`${folder}/there`, "text")
      for (const name of ["there", "not-there", "no-folder/at-all", "there/below", ".", "\0"]) {
        const file = `${folder}/${name}`
        const looks = [
          told((files) => files.readFile(file)),
          told((files) => Effect.map(files.stat(file), ({ size, type }) => ({ size, type })))
        ]
        for (const look of looks)
          assert.deepStrictEqual(yield* Effect.provide(look, MachineFiles.layer), yield* look, name)
      }
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})
