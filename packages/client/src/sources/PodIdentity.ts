import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { readSettings, setting } from "../config/EnvSetting.ts"
import * as TextFile from "../config/TextFile.ts"
import { NoCredentials } from "../errors/ShowBackupError.ts"
import { noAnswerWithin, httpCall } from "../http/httpCall.ts"
import { ProxylessHttpClient } from "../http/ProxylessHttpClient.ts"
import { type CredentialSource, NotConfigured } from "./CredentialSource.ts"
import { refreshing } from "./Refreshing.ts"
import * as TemporaryKey from "./TemporaryKey.ts"

/**
 * What CCE gives a pod that has an identity.
 * @category Credential sources
 * @since 0.1.0
 */
export interface PodIdentityOptions {
  /** Address that gives keys. */
  readonly uri: string
  /** File of the text that is sent as `Authorization`; read anew for each key, since it is replaced. */
  readonly tokenFile: string
}

const longest = Duration.seconds(3)

/**
 * The temporary key of a CCE pod's identity, renewed ahead of its end.
 * @category Credential sources
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: PodIdentityOptions) {
  const fetch = key(options).pipe(
    Effect.provideService(HttpClient.HttpClient, yield* ProxylessHttpClient),
    Effect.provideService(FileSystem.FileSystem, yield* FileSystem.FileSystem)
  )
  return yield* refreshing({ fetch, ahead: TemporaryKey.renewedAhead })
})

/**
 * From `HC_CONTAINER_CREDENTIALS_FULL_URI` and `HC_CONTAINER_AUTHORIZATION_TOKEN_FILE`.
 * @category Credential sources
 * @since 0.2.0
 */
export const source: CredentialSource<ProxylessHttpClient | FileSystem.FileSystem | Scope.Scope, "pod identity"> = {
  name: "pod identity",
  resolve: Effect.gen(function* () {
    const { tokenFile, uri } = yield* readSettings(variables)
    if (uri === undefined && tokenFile === undefined) {
      return yield* new NotConfigured({ detail: { code: "neither-set", variables: [uriVariable, fileVariable] } })
    }
    if (uri === undefined || tokenFile === undefined) {
      const [set, missing] = uri === undefined ? [fileVariable, uriVariable] : [uriVariable, fileVariable]
      return yield* new NoCredentials({ detail: { code: "half-set", set, missing } })
    }
    if (!URL.canParse(uri) || !/^https?:/i.test(uri)) {
      return yield* new NoCredentials({ detail: { code: "not-http", variable: uriVariable } })
    }
    return yield* make({ uri, tokenFile })
  })
}

const uriVariable = "HC_CONTAINER_CREDENTIALS_FULL_URI"
const fileVariable = "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE"
const variables = Config.all({ uri: setting(uriVariable), tokenFile: setting(fileVariable) })

const key = Effect.fn("PodIdentity.key")(function* ({ tokenFile, uri }: PodIdentityOptions) {
  const text = yield* Effect.mapError(
    TextFile.read(tokenFile),
    ({ detail }) => new NoCredentials({ detail: { ...detail, holds: "pod-token" } })
  )
  const token = Redacted.make(text.trim())
  const answer = yield* httpCall(
    HttpClientRequest.post(uri).pipe(HttpClientRequest.setHeaders({ authorization: Redacted.value(token) })),
    {
      origin: new URL(uri).origin,
      service: "pod-identity",
      success: [200, 201],
      largestBody: 64 * 1024,
      secrets: { secrets: [token] }
    }
  ).pipe(
    Effect.timeoutOrElse({
      duration: longest,
      orElse: () => Effect.fail(noAnswerWithin(longest, "pod-identity"))
    })
  )
  return yield* TemporaryKey.read(answer, "pod-identity")
})
