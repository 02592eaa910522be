import * as Effect from "effect/Effect"
import { NoCredentials } from "../ShowBackupError.ts"

/**
 * IAM's origin from a setting, which may end in `/v3` as OpenStack's does.
 *
 * @param name of the setting, for the message; its value may hold a password
 */
export const iamOrigin = (name: string, text: string | undefined): Effect.Effect<string | undefined, NoCredentials> => {
  if (text === undefined) return Effect.succeed(undefined)
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url?.protocol === "https:" || url?.protocol === "http:"
    ? Effect.succeed(url.origin)
    : Effect.fail(new NoCredentials({ message: `${name} is not an address such as https://iam.example/v3` }))
}
