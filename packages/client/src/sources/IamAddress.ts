import * as Effect from "effect/Effect"
import { readSettings } from "../config/EnvSetting.ts"
import { authUrls, firstOf } from "../endpoint/EndpointVariables.ts"
import type { SettingDetails } from "../errors/FailureDetails.ts"
import { NoCredentials } from "../errors/ShowBackupError.ts"

/**
 * IAM's origin from a setting, which may end in `/v3` as OpenStack's does.
 *
 * @param where the address stands, for the message; its value may hold a password
 */
export const iamOrigin = (
  where: SettingDetails["not-an-iam-address"],
  text: string | undefined
): Effect.Effect<string | undefined, NoCredentials> => {
  if (text === undefined) return Effect.succeed(undefined)
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url?.protocol === "https:" || url?.protocol === "http:"
    ? Effect.succeed(url.origin)
    : Effect.fail(new NoCredentials({ detail: { code: "not-an-iam-address", ...where } }))
}

/** IAM's origin by Terraform's variable or OpenStack's. */
export const authUrl: Effect.Effect<string | undefined, NoCredentials> = Effect.flatMap(
  readSettings(firstOf(authUrls)),
  (found) => (found === undefined ? Effect.undefined : iamOrigin({ setting: found.name }, found.value))
)
