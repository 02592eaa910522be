import { TextFile } from "@cbr/client"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type { PlatformError } from "effect/PlatformError"

/** A file that gave no text: why, and what to do about it. */
class FileUnread extends Data.TaggedError("FileUnread")<{
  readonly message: string
  readonly isMissing: boolean
}> {}

/** The text of a file, in UTF-8 or, with its mark, UTF-16. */
export const readText = Effect.fnUntraced(function* (file: string) {
  const files = yield* FileSystem.FileSystem
  const type = yield* Effect.option(Effect.map(files.stat(file), ({ type }) => type))
  // Opening a pipe waits for its writer, which no signal ends. A shell's `<(…)` has its writer.
  if (Option.contains(type, "FIFO") && !ofShell.test(file)) {
    return yield* new FileUnread({
      message: "it is a named pipe, to which no process may ever write: name a file",
      isMissing: false
    })
  }
  const bytes = yield* (yield* FileSystem.FileSystem)
    .readFile(file)
    .pipe(
      Effect.catchTag("PlatformError", (error) =>
        Effect.fail(new FileUnread({ message: whyUnread(error), isMissing: error.reason._tag === "NotFound" }))
      )
    )
  return TextFile.decode(bytes) ?? (yield* new FileUnread({ message: notText, isMissing: false }))
})

const ofShell = /^\/(?:dev|proc\/self)\/fd\//

/** The message about bytes that are no text. */
const notText = "it is no text in UTF-8: save it as that"

const whyUnread = ({ reason }: PlatformError): string => {
  switch (reason._tag) {
    case "NotFound":
      return "there is no such file: correct its name, or create it"
    case "PermissionDenied":
      return "this user may not: change its owner or its mode"
    default:
      return "it is no file, or its disk is in trouble: name a file"
  }
}

/** The reason for which a file cannot be written, and its remedy. */
export const writeErrorReason = ({ reason }: PlatformError): string => {
  switch (reason._tag) {
    case "NotFound":
      return "there is no such folder: correct its name, or create it"
    case "PermissionDenied":
      return "this user may not: change the owner or the mode of its folder"
    default:
      return "its folder is none, or the disk is full or in trouble"
  }
}
