import type { TransportSettings } from "@cbr/client/node"
import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { type Override, overridable } from "./EnvironmentOverride.ts"

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
export const settings = {
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

/** Settings of the configuration file that the environment gives instead; a blank variable is as good as none. */
export const environmentOverrides: Effect.Effect<ReadonlyArray<Override>, Config.ConfigError> = Effect.map(
  Config.all(overridable.map(({ variable }) => Config.option(Config.String(variable)))),
  (texts) =>
    texts.flatMap((text, index) => {
      const { parse, path, variable } = overridable[index]!
      return Option.isSome(text) && text.value.trim() !== ""
        ? [{ path, variable, value: parse(text.value.trim()) }]
        : []
    })
)

const environmentText = (variable: string): Effect.Effect<string | undefined, Config.ConfigError> =>
  Effect.map(Config.option(Config.String(variable)), (found) =>
    Option.getOrUndefined(
      Option.filter(
        Option.map(found, (text) => text.trim()),
        (text) => text !== ""
      )
    )
  )

/** A secret that the configuration says is in a variable; absent where that is blank. */
export const environmentSecret = (
  variable: string
): Effect.Effect<Redacted.Redacted<string> | undefined, Config.ConfigError> =>
  Effect.map(Config.option(Config.Redacted(variable)), (found) => {
    const text = Option.match(found, { onNone: () => "", onSome: Redacted.value }).trim()
    return text === "" ? undefined : Redacted.make(text)
  })

/**
 * How calls leave this machine: by way of a proxy, and with authorities of
 * one's own. Of the two spellings of a variable the one in lower case goes
 * first, as curl has it.
 */
export const transport: Effect.Effect<TransportSettings, Config.ConfigError> = Effect.map(
  Effect.all([
    environmentSecret("https_proxy"),
    environmentSecret("HTTPS_PROXY"),
    Effect.forEach(["no_proxy", "NO_PROXY", "CBR_CA_FILE"], environmentText)
  ]),
  ([lower, upper, [lowerExempt, upperExempt, caFile]]) => ({
    httpsProxy: lower ?? upper,
    noProxy: lowerExempt ?? upperExempt,
    caFile
  })
)
