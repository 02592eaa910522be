import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ConfigurationInvalid } from "../configuration/ConfigIssue.ts"
import type { Configuration } from "../configuration/Configuration.ts"
import { load } from "../configuration/ConfigurationFile.ts"
import type { settings } from "../configuration/Settings.ts"
import { exitCodes } from "../process/ExitCodes.ts"
import { StartupError } from "../process/StartupError.ts"
import * as ConfigSnapshot from "../snapshot/ConfigSnapshot.ts"

/** What the command line says. */
export type CommandLineOptions = { readonly [Name in keyof typeof settings]: FlagValue<(typeof settings)[Name]> }
type FlagValue<F> = F extends import("effect/cli/Flag").Flag<infer A> ? A : never

/** The configuration file that the command line names, if it names one. */
export const loadConfigurationFile = ({ config }: CommandLineOptions) =>
  Effect.catchIf(
    Option.isSome(config) ? load(config.value) : Effect.undefined,
    (error) => error instanceof ConfigurationInvalid,
    ({ message }) => Effect.fail(new StartupError({ message, exitCode: exitCodes.unusable }))
  )

/** The file's settings, or the defaults, under what the flags say. */
export const effectiveConfiguration = (options: CommandLineOptions, file: Configuration | undefined): Configuration => {
  // One caller on this machine waits for no balancer, and asked for no second port.
  const configuration = file ?? {
    ...ConfigSnapshot.defaultConfiguration,
    admin: { ...ConfigSnapshot.defaultConfiguration.admin, enabled: false },
    drain: { ...ConfigSnapshot.defaultConfiguration.drain, serve_seconds: 0 }
  }
  const { admin, listen } = configuration
  return {
    ...configuration,
    listen: {
      ...listen,
      host: Option.getOrElse(options.host, () => listen.host),
      port: Option.getOrElse(options.port, () => listen.port),
      behind_tls: options.behindTls || listen.behind_tls
    },
    admin: Option.match(options.adminPort, {
      onNone: () => admin,
      onSome: (port) => ({ ...admin, enabled: true, port })
    })
  }
}
