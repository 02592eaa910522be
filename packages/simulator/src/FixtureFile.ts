import * as CliError from "effect/cli/CliError"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import { Fixture } from "./Fixture.ts"

/** A fixture file that cannot be read, or does not hold what it should. */
class FixtureFileError extends Schema.TaggedError<FixtureFileError>()("FixtureFileError", {
  path: Schema.String,
  /** The fault and its place, for example `Expected a backup id: a UUID such as … at [0]["backup_id"]`. */
  problem: Schema.String
}) {
  override get message(): string {
    return `${this.path}: ${this.problem}`
  }

  override get [CliError.userMessage](): string {
    return this.message
  }

  /** Wrong use: nothing was started. */
  override readonly [Runtime.errorExitCode] = 2
}

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Array(Fixture)), {
  errors: "all",
  onExcessProperty: "error"
})

/** Reads a JSON array of {@link Fixture}; every deviation is named, and so is a field that is none of a fixture's. */
export const readFixtureFile = Effect.fn("readFixtureFile")(function* (path: string) {
  const files = yield* FileSystem.FileSystem
  const text = yield* files
    .readFileString(path)
    .pipe(Effect.mapError((error) => new FixtureFileError({ path, problem: error.message })))
  return yield* decode(text).pipe(Effect.mapError((error) => new FixtureFileError({ path, problem: error.message })))
})
