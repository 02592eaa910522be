import type * as Digest from "effect/crypto/Digest"
import type * as Mac from "effect/crypto/Mac"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Scope from "effect/Scope"
import { constant, type Credentials } from "../credentials/Credentials.ts"
import { checked, checkedKey } from "../credentials/SecretText.ts"
import { Endpoint } from "../endpoint/Endpoint.ts"
import { NoCredentials } from "../errors/ShowBackupError.ts"
import * as ProfileFile from "../profiles/ProfileFile.ts"
import * as Agency from "./Agency.ts"
import { sourceOf, NotConfigured } from "./CredentialSource.ts"
import { iamOrigin } from "./IamAddress.ts"
import * as IamToken from "./IamToken.ts"

type Requirements = Endpoint | HttpClient.HttpClient | Mac.Mac | Digest.Digest | Scope.Scope

/**
 * The credential of a profile: its token, its access key, or a token by its
 * password; and where it names an agency, a temporary key of that.
 * @category Credential sources
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  of: ProfileFile.ChosenProfile
): Effect.fn.Return<Credentials["Service"], NotConfigured | NoCredentials, Requirements> {
  const { agency, agency_domain } = of.profile
  if (agency === undefined && agency_domain === undefined) return yield* ownCredential(of)
  // Passed over, it would leave the call to another place's key, with that key's own rights.
  const own = yield* Effect.catchTag(ownCredential(of), "NotConfigured", () =>
    Effect.fail(new NoCredentials({ detail: { code: "no-credential-for-agency", profile: of.name, file: of.file } }))
  )
  if (agency === undefined || agency_domain === undefined) return yield* half(of, "agency", "agency_domain")
  const iam = yield* iamOf(of)
  return yield* Agency.make(own, { agency, domain: agency_domain, iam })
})

/**
 * The profile that `profiles.json` or `CBR_PROFILE` chooses.
 * @category Credential sources
 * @since 0.2.0
 */
export const source = sourceOf(
  "profile",
  Effect.gen(function* () {
    const found = yield* ProfileFile.chosen
    if (found !== undefined) return yield* make(found)
    return yield* new NotConfigured({ detail: yield* ProfileFile.absence })
  })
)

const ownCredential = Effect.fnUntraced(function* (of: ProfileFile.ChosenProfile) {
  const { ak, domain, password, security_token, sk, token, user } = of.profile
  const at = (setting: string) => ({ setting, profile: of.name })
  if (token !== undefined) return constant({ _tag: "Token", token: yield* checked("token", token, at("token")) })
  if (ak !== undefined && sk !== undefined) {
    return constant({ _tag: "AccessKey", accessKey: yield* checkedKey({ ak, sk, security_token }, at) })
  }
  if (ak !== undefined || sk !== undefined) return yield* half(of, "ak", "sk")
  if (user !== undefined && password !== undefined && domain !== undefined) {
    yield* checked("password", password, at("password"))
    return yield* IamToken.make({ user, password, domain, project: yield* projectOf(of), iam: yield* iamOf(of) })
  }
  if (user !== undefined || password !== undefined) return yield* half(of, "user", "password", "domain")
  return yield* new NotConfigured({ detail: { code: "profile-without-credential", profile: of.name, file: of.file } })
})

/** The project that calls are for, since a token is good for no other; else the profile's region's own. */
const projectOf = ({ profile }: ProfileFile.ChosenProfile) =>
  Effect.map(Endpoint, ({ project }) => {
    const own = project ?? ProfileFile.projectOf(profile)
    const { region } = profile
    return IamToken.scopeOf(own ?? (region === undefined ? undefined : { name: region }), profile.project_domain)
  })

const iamOf = ({ name, profile }: ProfileFile.ChosenProfile) =>
  iamOrigin({ setting: "iam_endpoint", profile: name }, profile.iam_endpoint)

const half = (
  { file, name, profile }: ProfileFile.ChosenProfile,
  ...needed: ReadonlyArray<keyof ProfileFile.Profile>
) => {
  const missing = needed.filter((field) => profile[field] === undefined)
  return Effect.fail(
    new NoCredentials({ detail: { code: "profile-incomplete", profile: name, file, needed, missing } })
  )
}
