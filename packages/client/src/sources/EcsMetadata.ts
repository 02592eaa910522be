import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { readSettings, setting } from "../config/EnvSetting.ts"
import type { Credentials } from "../credentials/Credentials.ts"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"
import { noAnswerWithin, httpCall, type HttpCallOptions } from "../http/httpCall.ts"
import { ProxylessHttpClient } from "../http/ProxylessHttpClient.ts"
import { type CredentialSource, NotConfigured } from "./CredentialSource.ts"
import { refreshing } from "./Refreshing.ts"
import * as TemporaryKey from "./TemporaryKey.ts"

/** Where every server of the cloud finds its metadata. */
const linkLocal = "http://169.254.169.254"

/** As long as the SDKs wait: an unused address must not hold up a call. */
const longest = Duration.seconds(3)

/**
 * The temporary key of the agency that an ECS server runs under, renewed ahead
 * of its end. A metadata token is asked for first (IMDSv2), and done without
 * where it is not offered.
 *
 * @source ECS metadata, `PUT /meta-data/latest/api/token`, `GET /openstack/latest/securitykey`
 * @category Credential sources
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (origin: string) {
  const http = yield* ProxylessHttpClient
  return yield* refreshing({
    fetch: Effect.provideService(securityKey(origin), HttpClient.HttpClient, http),
    ahead: TemporaryKey.renewedAhead
  })
})

/**
 * Asked only when nothing before it served, and never when `CBR_METADATA` is
 * `off`.
 *
 * @param options.origin where metadata is served, for tests
 * @category Credential sources
 * @since 0.2.0
 */
export const source = (
  options: { readonly origin?: string } = {}
): CredentialSource<ProxylessHttpClient | Scope.Scope, "ECS metadata"> => ({
  name: "ECS metadata",
  resolve: Effect.gen(function* () {
    const isOff = (yield* readSettings(setting("CBR_METADATA"))) === "off"
    if (isOff) return yield* new NotConfigured({ detail: { code: "switched-off", variable: "CBR_METADATA" } })
    return yield* served(yield* make(options.origin ?? linkLocal))
  })
})

/**
 * The credentials, once they have given a first key: what was merely tried is no fault.
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
  const answer = yield* within(
    httpCall(
      HttpClientRequest.get(`${origin}/openstack/latest/securitykey`).pipe(
        HttpClientRequest.setHeaders(token === undefined ? {} : { "x-metadata-token": Redacted.value(token) })
      ),
      options(origin, token === undefined ? [] : [token])
    )
  )
  return yield* TemporaryKey.read(answer, "ecs-metadata")
})

/** A token for the metadata, or `undefined` where none is offered. */
const metadataToken = (
  origin: string
): Effect.Effect<Redacted.Redacted<string> | undefined, ShowBackupError, HttpClient.HttpClient> =>
  within(
    httpCall(
      HttpClientRequest.put(`${origin}/meta-data/latest/api/token`).pipe(
        HttpClientRequest.setHeaders({ "x-metadata-token-ttl-seconds": "21600" })
      ),
      options(origin, [])
    )
  ).pipe(
    Effect.map(({ text }) => (text.trim() === "" ? undefined : Redacted.make(text.trim()))),
    Effect.catch((error) =>
      [404, 405, 503].includes(error.status_code ?? 0) ? Effect.succeed(undefined) : Effect.fail(error)
    )
  )

const options = (origin: string, secrets: ReadonlyArray<Redacted.Redacted<string>>): HttpCallOptions => ({
  origin,
  service: "ecs-metadata",
  success: [200],
  largestBody: 64 * 1024,
  secrets: { secrets }
})

const within = <A, R>(self: Effect.Effect<A, ShowBackupError, R>): Effect.Effect<A, ShowBackupError, R> =>
  Effect.timeoutOrElse(self, {
    duration: longest,
    orElse: () => Effect.fail(noAnswerWithin(longest, "ecs-metadata"))
  })
