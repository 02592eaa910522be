import * as Schema from "effect/Schema"
import { text } from "../policy/SettingSchema.ts"
import { givesOnce, secretFields } from "./SecretReference.ts"

const AccessKey = Schema.Struct({
  type: Schema.Literal("access_key"),
  ak: text("Access key id"),
  ...secretFields("sk", "the secret access key")
}).check(givesOnce("sk"))

const Token = Schema.Struct({
  type: Schema.Literal("token"),
  ...secretFields("token", "a token of IAM")
}).check(givesOnce("token"))

const Password = Schema.Struct({
  type: Schema.Literal("password"),
  user: text("Name of an IAM user"),
  domain: text("Name of the account that the user belongs to"),
  ...secretFields("password", "the user's password")
}).check(givesOnce("password"))

const Environment = Schema.Struct({ type: Schema.Literal("environment") }).annotate({
  description: "The credential in the environment: CBR_TOKEN, or HUAWEICLOUD_SDK_AK with HUAWEICLOUD_SDK_SK"
})

const Chain = Schema.Struct({ type: Schema.Literal("chain") }).annotate({
  description:
    "The first credential that this machine has: environment, profile, the SDKs' file, pod identity, metadata of an ECS server"
})

const Agency = Schema.Struct({
  type: Schema.Literal("agency"),
  agency: text("Name of the agency whose role is assumed"),
  domain: text("Name of the account that created it"),
  of: Schema.String.annotate({
    description: "Name under `credentials` of the credential that assumes it, which is no agency itself"
  })
}).annotate({ description: "A temporary key of an agency; the proxy renews it before it ends" })

/** A credential for the cloud, by its `type`. */
export const CredentialSection = Schema.Union([AccessKey, Token, Password, Environment, Chain, Agency]).annotate({
  message: "expected a type: access_key, token, password, environment, chain or agency",
  description: "A credential for the cloud, which only the proxy knows"
})

/** A credential for the cloud. */
export type CredentialSection = typeof CredentialSection.Type
