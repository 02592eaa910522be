import * as Data from "effect/Data"

/** A command came to an end that is not 0, and has said all there is to say. */
export class ExitWith extends Data.TaggedError("ExitWith")<{ readonly exitCode: number }> {
  override get message(): string {
    return `ended with ${this.exitCode}`
  }
}
