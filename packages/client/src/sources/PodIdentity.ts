import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import * as TextFile from "../config/TextFile.ts"
import { NoCredentials } from "../errors/ShowBackupError.ts"
import { metadataCall, MetadataHttpClient } from "../http/MetadataHttpClient.ts"
import { refreshing } from "./CredentialRefresh.ts"
import { bothOf, sourceOf } from "./CredentialSource.ts"
import * as TemporaryKey from "./TemporaryKey.ts"

/**
 * The address and the token file that CCE gives to a pod with an identity.
 * @category Credential sources
 * @since 0.1.0
 */
export interface PodIdentityOptions {
  /** Address that gives keys. */
  readonly uri: string
  /** File of the text that is sent as `Authorization`; read anew for each key, since it is replaced. */
  readonly tokenFile: string
}

/**
 * The temporary key of a CCE pod's identity, renewed ahead of its end.
 * @category Credential sources
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: PodIdentityOptions) {
  const fetch = key(options).pipe(
    Effect.provideService(MetadataHttpClient, yield* MetadataHttpClient),
    Effect.provideService(FileSystem.FileSystem, yield* FileSystem.FileSystem)
  )
  return yield* refreshing({ fetch, ahead: TemporaryKey.renewedAhead })
})

/**
 * The pod's identity by `HC_CONTAINER_CREDENTIALS_FULL_URI` and `HC_CONTAINER_AUTHORIZATION_TOKEN_FILE`.
 * @category Credential sources
 * @since 0.2.0
 */
export const source = sourceOf(
  "pod identity",
  Effect.gen(function* () {
    const [uri, tokenFile] = yield* bothOf(uriVariable, "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    if (!URL.canParse(uri) || !/^https?:/i.test(uri)) {
      return yield* new NoCredentials({ detail: { code: "not-http", variable: uriVariable } })
    }
    return yield* make({ uri, tokenFile })
  })
)

const uriVariable = "HC_CONTAINER_CREDENTIALS_FULL_URI"

const key = Effect.fn("PodIdentity.key")(function* ({ tokenFile, uri }: PodIdentityOptions) {
  const text = yield* Effect.mapError(
    TextFile.read(tokenFile),
    ({ detail }) => new NoCredentials({ detail: { ...detail, holds: "pod-token" } })
  )
  const token = Redacted.make(text.trim())
  const request = HttpClientRequest.setHeader(HttpClientRequest.post(uri), "authorization", Redacted.value(token))
  const answer = yield* metadataCall(request, {
    origin: new URL(uri).origin,
    service: "pod-identity",
    success: [200, 201],
    secrets: { secrets: [token] }
  })
  return yield* TemporaryKey.read(answer, "pod-identity")
})
