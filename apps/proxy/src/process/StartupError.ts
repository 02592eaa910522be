import * as CliError from "effect/cli/CliError"
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import { exitCodes } from "./ExitCodes.ts"
import { noReuse } from "./PortReuse.ts"

/** The reason for which the proxy did not start, and its exit code. */
export class StartupError extends Schema.TaggedError<StartupError>()("StartupError", {
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
  }) =>
    new StartupError({
      message: error.message,
      exitCode: error._tag === "InvalidRequest" ? exitCodes.unusable : exitCodes.nothingToCallWith
    })

  /** The port is taken, or the address is not this machine's; says by which settings to change that. */
  static readonly fromListening = ({ cause }: { readonly cause: unknown }, { host, port, settings }: ListenedOn) => {
    const { code = "", message }: NodeJS.ErrnoException = cause instanceof Error ? cause : new Error(String(cause))
    const why: Readonly<Record<string, string>> = {
      EADDRINUSE: `another program has this port; choose another by ${settings.port}`,
      EADDRNOTAVAIL: `this machine has no such address; choose one by ${settings.host}`,
      ENOTSUP: noReuse,
      EACCES: `this user may not take this port; choose one above 1023 by ${settings.port}`
    }
    return new StartupError({
      message: `cannot listen on ${host}:${port}: ${why[code] ?? message}`,
      exitCode: exitCodes.unusable
    })
  }
}

/** The address to listen on. */
export interface ListenedOn {
  readonly host: string
  readonly port: number
  /** Names of the settings that say so, flags first. */
  readonly settings: { readonly host: string; readonly port: string }
}
