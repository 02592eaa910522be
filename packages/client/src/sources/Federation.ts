import { omitUndefined } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as HttpClient from "effect/http/HttpClient"
import * as Redacted from "effect/Redacted"
import { readSettings, setting } from "../config/EnvSetting.ts"
import * as TextFile from "../config/TextFile.ts"
import type { CredentialHome } from "../credentials/Credentials.ts"
import { Endpoint } from "../endpoint/Endpoint.ts"
import { sdkIamEndpoint } from "../endpoint/EndpointVariables.ts"
import { MalformedResponse, NoCredentials } from "../errors/ShowBackupError.ts"
import { iamCall } from "../resilience/IamCalls.ts"
import { ResiliencePolicy } from "../resilience/ResiliencePolicy.ts"
import { refreshing } from "./CredentialRefresh.ts"
import { bothOf, sourceOf } from "./CredentialSource.ts"
import { iamOrigin } from "./IamAddress.ts"
import * as TemporaryKey from "./TemporaryKey.ts"

/**
 * The identity provider and the id token that IAM exchanges for a key.
 * @category Credential sources
 * @since 0.1.0
 */
export interface FederationOptions {
  /** The identity provider as IAM knows it. */
  readonly idp_id: string
  /** File of the id token (a JWT). It is read anew for each exchange, since its issuer replaces it. */
  readonly id_token_file: string
  /** IAM's origin, where it is another than the endpoint's. */
  readonly iam?: string | undefined
  /** The project and the IAM of the credential. */
  readonly home?: CredentialHome
}

/**
 * A temporary key for an OpenID Connect id token, renewed ahead of its end.
 *
 * @source IAM, `POST /v3.0/OS-AUTH/id-token/tokens`, then `POST /v3.0/OS-CREDENTIAL/securitytokens`
 * @category Credential sources
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: FederationOptions) {
  const endpoint = yield* Endpoint
  const fetch = exchange(options, options.iam ?? endpoint.iam).pipe(
    Effect.provideService(HttpClient.HttpClient, yield* HttpClient.HttpClient),
    Effect.provideService(FileSystem.FileSystem, yield* FileSystem.FileSystem),
    Effect.provideService(ResiliencePolicy, yield* ResiliencePolicy)
  )
  return yield* refreshing({ fetch, ahead: TemporaryKey.renewedAhead })
})

/**
 * The id token by `HUAWEICLOUD_SDK_IDP_ID` and `HUAWEICLOUD_SDK_ID_TOKEN_FILE`, with `HUAWEICLOUD_SDK_IAM_ENDPOINT`.
 * @category Credential sources
 * @since 0.2.0
 */
export const source = sourceOf(
  "federation",
  Effect.gen(function* () {
    const [idp_id, id_token_file] = yield* bothOf("HUAWEICLOUD_SDK_IDP_ID", "HUAWEICLOUD_SDK_ID_TOKEN_FILE")
    const iam = yield* iamOrigin({ setting: sdkIamEndpoint }, yield* readSettings(setting(sdkIamEndpoint)))
    return yield* make({ idp_id, id_token_file, iam })
  })
)

const exchange = Effect.fn("Federation.exchange")(function* (
  { home, id_token_file, idp_id }: FederationOptions,
  iam: string | undefined
) {
  if (iam === undefined) {
    return yield* new NoCredentials({ detail: { code: "iam-address-needed", by: "federation" } })
  }
  const idToken = yield* readIdToken(id_token_file)
  const unscoped = yield* iamCall(
    {
      origin: iam,
      path: "/v3.0/OS-AUTH/id-token/tokens",
      headers: { "x-idp-id": idp_id },
      body: JSON.stringify({ auth: { id_token: { id: Redacted.value(idToken) } } })
    },
    { secrets: [idToken] }
  )
  const text = unscoped.headers["x-subject-token"]
  if (text === undefined || text === "") {
    return yield* new MalformedResponse({
      detail: { code: "answer-without-federated-token" },
      ...omitUndefined({ request_id: unscoped.request_id })
    })
  }
  const token = { id: text, duration_seconds: TemporaryKey.duration_seconds }
  const body = JSON.stringify({ auth: { identity: { methods: ["token"], token } } })
  const secrets = [Redacted.make(text)]
  const answer = yield* iamCall({ origin: iam, path: TemporaryKey.path, body }, { secrets })
  const { credential, expires_at } = yield* TemporaryKey.read(answer, "IAM")
  return { credential: { ...credential, ...home }, expires_at }
})

const readIdToken = Effect.fnUntraced(function* (file: string) {
  const text = yield* Effect.mapError(
    TextFile.read(file),
    ({ detail }) => new NoCredentials({ detail: { ...detail, holds: "id-token" } })
  )
  const token = text.trim()
  if (token === "") return yield* new NoCredentials({ detail: { code: "file-empty", file, holds: "id-token" } })
  return Redacted.make(token)
})
