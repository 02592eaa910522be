import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import * as Files from "../src/Files.ts"

const read = (file: string) =>
  Effect.result(
    Effect.mapError(
      FileSystem.FileSystem.use((files) => files.readFileString(file)),
      ({ reason }) => reason._tag
    )
  )

describe("files", () => {
  it.effect("are read as by Node, there or not", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const folder = yield* files.makeTempDirectoryScoped()
      yield* files.writeFileString(`${folder}/there`, "text")
      for (const name of ["there", "not-there", "no-folder/at-all", "there/below", ".", "\0"]) {
        const own = yield* Effect.provide(read(`${folder}/${name}`), Files.layer)
        assert.deepStrictEqual(own, yield* read(`${folder}/${name}`), name)
      }
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})
