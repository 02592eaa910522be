import { constants, createReadStream, openSync, statSync } from "node:fs"
import { Socket } from "node:net"
import { defaultResiliencePolicy, TextFile } from "@cbr/client"
import { ShowBackupResponse, unreadableText } from "@cbr/domain"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import type { PlatformError } from "effect/PlatformError"
import * as Result from "effect/Result"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { Failure } from "../failures/Failure.ts"
import type { Messages } from "../messages/Messages.ts"

/**
 * Reads an answer of the service from a file, or from standard input if the path is `-`. The limits are those of an
 * answer from the network.
 */
export const read = Effect.fnUntraced(function* (path: string) {
  const misread = (why: (messages: Messages) => string) => fileFailure("MalformedResponse", path, why, "saveAgain")
  const raw = yield* readText(path, misread)
  return yield* Effect.fromResult(
    Result.mapError(ShowBackupResponse.read(raw), ({ fault }) => misread(({ pick }) => pick(unreadableText(fault))))
  )
})

type Title = (messages: Messages) => string

/** A kind of file other than a saved response: the title of its failures, and the advice if it cannot be read. */
export interface FileKind {
  readonly title?: Title
  readonly next?: "checkFile" | "checkNames"
}

const usualTitle: Title = ({ saved }) => saved.title

/** The failure of a file, or of standard input for `-`: its reason and its advice. */
export const fileFailure = (
  kind: "InvalidRequest" | "MalformedResponse" | "ResponseTooLarge",
  path: string,
  why: (messages: Messages) => string,
  next: "checkFile" | "checkNames" | "saveAgain" | "saveListAgain",
  title: Title = usualTitle
): Failure =>
  new Failure({
    kind,
    render: (messages) => ({
      title: title(messages),
      what: path === "-" ? messages.saved.standardInput : path,
      why: why(messages),
      next: [messages.saved[next]]
    })
  })

/** The failure of a file that is not text. */
export const notText =
  (path: string, { next = "checkFile", title = usualTitle }: FileKind = {}) =>
  (why: (messages: Messages) => string): Failure =>
    fileFailure("InvalidRequest", path, why, next, title)

/** A file as it comes, of whatever length, or standard input for `-`. */
export const readBytes = (path: string): Stream.Stream<Uint8Array, Failure, Requirements> =>
  bytesOf(path).pipe(Stream.catchTag("PlatformError", (error) => Stream.fail(unreadableFile(path, error))))

const unreadableFile = (
  path: string,
  { reason }: { readonly reason: { readonly _tag: string } },
  { next = "checkFile", title = usualTitle }: FileKind = {}
): Failure =>
  fileFailure(
    "InvalidRequest",
    path,
    ({ saved }) => saved.unreadable(saved.reasons[reason._tag] ?? reason._tag),
    next,
    title
  )

/** The whole of a file, or of standard input for `-`, as text. */
export const readText = Effect.fnUntraced(function* (
  path: string,
  misread: (why: (messages: Messages) => string) => Failure,
  kind: FileKind = {}
) {
  const bytes = yield* bytesOf(path).pipe(
    Stream.limitBytes<PlatformError | ReadError | Failure, Stdio.Stdio>(ByteSize.bytes(maxBytes), () =>
      Stream.fail(
        fileFailure(
          "ResponseTooLarge",
          path,
          ({ saved }) => saved.tooLarge(maxBytes),
          kind.next ?? "saveAgain",
          kind.title
        )
      )
    ),
    Stream.mkUint8Array,
    Effect.catchTag("PlatformError", (error) => Effect.fail(unreadableFile(path, error, kind)))
  )
  return TextFile.decode(bytes, { keepsMark: true }) ?? (yield* misread(({ saved }) => saved.notText))
})

/** The services that reading needs. */
export type Requirements = Stdio.Stdio

const maxBytes = defaultResiliencePolicy.largestBody

/** A pipe has no positions to read from, so whatever has a path is read from its start to its end. */
const bytesOf = (path: string): Stream.Stream<Uint8Array, PlatformError | ReadError, Stdio.Stdio> =>
  path === "-"
    ? Stream.unwrap(Effect.map(Stdio.Stdio, ({ stdin }) => stdin))
    : Stream.suspend(() => Stream.fromAsyncIterable<Uint8Array, ReadError>(opened(path), unreadable))

/**
 * Node opens a named pipe on a thread, which waits for a writer and cannot be stopped, nor the program that it belongs
 * to.
 */
const opened = (path: string): AsyncIterable<Uint8Array> =>
  statSync(path, { throwIfNoEntry: false })?.isFIFO() === true
    ? new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false })
    : createReadStream(path)

/** The reason why a file cannot be read, by the platform's name. */
interface ReadError {
  readonly _tag: "PlatformError"
  readonly reason: { readonly _tag: string }
}

const unreadable = (error: unknown): ReadError => {
  const code = (error as NodeJS.ErrnoException).code ?? "Unknown"
  return { _tag: "PlatformError", reason: { _tag: names[code] ?? code } }
}

const names: Readonly<Record<string, string>> = {
  ENOENT: "NotFound",
  ENOTDIR: "NotFound",
  EACCES: "PermissionDenied",
  EPERM: "PermissionDenied",
  EISDIR: "BadResource"
}
