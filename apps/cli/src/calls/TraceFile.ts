import type { Attempt } from "@cbr/client"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { Failure } from "../failures/Failure.ts"

/** Opens the trace file, readable to its owner alone if it is new. */
export const openTraceFile = (file: string) =>
  append(file, "").pipe(
    Effect.mapError(({ reason }) =>
      Failure.of("InvalidRequest", file, ({ saved, trace }) => [
        trace.title,
        saved.reasons[reason._tag] ?? reason._tag,
        trace.checkFile
      ])
    )
  )

/** Appends an attempt to the trace file as a line of JSON. An attempt holds no secret. */
export const writeAttempt = (file: string) =>
  Effect.fnUntraced(function* ({ duration, wait, ...attempt }: Attempt) {
    const line = {
      time: DateTime.formatIso(yield* DateTime.now),
      ...attempt,
      duration_ms: Math.round(Duration.toMillis(duration)),
      wait_ms: wait === undefined ? undefined : Math.round(Duration.toMillis(wait))
    }
    // A full disk does not end the call.
    yield* Effect.ignore(append(file, `${JSON.stringify(line)}\n`))
  })

const append = (file: string, text: string) =>
  Effect.flatMap(FileSystem.FileSystem, (files) => files.writeFileString(file, text, { flag: "a", mode: 0o600 }))
