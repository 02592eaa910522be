import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { NoCredentials } from "../ShowBackupError.ts"
import { type Credential, Credentials } from "./Credentials.ts"

/**
 * The credential that the environment holds: `CBR_TOKEN`, the official SDKs'
 * `HUAWEICLOUD_SDK_AK` and `_SK` (with `_SECURITY_TOKEN` when the key is
 * temporary), or the API page's samples' `CLOUD_SDK_AK` and `_SK`, in this
 * order: the variable that only this project reads is the most deliberate.
 *
 * Fails with `NoCredentials`, which names every variable that was looked for.
 */
export const fromEnvironment: Effect.Effect<Credential, NoCredentials | Config.ConfigError> = Effect.gen(function* () {
  const token = yield* secret("CBR_TOKEN")
  if (token !== undefined) return { _tag: "Token", token }
  for (const prefix of ["HUAWEICLOUD_SDK", "CLOUD_SDK"]) {
    const ak = yield* secret(`${prefix}_AK`)
    const sk = yield* secret(`${prefix}_SK`)
    if (ak !== undefined && sk !== undefined) {
      const security_token = prefix === "HUAWEICLOUD_SDK" ? yield* secret(`${prefix}_SECURITY_TOKEN`) : undefined
      return { _tag: "AccessKey", accessKey: { ak: Redacted.value(ak), sk, security_token } }
    }
    if (ak !== undefined || sk !== undefined) {
      const [set, missing] = ak === undefined ? ["SK", "AK"] : ["AK", "SK"]
      return yield* new NoCredentials({ message: `${prefix}_${set} is set, but ${prefix}_${missing} is not` })
    }
  }
  return yield* new NoCredentials({
    message:
      "no credentials: looked for CBR_TOKEN, HUAWEICLOUD_SDK_AK with HUAWEICLOUD_SDK_SK, and CLOUD_SDK_AK with CLOUD_SDK_SK in the environment; none is set"
  })
})

/** {@link fromEnvironment} as a layer: read when first needed, so that help and saved files need no credential. */
export const layer: Layer.Layer<Credentials> = Layer.effect(
  Credentials,
  Effect.map(
    Effect.cached(
      Effect.catchTag(fromEnvironment, "ConfigError", (error) =>
        Effect.fail(new NoCredentials({ message: error.message }))
      )
    ),
    (current) => ({ current, refused: () => Effect.succeed(false) })
  )
)

const secret = (name: string) =>
  Effect.map(Config.option(Config.Redacted(name)), (found) =>
    // A value read from a file often ends in a line break.
    Option.match(found, {
      onNone: () => undefined,
      onSome: (value) => {
        const trimmed = Redacted.value(value).trim()
        return trimmed === "" ? undefined : Redacted.make(trimmed)
      }
    })
  )
