import * as Effect from "effect/Effect"
import { readSettings, secretSetting, setting } from "../config/EnvSetting.ts"
import { checked } from "../credentials/SecretText.ts"
import { Endpoint } from "../endpoint/Endpoint.ts"
import { firstOf, variables as endpointVariables, projectIn } from "../endpoint/EndpointVariables.ts"
import { NoCredentials } from "../errors/ShowBackupError.ts"
import { sourceOf, NotConfigured } from "./CredentialSource.ts"
import { authUrl } from "./IamAddress.ts"
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
export const source = sourceOf(
  "environment, by password",
  Effect.gen(function* () {
    for (const names of order) {
      const user = yield* readSettings(setting(names.user))
      const password = yield* readSettings(secretSetting(names.password))
      if (user === undefined && password === undefined) continue
      const domain = yield* domainOf(names)
      if (user === undefined || password === undefined || domain === undefined) {
        const needed = [names.user, names.password, names.domain[0]] as const
        const missing = user === undefined ? needed[0] : password === undefined ? needed[1] : needed[2]
        return yield* new NoCredentials({ detail: { code: "password-half-set", needed, missing } })
      }
      return yield* IamToken.make({
        user,
        password: yield* checked("password", password, { setting: names.password }),
        domain,
        project: yield* projectScope,
        iam: yield* authUrl
      })
    }
    return yield* new NotConfigured({ detail: { code: "neither-set", variables: ["OS_USERNAME", "OS_PASSWORD"] } })
  })
)

interface PasswordVariables {
  readonly user: string
  readonly password: string
  /** The variables of the account's name; the first that is set counts. */
  readonly domain: readonly [string, ...ReadonlyArray<string>]
  /** The variables of the account's id, if its name is not set. */
  readonly domainId: ReadonlyArray<string>
}

/** First match wins. */
const order: ReadonlyArray<PasswordVariables> = [
  { user: "HW_USER_NAME", password: "HW_USER_PASSWORD", domain: ["HW_DOMAIN_NAME"], domainId: ["HW_DOMAIN_ID"] },
  {
    user: "OS_USERNAME",
    password: "OS_PASSWORD",
    domain: ["OS_USER_DOMAIN_NAME", "OS_DOMAIN_NAME"],
    domainId: ["OS_USER_DOMAIN_ID", "OS_DOMAIN_ID"]
  }
]

const domainOf = Effect.fnUntraced(function* ({ domain, domainId }: PasswordVariables) {
  const name = yield* readSettings(firstOf(domain))
  const id = yield* readSettings(firstOf(domainId))
  return name?.value ?? (id && { id: id.value })
})

/** The project that calls are for, since a token is good for no other. */
const projectScope = Effect.gen(function* () {
  const found = yield* readSettings(firstOf(endpointVariables.project))
  const domain = yield* readSettings(setting("OS_PROJECT_DOMAIN_NAME"))
  return IamToken.scopeOf((yield* Endpoint).project ?? (found === undefined ? undefined : projectIn(found)), domain)
})
