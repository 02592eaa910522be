import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Scope from "effect/Scope"
import { readSettings, secretSetting, setting } from "../config/EnvSetting.ts"
import { checked } from "../credentials/SecretText.ts"
import { Endpoint } from "../endpoint/Endpoint.ts"
import { firstOf, variables as placeVariables, projectIn } from "../endpoint/PlaceVariables.ts"
import { NoCredentials } from "../errors/ShowBackupError.ts"
import { authUrl } from "./AuthUrl.ts"
import { type CredentialSource, NotConfigured } from "./CredentialSource.ts"
import * as IamToken from "./IamToken.ts"

/**
 * Terraform's and OpenStack's variables for a user's password: `HW_USER_NAME`,
 * `HW_USER_PASSWORD` and `HW_DOMAIN_NAME`, or `OS_USERNAME`, `OS_PASSWORD` and
 * `OS_USER_DOMAIN_NAME` (or `OS_DOMAIN_NAME`; or `…_ID` of each); the project by its id, or by its
 * name in `OS_PROJECT_DOMAIN_NAME`; IAM at `HW_AUTH_URL` or `OS_AUTH_URL`.
 * Without a project or an address, the region's.
 * @category Credential sources
 * @since 0.2.0
 */
export const source: CredentialSource<Endpoint | HttpClient.HttpClient | Scope.Scope, "environment, by password"> = {
  name: "environment, by password",
  resolve: Effect.gen(function* () {
    const found = yield* readSettings(variables)
    const isTerraform = found.user.terraform !== undefined || found.password.terraform !== undefined
    const own = isTerraform ? ("terraform" as const) : ("openStack" as const)
    const [user, password, domain] = [found.user[own], found.password[own], found.domain[own]]
    if (user === undefined && password === undefined) {
      return yield* new NotConfigured({ detail: { code: "neither-set", variables: ["OS_USERNAME", "OS_PASSWORD"] } })
    }
    if (user === undefined || password === undefined || domain === undefined) {
      const needed = isTerraform
        ? (["HW_USER_NAME", "HW_USER_PASSWORD", "HW_DOMAIN_NAME"] as const)
        : (["OS_USERNAME", "OS_PASSWORD", "OS_USER_DOMAIN_NAME"] as const)
      const missing = user === undefined ? needed[0] : password === undefined ? needed[1] : needed[2]
      return yield* new NoCredentials({ detail: { code: "password-half-set", needed, missing } })
    }
    return yield* IamToken.make({
      user,
      password: yield* checked("password", password, { setting: isTerraform ? "HW_USER_PASSWORD" : "OS_PASSWORD" }),
      domain,
      project: yield* projectScope,
      iam: yield* authUrl
    })
  })
}

/** A domain by the first of its names, else by the first of its ids. */
const domainOf = (names: ReadonlyArray<string>, ids: ReadonlyArray<string>) =>
  Config.map(Config.all([...names, ...ids].map(setting)), (found): IamToken.IamUser["domain"] | undefined => {
    const id = found.slice(names.length).find((text) => text !== undefined)
    return found.slice(0, names.length).find((text) => text !== undefined) ?? (id === undefined ? undefined : { id })
  })

const variables = Config.all({
  user: Config.all({ terraform: setting("HW_USER_NAME"), openStack: setting("OS_USERNAME") }),
  password: Config.all({ terraform: secretSetting("HW_USER_PASSWORD"), openStack: secretSetting("OS_PASSWORD") }),
  domain: Config.all({
    terraform: domainOf(["HW_DOMAIN_NAME"], ["HW_DOMAIN_ID"]),
    openStack: domainOf(["OS_USER_DOMAIN_NAME", "OS_DOMAIN_NAME"], ["OS_USER_DOMAIN_ID", "OS_DOMAIN_ID"])
  })
})

/** The project that calls are for, since a token is good for no other. */
const projectScope = Effect.gen(function* () {
  const found = yield* readSettings(firstOf(placeVariables.project))
  const domain = yield* readSettings(setting("OS_PROJECT_DOMAIN_NAME"))
  return IamToken.scopeOf((yield* Endpoint).project ?? (found === undefined ? undefined : projectIn(found)), domain)
})
