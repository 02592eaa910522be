import { ErrorTable } from "@cbr/client"
import * as CliError from "effect/cli/CliError"
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"

/** Why the proxy did not start, and the exit code that says so. */
export class StartFailed extends Schema.TaggedError<StartFailed>()("StartFailed", {
  message: Schema.String,
  exitCode: Schema.Int
}) {
  override get [CliError.userMessage](): string {
    return this.message
  }

  override get [Runtime.errorExitCode](): number {
    return this.exitCode
  }

  /** An address that cannot be right, or none at all. */
  static readonly fromEndpoint = (error: {
    readonly _tag: "InvalidRequest" | "NoCredentials"
    readonly message: string
  }) => new StartFailed({ message: error.message, exitCode: ErrorTable[error._tag].exitCode })

  /** The port is taken, or the address is not this machine's. */
  static readonly fromListening = ({ cause }: { readonly cause: unknown }) =>
    new StartFailed({
      message: `cannot listen: ${cause instanceof Error ? cause.message : String(cause)}`,
      exitCode: ErrorTable.InvalidRequest.exitCode
    })
}
