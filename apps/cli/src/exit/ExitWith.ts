import * as Data from "effect/Data"

/** Ends a command with an exit code other than 0, after it has printed everything. */
export class ExitWith extends Data.TaggedError("ExitWith")<{ readonly exitCode: number }> {
  override get message(): string {
    return `ended with ${this.exitCode}`
  }
}
