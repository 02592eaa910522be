import { omitUndefined } from "@cbr/domain"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as HttpClient from "effect/http/HttpClient"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { readSettings, setting } from "../config/EnvSetting.ts"
import * as TextFile from "../config/TextFile.ts"
import type { CredentialHome } from "../credentials/Credentials.ts"
import { Endpoint } from "../endpoint/Endpoint.ts"
import { sdkIamEndpoint } from "../endpoint/PlaceVariables.ts"
import { MalformedResponse, NoCredentials } from "../errors/ShowBackupError.ts"
import { ResiliencePolicy } from "../resilience/ResiliencePolicy.ts"
import { type CredentialSource, NotConfigured } from "./CredentialSource.ts"
import { iamOrigin } from "./IamAddress.ts"
import { post } from "./IamCall.ts"
import { refreshing } from "./Refreshing.ts"
import * as TemporaryKey from "./TemporaryKey.ts"

/**
 * What an id token is exchanged with.
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
  /** What its credential says of where it is at home. */
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
 * From `HUAWEICLOUD_SDK_IDP_ID` and `HUAWEICLOUD_SDK_ID_TOKEN_FILE`, with `HUAWEICLOUD_SDK_IAM_ENDPOINT`.
 * @category Credential sources
 * @since 0.2.0
 */
export const source: CredentialSource<
  Endpoint | HttpClient.HttpClient | FileSystem.FileSystem | Scope.Scope,
  "federation"
> = {
  name: "federation",
  resolve: Effect.gen(function* () {
    const { idp_id, iam, id_token_file } = yield* readSettings(variables)
    if (idp_id === undefined && id_token_file === undefined) {
      return yield* new NotConfigured({
        detail: { code: "neither-set", variables: ["HUAWEICLOUD_SDK_IDP_ID", "HUAWEICLOUD_SDK_ID_TOKEN_FILE"] }
      })
    }
    if (idp_id === undefined || id_token_file === undefined) {
      const [set, missing] = idp_id === undefined ? ["ID_TOKEN_FILE", "IDP_ID"] : ["IDP_ID", "ID_TOKEN_FILE"]
      return yield* new NoCredentials({
        detail: { code: "half-set", set: `HUAWEICLOUD_SDK_${set}`, missing: `HUAWEICLOUD_SDK_${missing}` }
      })
    }
    return yield* make({
      idp_id,
      id_token_file,
      iam: yield* iamOrigin({ setting: sdkIamEndpoint }, iam)
    })
  })
}

const variables = Config.all({
  idp_id: setting("HUAWEICLOUD_SDK_IDP_ID"),
  id_token_file: setting("HUAWEICLOUD_SDK_ID_TOKEN_FILE"),
  iam: setting(sdkIamEndpoint)
})

const exchange = Effect.fn("Federation.exchange")(function* (
  { home, id_token_file, idp_id }: FederationOptions,
  iam: string | undefined
) {
  if (iam === undefined) {
    return yield* new NoCredentials({ detail: { code: "iam-address-needed", by: "federation" } })
  }
  const idToken = yield* readIdToken(id_token_file)
  const unscoped = yield* post({
    origin: iam,
    path: "/v3.0/OS-AUTH/id-token/tokens",
    headers: { "x-idp-id": idp_id },
    body: JSON.stringify({ auth: { id_token: { id: Redacted.value(idToken) } } }),
    sent: { secrets: [idToken] }
  })
  const text = unscoped.headers["x-subject-token"]
  if (text === undefined || text === "") {
    return yield* new MalformedResponse({
      detail: { code: "answer-without-federated-token" },
      ...omitUndefined({ request_id: unscoped.request_id })
    })
  }
  const token = Redacted.make(text)
  const answer = yield* post({
    origin: iam,
    path: "/v3.0/OS-CREDENTIAL/securitytokens",
    body: JSON.stringify({
      auth: {
        identity: {
          methods: ["token"],
          token: { id: text, duration_seconds: TemporaryKey.duration_seconds }
        }
      }
    }),
    sent: { secrets: [token] }
  })
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
