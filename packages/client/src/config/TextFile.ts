import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { DetailOf } from "../errors/FailureDetails.ts"
import { failureText } from "../errors/FailureText.ts"

/**
 * The text of bytes: UTF-8, or UTF-16 behind its byte order mark, as Windows
 * PowerShell 5.1 writes it. `undefined` for any other encoding. The mark is removed; with `keepsMark`, that of UTF-8
 * stays.
 *
 * @example
 * ```ts
 * decode(new Uint8Array([0xff, 0xfe, 0x68, 0x00, 0x69, 0x00])) // "hi"
 * ```
 * @source The Unicode Standard, section 23.8: the byte order mark
 * @category Configuration
 * @since 0.2.0
 */
export const decode = (
  bytes: Uint8Array,
  { keepsMark = false }: { readonly keepsMark?: boolean } = {}
): string | undefined => {
  try {
    const encoding = encodingOf(bytes)
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: keepsMark && encoding === "utf-8" }).decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * The encoding that the first two bytes of a text tell.
 * @category Configuration
 * @since 0.2.0
 */
export const encodingOf = ([first, second]: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" => {
  if (first === 0xff && second === 0xfe) return "utf-16le"
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8"
}

/**
 * A file that could not be read as text.
 * @category Configuration
 * @since 0.2.0
 */
export class TextUnread extends Data.TaggedError("TextUnread")<{
  readonly file: string
  /** The platform's name for the reason, or `NotText`. */
  readonly reason: string
}> {
  get detail(): DetailOf<"file-not-text"> | DetailOf<"file-unreadable"> {
    const { file, reason } = this
    return reason === "NotText" ? { code: "file-not-text", file } : { code: "file-unreadable", file, reason }
  }

  override get message(): string {
    return failureText(this.detail)
  }

  /** Whether the file is as good as absent where no setting names it: it, or its folder, is not there or not open to this user. */
  get isAbsent(): boolean {
    return absences.has(this.reason)
  }
}

/** A path that leads through a file, as from a home of `/dev/null`, is a bad resource. */
const absences: ReadonlySet<string> = new Set(["NotFound", "PermissionDenied", "BadResource"])

/**
 * The text of a file, by {@link decode}.
 * @category Configuration
 * @since 0.2.0
 */
export const read = Effect.fnUntraced(function* (
  file: string
): Effect.fn.Return<string, TextUnread, FileSystem.FileSystem> {
  const bytes = yield* Effect.mapError(
    (yield* FileSystem.FileSystem).readFile(file),
    ({ reason }) => new TextUnread({ file, reason: reason._tag })
  )
  return decode(bytes) ?? (yield* new TextUnread({ file, reason: "NotText" }))
})
