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

/** What can stand in a header field as one word. */
const isOneWord = (key: Redacted.Redacted<string>) => /^[\x21-\x7e]+$/.test(Redacted.value(key))

/** The configuration file. */
export const config = Flag.String("config").pipe(
  Flag.withMetavar("FILE"),
  Flag.withFallbackConfig(Config.NonEmptyString("CBR_PROXY_CONFIG")),
  Flag.withDescription("Configuration, YAML or JSON (CBR_PROXY_CONFIG)"),
  Flag.optional
)

/** The file of keys, where no configuration names it. */
export const keysFile = Flag.String("keys-file").pipe(
  Flag.withMetavar("FILE"),
  Flag.withFallbackConfig(Config.NonEmptyString("CBR_PROXY_KEYS_FILE")),
  Flag.withDescription("File of keys, in place of the configuration's (CBR_PROXY_KEYS_FILE)"),
  Flag.optional
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
  port: Flag.Int("port").pipe(
    Flag.filter(isPort, aPort),
    Flag.withDescription("Port to listen on (8080); 0 takes a free one"),
    Flag.optional
  ),
  behindTls: Flag.Boolean("behind-tls").pipe(
    Flag.withDescription("Something in front ends TLS, so plain HTTP may be served to other machines"),
    Flag.withDefault(false)
  ),
  adminPort: Flag.Int("admin-port").pipe(
    Flag.filter(isPort, aPort),
    Flag.withDescription("Port for health and metrics, on this machine alone; without a configuration there is none"),
    Flag.optional
  ),
  printEffective: Flag.Boolean("print-effective").pipe(
    Flag.withDescription("Print the configuration in force, with every default and no secret, and stop"),
    Flag.withDefault(false)
  ),
  key: Flag.Redacted("key").pipe(
    Flag.withFallbackConfig(Config.Redacted("CBR_PROXY_KEY")),
    Flag.filter(isOneWord, () => "visible ASCII characters without spaces"),
    Flag.withDescription("Key that callers must show (CBR_PROXY_KEY); made for this run when there is none"),
    Flag.optional
  ),
  endpoint: Flag.String("endpoint").pipe(
    Flag.withMetavar("URL"),
    Flag.withFallbackConfig(Config.NonEmptyString("CBR_ENDPOINT")),
    Flag.withDescription("Origin of CBR (CBR_ENDPOINT)"),
    Flag.optional
  ),
  iamEndpoint: Flag.String("iam-endpoint").pipe(
    Flag.withMetavar("URL"),
    Flag.withFallbackConfig(Config.NonEmptyString("CBR_IAM_ENDPOINT")),
    Flag.withDescription("Origin of IAM (CBR_IAM_ENDPOINT)"),
    Flag.optional
  ),
  region: Flag.String("region").pipe(
    Flag.withMetavar("ID"),
    Flag.withFallbackConfig(Config.NonEmptyString("CBR_REGION")),
    Flag.withDescription("Region, where no endpoint is given (CBR_REGION)"),
    Flag.optional
  )
}

/** What the command line says. */
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
