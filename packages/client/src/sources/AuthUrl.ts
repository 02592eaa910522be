import * as Effect from "effect/Effect"
import { readSettings } from "../config/EnvSetting.ts"
import { authUrls, firstOf } from "../endpoint/PlaceVariables.ts"
import type { NoCredentials } from "../errors/ShowBackupError.ts"
import { iamOrigin } from "./IamAddress.ts"

/** IAM's origin by Terraform's variable or OpenStack's. */
export const authUrl: Effect.Effect<string | undefined, NoCredentials> = Effect.flatMap(
  readSettings(firstOf(authUrls)),
  (found) => (found === undefined ? Effect.undefined : iamOrigin({ setting: found.name }, found.value))
)
