import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import { readSettings, setting } from "../config/EnvSetting.ts"
import type { Credentials } from "../credentials/Credentials.ts"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"
import { metadataCall, MetadataHttpClient } from "../http/MetadataHttpClient.ts"
import { refreshing } from "./CredentialRefresh.ts"
import { NotConfigured, sourceOf } from "./CredentialSource.ts"
import * as TemporaryKey from "./TemporaryKey.ts"

/** The address of metadata for every server of the cloud. */
const linkLocal = "http://169.254.169.254"

/**
 * The temporary key of the agency that an ECS server runs under, renewed ahead
 * of its end. The client asks for a metadata token first (IMDSv2), and does
 * without it if the server offers none.
 *
 * @source ECS metadata, `PUT /meta-data/latest/api/token`, `GET /openstack/latest/securitykey`
 * @category Credential sources
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (origin: string) {
  const fetch = Effect.provideService(securityKey(origin), MetadataHttpClient, yield* MetadataHttpClient)
  return yield* refreshing({ fetch, ahead: TemporaryKey.renewedAhead })
})

/**
 * Asked only when nothing before it served, and never when `CBR_METADATA` is
 * `off`.
 *
 * @param options.origin where metadata is served, for tests
 * @category Credential sources
 * @since 0.2.0
 */
export const source = (options: { readonly origin?: string } = {}) =>
  sourceOf(
    "ECS metadata",
    Effect.gen(function* () {
      const isOff = (yield* readSettings(setting("CBR_METADATA"))) === "off"
      if (isOff) return yield* new NotConfigured({ detail: { code: "switched-off", variable: "CBR_METADATA" } })
      return yield* served(yield* make(options.origin ?? linkLocal))
    })
  )

/**
 * The credentials, once they have given a first key; a failure until then is `NotConfigured`.
 * @category Credential sources
 * @since 0.1.0
 */
export const served = (credentials: Credentials["Service"]): Effect.Effect<Credentials["Service"], NotConfigured> =>
  Effect.mapBoth(credentials.current, {
    onSuccess: () => credentials,
    // A server that has been given no agency may be given one while it runs.
    onFailure: ({ detail, status_code }) => new NotConfigured({ detail, mayAppear: status_code !== undefined })
  })

const securityKey = Effect.fn("EcsMetadata.securityKey")(function* (origin: string) {
  const token = yield* metadataToken(origin)
  const shown = token === undefined ? {} : { "x-metadata-token": Redacted.value(token) }
  const request = HttpClientRequest.get(`${origin}/openstack/latest/securitykey`)
  const answer = yield* call(origin, HttpClientRequest.setHeaders(request, shown), token === undefined ? [] : [token])
  return yield* TemporaryKey.read(answer, "ecs-metadata")
})

/** A token for the metadata, or `undefined` where none is offered. */
const metadataToken = (
  origin: string
): Effect.Effect<Redacted.Redacted<string> | undefined, ShowBackupError, MetadataHttpClient> => {
  const request = HttpClientRequest.put(`${origin}/meta-data/latest/api/token`)
  return call(origin, HttpClientRequest.setHeader(request, "x-metadata-token-ttl-seconds", "21600"), []).pipe(
    Effect.map(({ text }) => (text.trim() === "" ? undefined : Redacted.make(text.trim()))),
    Effect.catch((error) =>
      [404, 405, 503].includes(error.status_code ?? 0) ? Effect.succeed(undefined) : Effect.fail(error)
    )
  )
}

const call = (
  origin: string,
  request: HttpClientRequest.HttpClientRequest,
  secrets: ReadonlyArray<Redacted.Redacted<string>>
) => metadataCall(request, { origin, service: "ecs-metadata", success: [200], secrets: { secrets } })
