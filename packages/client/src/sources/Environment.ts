import { omitUndefined } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { readSettings, secretSetting, setting } from "../config/EnvSetting.ts"
import { constant, type Credential, Credentials } from "../credentials/Credentials.ts"
import { checked, checkedKey } from "../credentials/SecretText.ts"
import { setOf } from "../endpoint/EndpointVariables.ts"
import { logDetail } from "../errors/FailureText.ts"
import { NoCredentials } from "../errors/ShowBackupError.ts"
import { NotConfigured, pairOf, sourceOf } from "./CredentialSource.ts"
import { authUrl } from "./IamAddress.ts"

/** A key pair's variables. */
interface KeyVariables {
  readonly ak: string
  readonly sk: string
  readonly security_token?: string
}

type Variables = string | KeyVariables

/** First match wins; a text is a token's variable. */
const order: ReadonlyArray<Variables> = [
  "CBR_TOKEN",
  { ak: "HUAWEICLOUD_SDK_AK", sk: "HUAWEICLOUD_SDK_SK", security_token: "HUAWEICLOUD_SDK_SECURITY_TOKEN" },
  { ak: "CLOUD_SDK_AK", sk: "CLOUD_SDK_SK" },
  "HW_AUTH_TOKEN",
  { ak: "HW_ACCESS_KEY", sk: "HW_SECRET_KEY", security_token: "HW_SECURITY_TOKEN" },
  "OS_AUTH_TOKEN",
  "OS_TOKEN",
  { ak: "OS_ACCESS_KEY", sk: "OS_SECRET_KEY" }
]

/**
 * The credential that the environment holds: `CBR_TOKEN`, the official SDKs'
 * `HUAWEICLOUD_SDK_AK` and `_SK` (with `_SECURITY_TOKEN` when the key is
 * temporary), the API page's samples' `CLOUD_SDK_AK` and `_SK`, Terraform's
 * `HW_AUTH_TOKEN`, or `HW_ACCESS_KEY` and `HW_SECRET_KEY` (with
 * `HW_SECURITY_TOKEN`), OpenStack's `OS_AUTH_TOKEN` or `OS_TOKEN`, or `OS_ACCESS_KEY` and `OS_SECRET_KEY`, in this order: the
 * variable that only this project reads is the most deliberate.
 *
 * Fails with `NoCredentials`, which names every variable that was looked for.
 * @category Credential sources
 * @since 0.1.0
 */
export const fromEnvironment: Effect.Effect<Credential, NoCredentials> = Effect.gen(function* () {
  const detail = { code: "no-credentials-in-environment", variables: lookedFor } as const
  return (yield* find) ?? (yield* new NoCredentials({ detail }))
})

/**
 * {@link fromEnvironment} as a layer: read when first needed, so that help and saved files need no credential.
 * @category Credential sources
 * @since 0.1.0
 */
export const layer: Layer.Layer<Credentials> = Layer.effect(
  Credentials,
  Effect.map(Effect.cached(fromEnvironment), (current) => ({ current, refused: () => Effect.succeed(false) }))
)

/**
 * {@link fromEnvironment} as a link of the chain.
 * @category Credential sources
 * @since 0.2.0
 */
export const source = sourceOf(
  "environment",
  Effect.gen(function* () {
    const credential = yield* find
    if (credential !== undefined) return constant(credential)
    return yield* new NotConfigured({ detail: { code: "none-set", variables: lookedFor, ...(yield* unreadThere) } })
  })
)

/** Variables that other programs read and this one does not; the failure of the chain names those that are set. */
const unreadVariables = [
  "HW_SHARED_CONFIG_FILE",
  "HW_PROFILE",
  "HW_ASSUME_ROLE_AGENCY_NAME",
  "OS_APPLICATION_CREDENTIAL_ID",
  "OS_APPLICATION_CREDENTIAL_NAME",
  "OS_USER_ID"
]

const unreadThere = Effect.map(readSettings(setOf(unreadVariables)), (found) =>
  found.length === 0 ? {} : { unread: found.map(({ name }) => name) }
)

const find: Effect.Effect<Credential | undefined, NoCredentials> = Effect.gen(function* () {
  for (const variables of order) {
    const credential = typeof variables === "string" ? yield* tokenOf(variables) : yield* keyOf(variables)
    if (credential !== undefined) return credential
  }
  return undefined
})

const tokenOf = Effect.fnUntraced(function* (name: string): Effect.fn.Return<Credential | undefined, NoCredentials> {
  const token = yield* readSettings(secretSetting(name))
  if (token === undefined) return undefined
  // The address of IAM that stands beside a token, as `openstack` reads it.
  const iam = name === "CBR_TOKEN" ? undefined : yield* authUrl
  return { _tag: "Token", token: yield* checked("token", token, { setting: name }), ...omitUndefined({ iam }) }
})

const keyOf = Effect.fnUntraced(function* (
  names: KeyVariables
): Effect.fn.Return<Credential | undefined, NoCredentials> {
  const pair = yield* pairOf(secretSetting, names.ak, names.sk)
  if (pair === undefined) return undefined
  const [ak, sk] = pair
  // Without this warning, the call would silently have other rights than the user means.
  const agency = names.ak === "HW_ACCESS_KEY" ? yield* readSettings(setting("HW_ASSUME_ROLE_AGENCY_NAME")) : undefined
  if (agency !== undefined) yield* logDetail("Warn", { code: "agency-not-assumed", agency, ak: names.ak })
  const security_token =
    names.security_token === undefined ? undefined : yield* readSettings(secretSetting(names.security_token))
  const key = { ak: Redacted.value(ak), sk, security_token }
  return { _tag: "AccessKey", accessKey: yield* checkedKey(key, (part) => ({ setting: names[part] ?? "" })) }
})

const lookedFor = order.map((variables) => (typeof variables === "string" ? [variables] : [variables.ak, variables.sk]))
