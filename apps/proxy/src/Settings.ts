import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const Port = Schema.Int.check(
  Schema.isBetween({ minimum: 0, maximum: 65_535 }, { message: "Expected a port from 0 to 65535" })
)

/** What can stand in a header field as one word. */
const isOneWord = (key: Redacted.Redacted<string>) => /^[\x21-\x7e]+$/.test(Redacted.value(key))

/**
 * Every setting of the proxy but its credentials upstream: flags first, then
 * the environment. Those credentials come from the environment alone, where
 * the client looks for them.
 */
export const settings = {
  host: Flag.String("host").pipe(
    Flag.withMetavar("ADDRESS"),
    Flag.withDescription("Address to listen on; anything but the default lets other machines in, over plain HTTP"),
    Flag.withDefault("127.0.0.1")
  ),
  port: Flag.Int("port").pipe(
    Flag.withSchema(Port),
    Flag.withDescription("Port to listen on; 0 takes a free one"),
    Flag.withDefault(8080)
  ),
  key: Flag.Redacted("key").pipe(
    Flag.withFallbackConfig(Config.Redacted("CBR_PROXY_KEY")),
    Flag.filter(isOneWord, () => "a key is visible ASCII characters without spaces"),
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
