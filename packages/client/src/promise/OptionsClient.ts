import { omitUndefined } from "@cbr/domain"
import * as Digest from "effect/crypto/Digest"
import * as Mac from "effect/crypto/Mac"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { BackupClientService } from "../calls/BackupClientService.ts"
import { Credentials } from "../credentials/Credentials.ts"
import { endpointService, makeAddresses } from "../endpoint/Addresses.ts"
import { InvalidRequest, NoCredentials } from "../errors/ShowBackupError.ts"
import { validateCount, validateMilliseconds } from "../resilience/PolicyValidation.ts"
import { defaultResiliencePolicy, ResiliencePolicy, withCallTimeout } from "../resilience/ResiliencePolicy.ts"
import type { parse as parseCondition } from "../watching/WaitConditionText.ts"
import type { BackupClient } from "./BackupClient.ts"
import { clientOf } from "./clientOf.ts"
import type { BackupClientOptions, CallLimits } from "./Options.ts"
import { faultOfTypes, given } from "./OptionValidation.ts"

/** A client of options alone. Throws `InvalidRequest` where an option cannot be right. */
export const clientOfOptions = (
  from: BackupClientOptions,
  service = BackupClientService.layer,
  parse?: typeof parseCondition
): BackupClient => {
  // A program without types may give none.
  const options = Object(from ?? {}) as BackupClientOptions
  const { ak, endpoint, fetch = globalThis.fetch, projectId, region, securityToken, sk, token } = options
  const fault =
    faultOfTypes("string", { endpoint, projectId, region }) ??
    // One that is `null` is a variable that is not set, and told as such by a call.
    faultOfTypes("string", given({ ak, securityToken, sk, token })) ??
    faultOfTypes("function", { fetch })
  if (fault !== undefined) throw fault
  const layer = service.pipe(
    Layer.provide([
      limits(options),
      Layer.succeed(endpointService, Effect.runSync(placeOf(options))),
      credentialsOf(options),
      FetchHttpClient.layer,
      // Only a new key would need random numbers, and a signature is made with the caller's.
      Layer.provide(Mac.layerWebCrypto, Layer.mock(SecureRandom.SecureRandom, {})),
      Digest.layerWebCrypto
    ]),
    // Read at each call from the context of the caller, which is the runtime's.
    Layer.merge(Layer.succeed(FetchHttpClient.Fetch, fetch))
  )
  // Another service finds the project itself.
  return clientOf(layer, projectId ?? (service === BackupClientService.layer ? undefined : ""), parse)
}

/** The policy with the limits of a caller. Throws `InvalidRequest` where a number cannot be right. */
export const limits = ({ callTimeout, retries }: CallLimits): Layer.Layer<never> => {
  const fault =
    (callTimeout === undefined ? undefined : validateMilliseconds("callTimeout", callTimeout)) ??
    (retries === undefined ? undefined : validateCount("retries", retries, 0))
  if (fault !== undefined) throw fault
  return Layer.succeed(ResiliencePolicy, {
    ...withCallTimeout(
      defaultResiliencePolicy,
      callTimeout === undefined ? defaultResiliencePolicy.callTimeout : Duration.millis(callTimeout)
    ),
    ...omitUndefined({ retries })
  })
}

/** The place of the options. A missing region or address is a missing option, so it is an `InvalidRequest`. */
const placeOf = (options: BackupClientOptions) =>
  Effect.catchTag(
    makeAddresses(options),
    "NoCredentials",
    () => new InvalidRequest({ detail: { code: "no-endpoint", of: "options" } })
  )

const credentialsOf = (options: BackupClientOptions): Layer.Layer<Credentials> => {
  if (options.token !== undefined) return Credentials.token(Redacted.make(options.token))
  const { ak, securityToken, sk } = options
  if (!ak && !sk) return none
  return Credentials.accessKey({
    ak,
    sk: Redacted.make(sk),
    security_token: securityToken === undefined ? undefined : Redacted.make(securityToken)
  })
}

/** The credentials of a caller without types whose environment variables are not set. */
const none = Layer.succeed(Credentials, {
  current: Effect.fail(new NoCredentials({ detail: { code: "no-key-or-token" } })),
  refused: () => Effect.succeed(false)
})
