import { ProfileFile, UserDirectories } from "@cbr/client"
import * as ByteSize from "effect/ByteSize"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import { MaxBodySize } from "effect/http/HttpIncomingMessage"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import { variable } from "../../args/Environment.ts"
import { OutputOptions } from "../../args/OutputOptions.ts"

/** Longest time for the answer: the command ends then. */
const deadline = Duration.seconds(1)

const largestBody = ByteSize.kilobytes(64)

/** The answer of the address, as of a registry at `/PACKAGE/latest`. The command prints a plain version of it alone. */
const Answer = Schema.Struct({ version: Schema.String.check(Schema.isPattern(/^\d{1,9}\.\d{1,9}\.\d{1,9}$/)) })

/**
 * The version that the profile's `version_url` names, if that is newer than `current`. The address is asked on a
 * terminal alone, once a day at most, and never where `CI` is set. Returns undefined on any failure.
 */
export const newerVersion = (current: string) =>
  Effect.gen(function* () {
    const { stderrIsTerminal, stdoutIsTerminal } = yield* OutputOptions
    if (!stdoutIsTerminal || !stderrIsTerminal || (yield* variable("CI")) !== undefined) return undefined
    const url = (yield* ProfileFile.chosen)?.profile.version_url
    if (url === undefined || !(yield* isFirstOfDay)) return undefined
    const { version } = yield* HttpClient.get(url).pipe(
      Effect.flatMap(HttpClientResponse.filterStatusOk),
      Effect.flatMap(HttpClientResponse.schemaBodyJson(Answer)),
      Effect.scoped,
      Effect.provideService(MaxBodySize, largestBody),
      Effect.timeout(deadline)
    )
    return isNewer(version, current) ? version : undefined
  }).pipe(Effect.orElseSucceed(() => undefined))

/** Whether the address was not asked within a day; it counts as asked from here on. */
const isFirstOfDay = Effect.gen(function* () {
  const files = yield* FileSystem.FileSystem
  const { config } = yield* UserDirectories
  if (config === undefined) return false
  const file = (yield* Path.Path).join(config, "version-asked")
  const now = yield* Clock.currentTimeMillis
  const last = Number(yield* Effect.orElseSucceed(files.readFileString(file), () => "NaN"))
  // A moment that lies ahead was written by a wrong clock.
  if (last <= now && now - last < Duration.toMillis(Duration.days(1))) return false
  yield* files.writeFileString(file, String(now), { mode: 0o600 })
  return true
})

const isNewer = (version: string, current: string): boolean =>
  version.localeCompare(current, "en", { numeric: true }) > 0
