import { UserFolders } from "@cbr/client"
import { Effect, FileSystem, Layer, Option, Path, PlatformError } from "effect"

/** A file: its text, and its mode and owner where those matter. */
export type MemoryFile = string | { readonly text: string; readonly mode: number; readonly uid?: number }

/** The user's number. */
export const uid = 1000

/** A file system that holds these files alone, in a home of `/home/u`; reads are counted by path. */
export const memoryFiles = (files: Readonly<Record<string, MemoryFile>> = {}, user = uid) => {
  const reads: Array<string> = []
  const held = new Map(Object.entries(files))
  const find = (path: string, method: string) => {
    const file = held.get(path)
    return file === undefined
      ? Effect.fail(
          PlatformError.systemError({ _tag: "NotFound", module: "FileSystem", method, pathOrDescriptor: path })
        )
      : Effect.succeed(typeof file === "string" ? { text: file, mode: 0o600, uid } : { uid, ...file })
  }
  const layer = Layer.mergeAll(
    FileSystem.layerNoop({
      exists: (path) => Effect.succeed(held.has(path)),
      readFileString: (path) => {
        reads.push(path)
        return Effect.map(find(path, "readFileString"), ({ text }) => text)
      },
      stat: (path) =>
        Effect.map(
          find(path, "stat"),
          ({ mode, uid }) => ({ type: "File", mode: 0o100000 | mode, uid: Option.some(uid) }) as FileSystem.File.Info
        )
    }),
    Path.layer,
    Layer.succeed(UserFolders, { home: "/home/u", config: "/home/u/.config/cbr", hasModes: true, uid: user })
  )
  return { layer, reads, put: (path: string, file: MemoryFile) => void held.set(path, file) }
}
