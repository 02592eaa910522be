import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Configuration } from "../configuration/Configuration.ts"
import { ConfigurationInvalid } from "../configuration/ConfigurationFault.ts"
import { load } from "../configuration/ConfigurationFile.ts"
import { exitCodes } from "../process/ExitCodes.ts"
import { StartupError } from "../process/StartupError.ts"
import * as ConfigSnapshot from "../reload/ConfigSnapshot.ts"

const isPort = (port: number) => port >= 0 && port <= 65_535
const aPort = () => "a port from 0 to 65535"

/** Checks that a key can stand in a header field as one word. */
const isOneWord = (key: Redacted.Redacted<string>) => /^[\x21-\x7e]+$/.test(Redacted.value(key))

/** A text that an environment variable gives in place of the flag. */
const orVariable = (flag: string, metavar: string, variable: string, description: string) =>
  Flag.String(flag).pipe(
    Flag.withMetavar(metavar),
    Flag.withFallbackConfig(Config.NonEmptyString(variable)),
    Flag.withDescription(`${description} (${variable})`),
    Flag.optional
  )

const port = (flag: string, description: string) =>
  Flag.Int(flag).pipe(Flag.filter(isPort, aPort), Flag.withDescription(description), Flag.optional)

const trueIfGiven = (flag: string, description: string) =>
  Flag.Boolean(flag).pipe(Flag.withDescription(description), Flag.withDefault(false))

/** The configuration file. */
export const config = orVariable("config", "FILE", "CBR_PROXY_CONFIG", "Configuration, YAML or JSON")

/** The file of keys, where no configuration names it. */
export const keysFile = orVariable(
  "keys-file",
  "FILE",
  "CBR_PROXY_KEYS_FILE",
  "File of keys, in place of the configuration's"
)

/**
 * Flags of the proxy: they go before the environment, and that before the
 * configuration. Key, endpoint and region count where there is no
 * configuration; the credentials for the cloud then come from wherever this
 * machine has some, as the client looks for them.
 */
export const commandLineFlags = {
  config,
  host: Flag.String("host").pipe(
    Flag.withMetavar("ADDRESS"),
    Flag.withDescription("Address to listen on (127.0.0.1); another lets other machines in, and wants TLS"),
    Flag.optional
  ),
  port: port("port", "Port to listen on (8080); 0 takes a free one"),
  behindTls: trueIfGiven("behind-tls", "Something in front ends TLS, so plain HTTP may be served to other machines"),
  adminPort: port(
    "admin-port",
    "Port for health and metrics, on this machine alone; without a configuration there is none"
  ),
  printEffective: trueIfGiven(
    "print-effective",
    "Print the configuration in force, with every default and no secret, and stop"
  ),
  key: Flag.Redacted("key").pipe(
    Flag.withFallbackConfig(Config.Redacted("CBR_PROXY_KEY")),
    Flag.filter(isOneWord, () => "visible ASCII characters without spaces"),
    Flag.withDescription("Key that callers must show (CBR_PROXY_KEY); made for this run when there is none"),
    Flag.optional
  ),
  endpoint: orVariable("endpoint", "URL", "CBR_ENDPOINT", "Origin of CBR"),
  iamEndpoint: orVariable("iam-endpoint", "URL", "CBR_IAM_ENDPOINT", "Origin of IAM"),
  region: orVariable("region", "ID", "CBR_REGION", "Region, where no endpoint is given")
}

/** The values of the flags. */
export type CommandLineOptions = {
  readonly [Name in keyof typeof commandLineFlags]: FlagValue<(typeof commandLineFlags)[Name]>
}
type FlagValue<F> = F extends Flag.Flag<infer A> ? A : never

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
