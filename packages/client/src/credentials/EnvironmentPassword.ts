import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Scope from "effect/Scope"
import type { Endpoint } from "../Endpoint.ts"
import { readSettings, secretSetting, setting } from "../Setting.ts"
import { NoCredentials } from "../ShowBackupError.ts"
import { iamOrigin } from "./IamAddress.ts"
import * as IamToken from "./IamToken.ts"
import { type Link, NotHere } from "./Link.ts"

/**
 * OpenStack's variables for a user's password: `OS_USERNAME`, `OS_PASSWORD`,
 * `OS_USER_DOMAIN_NAME` (or `OS_DOMAIN_NAME`); the project by `OS_PROJECT_ID`,
 * or by `OS_PROJECT_NAME` in `OS_PROJECT_DOMAIN_NAME`; IAM at `OS_AUTH_URL`.
 * Without a project or an address, the region's.
 */
export const link: Link<Endpoint | HttpClient.HttpClient | Scope.Scope, "environment, by password"> = {
  place: "environment, by password",
  open: Effect.gen(function* () {
    const found = yield* readSettings(variables)
    const { domain, password, user } = found
    if (user === undefined && password === undefined) {
      return yield* new NotHere({ detail: { code: "neither-set", variables: ["OS_USERNAME", "OS_PASSWORD"] } })
    }
    if (user === undefined || password === undefined || domain === undefined) {
      const missing =
        user === undefined ? "OS_USERNAME" : password === undefined ? "OS_PASSWORD" : "OS_USER_DOMAIN_NAME"
      return yield* new NoCredentials({ detail: { code: "password-half-set", missing } })
    }
    return yield* IamToken.make({
      user,
      password,
      domain,
      project: projectOf(found),
      iam: yield* iamOrigin({ setting: "OS_AUTH_URL" }, found.authUrl)
    })
  })
}

const variables = Config.all({
  user: setting("OS_USERNAME"),
  password: secretSetting("OS_PASSWORD"),
  domain: Config.map(
    Config.all([setting("OS_USER_DOMAIN_NAME"), setting("OS_DOMAIN_NAME")]),
    ([user, any]) => user ?? any
  ),
  projectId: setting("OS_PROJECT_ID"),
  projectName: setting("OS_PROJECT_NAME"),
  projectDomain: setting("OS_PROJECT_DOMAIN_NAME"),
  authUrl: setting("OS_AUTH_URL")
})

const projectOf = (found: Config.Success<typeof variables>): IamToken.ProjectScope | undefined => {
  if (found.projectId !== undefined) return { id: found.projectId }
  if (found.projectName === undefined) return undefined
  return {
    name: found.projectName,
    ...(found.projectDomain === undefined ? {} : { domain: { name: found.projectDomain } })
  }
}
