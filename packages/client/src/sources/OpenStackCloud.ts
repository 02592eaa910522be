import { omitUndefined } from "@cbr/domain"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { type CredentialHome, constant, type Credentials } from "../credentials/Credentials.ts"
import { checked, checkedKey } from "../credentials/SecretText.ts"
import type { Endpoint } from "../endpoint/Endpoint.ts"
import { NoCredentials } from "../errors/ShowBackupError.ts"
import * as CloudsFile from "../profiles/CloudsFile.ts"
import { sourceOf, NotConfigured } from "./CredentialSource.ts"
import { iamOrigin } from "./IamAddress.ts"
import * as IamToken from "./IamToken.ts"

/**
 * The cloud of `clouds.yaml` that `OS_CLOUD` names: its token, a token by its password, or its access key.
 * @category Credential sources
 * @since 0.2.0
 */
export const source = sourceOf(
  "clouds.yaml",
  Effect.gen(function* () {
    const cloud = yield* CloudsFile.chosen
    if (cloud !== undefined) return yield* credentialsOf(cloud)
    if ((yield* CloudsFile.chosenName) !== undefined)
      return yield* new NotConfigured({ detail: { code: "clouds-not-read" } })
    const file = yield* CloudsFile.firstFile
    return yield* new NotConfigured({ detail: { code: "no-cloud-named", ...omitUndefined({ file }) } })
  })
)

const credentialsOf = Effect.fnUntraced(function* (
  cloud: CloudsFile.Cloud
): Effect.fn.Return<Credentials["Service"], NoCredentials, Endpoint | HttpClient.HttpClient | Scope.Scope> {
  const { fields, file, name, project } = cloud
  const { ak = fields["access_key"], auth_type, password, sk = fields["secret_key"], token } = fields
  const at = (field: string) => ({ setting: field, file })
  if (auth_type !== undefined && !/password|token/.test(auth_type)) {
    return yield* new NoCredentials({ detail: { code: "cloud-auth-unread", cloud: name, file, auth_type } })
  }
  const iam = yield* iamOrigin(at("auth_url"), fields["auth_url"])
  const home: CredentialHome = omitUndefined({ iam, project })
  if (token !== undefined) {
    return constant({ _tag: "Token", token: yield* checked("token", Redacted.make(token), at("token")), ...home })
  }
  const user = fields["username"]
  const domain = domainOf(fields, "user_domain") ?? domainOf(fields, "domain")
  if (password !== undefined && user !== undefined && domain !== undefined) {
    const projectDomain = fields["project_domain_name"] ?? fields["project_domain"]
    return yield* IamToken.make({
      user,
      password: yield* checked("password", Redacted.make(password), at("password")),
      domain,
      project: IamToken.scopeOf(project, projectDomain),
      iam
    })
  }
  if (ak !== undefined && sk !== undefined) {
    const accessKey = yield* checkedKey({ ak, sk: Redacted.make(sk) }, at)
    return constant({ _tag: "AccessKey", accessKey, ...home })
  }
  const missing = user === undefined ? "username" : password === undefined ? "password" : "user_domain_name"
  return yield* new NoCredentials({ detail: { code: "cloud-incomplete", cloud: name, file, missing } })
})

const domainOf = (fields: CloudsFile.Cloud["fields"], kind: string): string | { readonly id: string } | undefined => {
  const id = fields[`${kind}_id`]
  return fields[`${kind}_name`] ?? (id === undefined ? undefined : { id })
}
