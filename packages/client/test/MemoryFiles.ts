import { UserDirectories } from "@cbr/client"
import { Effect, FileSystem, Layer, Option, Path, PlatformError } from "effect"

/** A file: its text, and its mode and owner where those matter. */
export type MemoryFile =
  | string
  | Uint8Array
  | { readonly text: string; readonly mode: number; readonly uid?: number }
  /** A file that the platform does not open, by its name for the reason. */
  | { readonly shut: "PermissionDenied" | "BadResource" }

/** The user's number. */
export const uid = 1000

/** A file system that holds these files alone, in a home of `/home/u`; reads are counted by path. */
export const memoryFiles = (files: Readonly<Record<string, MemoryFile>> = {}, user = uid) => {
  const reads: Array<string> = []
  const held = new Map(Object.entries(files))
  const find = (path: string, method: string) => {
    const file = held.get(path)
    const fail = (_tag: "NotFound" | "PermissionDenied" | "BadResource") =>
      Effect.fail(PlatformError.systemError({ _tag, module: "FileSystem", method, pathOrDescriptor: path }))
    if (file === undefined) return fail("NotFound")
    if (typeof file === "string" || file instanceof Uint8Array) {
      return Effect.succeed({ text: file, mode: 0o600, uid })
    }
    return "shut" in file ? fail(file.shut) : Effect.succeed({ uid, ...file })
  }
  const layer = Layer.mergeAll(
    FileSystem.layerNoop({
      exists: (path) => Effect.succeed(held.has(path)),
      readFile: (path) => {
        reads.push(path)
        return Effect.map(find(path, "readFile"), ({ text }) =>
          typeof text === "string" ? new TextEncoder().encode(text) : text
        )
      },
      stat: (path) =>
        Effect.map(
          find(path, "stat"),
          ({ mode, uid }) => ({ type: "File", mode: 0o100000 | mode, uid: Option.some(uid) }) as FileSystem.File.Info
        )
    }),
    Path.layer,
    Layer.succeed(UserDirectories, { home: "/home/u", config: "/home/u/.config/cbr", hasModes: true, uid: user })
  )
  return { layer, reads, put: (path: string, file: MemoryFile) => void held.set(path, file) }
}

/** Text as Windows PowerShell 5.1 writes it to a file. */
export const utf16 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(`\ufeff${text}`, "utf16le"))
