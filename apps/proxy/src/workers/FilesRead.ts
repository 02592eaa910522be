import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as PlatformError from "effect/PlatformError"

/** Files by path, as a reading found them. */
export type FilesRead = Readonly<Record<string, string>>

/** A file system that remembers the text of each file as it was last read. */
export const remembering = (
  files: FileSystem.FileSystem
): { readonly fileSystem: FileSystem.FileSystem; readonly read: () => FilesRead } => {
  const texts = new Map<string, string>()
  return {
    fileSystem: {
      ...files,
      readFileString: (path, encoding) => {
        texts.delete(path)
        return Effect.tap(files.readFileString(path, encoding), (text) => Effect.sync(() => void texts.set(path, text)))
      }
    },
    read: () => Object.fromEntries(texts)
  }
}

/** A file system of these texts and nothing else. */
export const replaying = (read: FilesRead): FileSystem.FileSystem =>
  FileSystem.makeNoop({
    readFileString: (path) => {
      const text = Object.hasOwn(read, path) ? read[path] : undefined
      return text === undefined
        ? Effect.fail(
            PlatformError.systemError({
              _tag: "NotFound",
              module: "FileSystem",
              method: "readFileString",
              pathOrDescriptor: path
            })
          )
        : Effect.succeed(text)
    }
  })
