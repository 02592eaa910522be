import { statSync } from "node:fs"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import { type PlatformError, systemError } from "effect/PlatformError"

/**
 * The machine's files. That one is not there, as `profiles.json` mostly is not, is seen without a thread of Node's: to
 * start those takes longer than to sign a request.
 */
export const layer: Layer.Layer<FileSystem.FileSystem> = Layer.effect(
  FileSystem.FileSystem,
  Effect.map(FileSystem.FileSystem, (files) => ({
    ...files,
    stat: (path) => ifThere(path, "stat", files.stat(path)),
    readFile: (path) => ifThere(path, "readFile", files.readFile(path))
  }))
).pipe(Layer.provide(NodeFileSystem.layer))

const ifThere = <A>(
  path: string,
  method: string,
  use: Effect.Effect<A, PlatformError>
): Effect.Effect<A, PlatformError> =>
  Effect.suspend(() =>
    isMissing(path)
      ? Effect.fail(systemError({ module: "FileSystem", method, _tag: "NotFound", pathOrDescriptor: path }))
      : use
  )

const isMissing = (path: string): boolean => {
  try {
    statSync(path)
    return false
  } catch (error) {
    // What else keeps it from being read is told by the reading.
    return (error as NodeJS.ErrnoException).code === "ENOENT"
  }
}
