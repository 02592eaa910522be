import { defaultResiliencePolicy } from "@cbr/client"
import { ShowBackupResponse } from "@cbr/domain"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import * as Result from "effect/Result"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { Failure } from "./Failure.ts"
import { Messages } from "./messages/Messages.ts"

/**
 * Reads an answer of the service from a file, or from standard input when the
 * path is `-`, within the limits that hold for one from the network.
 */
export const read = Effect.fnUntraced(function* (path: string) {
  const { saved } = yield* Messages
  const misread = (why: string) =>
    new Failure({
      kind: "MalformedResponse",
      title: saved.title,
      what: nameOf(path, saved.standardInput),
      why,
      next: [saved.saveAgain]
    })
  const raw = yield* readText(path, misread)
  return yield* Effect.fromResult(Result.mapError(ShowBackupResponse.read(raw), ({ message }) => misread(message)))
})

const nameOf = (path: string, standardInput: string): string => (path === "-" ? standardInput : path)

/** The whole of a file, or of standard input for `-`, as text. */
export const readText = Effect.fnUntraced(function* (path: string, misread: (why: string) => Failure) {
  const { saved } = yield* Messages
  const what = nameOf(path, saved.standardInput)
  const bytes = yield* bytesOf(path).pipe(
    Stream.limitBytes<PlatformError | Failure, FileSystem.FileSystem | Stdio.Stdio>(ByteSize.bytes(largest), () =>
      Stream.fail(
        new Failure({
          kind: "ResponseTooLarge",
          title: saved.title,
          what,
          why: saved.tooLarge(largest),
          next: [saved.saveAgain]
        })
      )
    ),
    Stream.mkUint8Array,
    Effect.catchTag("PlatformError", ({ reason }) =>
      Effect.fail(
        new Failure({
          kind: "InvalidRequest",
          title: saved.title,
          what,
          why: saved.unreadable(saved.reasons[reason._tag] ?? reason._tag),
          next: [saved.checkFile]
        })
      )
    )
  )
  return yield* Effect.try({
    // A byte order mark is part of the file; the domain minds it.
    try: () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
    catch: () => misread(saved.notText)
  })
})

/** What reading takes of the platform. */
export type Reading = FileSystem.FileSystem | Stdio.Stdio

const largest = defaultResiliencePolicy.largestBody

const bytesOf = (path: string): Stream.Stream<Uint8Array, PlatformError, FileSystem.FileSystem | Stdio.Stdio> =>
  path === "-"
    ? Stream.unwrap(Effect.map(Stdio.Stdio, ({ stdin }) => stdin))
    : Stream.unwrap(Effect.map(FileSystem.FileSystem, (files) => files.stream(path)))
