import * as Cache from "effect/Cache"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { type Addresses, Endpoint } from "../Endpoint.ts"
import { ResiliencePolicy } from "../ResiliencePolicy.ts"
import { serviceCall } from "../ServiceCall.ts"
import { MalformedResponse, NoCredentials } from "../ShowBackupError.ts"
import { Credentials } from "./Credentials.ts"

/** Who asks IAM for a token, and for which project. */
export interface IamUser {
  /** Name of the IAM user. */
  readonly user: string
  readonly password: Redacted.Redacted<string>
  /** Name of the account that the user belongs to. */
  readonly domain: string
  /** The project that the token is for: its id or its name. The region's own project by default. */
  readonly project?: { readonly id: string } | { readonly name: string } | undefined
}

/**
 * Credentials by a user's password: a token from IAM, fetched once however
 * many callers wait, kept until five minutes before it expires, and fetched
 * anew once after the service refused it.
 *
 * @source IAM, `POST /v3/auth/tokens`; the token comes in `X-Subject-Token`
 */
export const layer = (options: IamUser): Layer.Layer<Credentials, never, Endpoint | HttpClient.HttpClient> =>
  Layer.effect(
    Credentials,
    Effect.gen(function* () {
      const endpoint = yield* Endpoint
      const policy = yield* ResiliencePolicy
      const http = yield* HttpClient.HttpClient
      const fetch = fetchToken(options, endpoint, policy).pipe(Effect.provideService(HttpClient.HttpClient, http))
      const tokens = yield* Cache.makeWith((_key: "token") => fetch, {
        capacity: 1,
        timeToLive: (exit) => (Exit.isSuccess(exit) ? exit.value.timeToLive : Duration.zero)
      })
      return Credentials.of({
        current: Effect.map(Cache.get(tokens, "token"), ({ token }) => ({ _tag: "Token", token })),
        refused: (credential) =>
          Cache.invalidateWhen(
            tokens,
            "token",
            ({ token }) => credential._tag === "Token" && Redacted.value(token) === Redacted.value(credential.token)
          ).pipe(Effect.as(true))
      })
    })
  )

/** How long before its end a token is no longer used. */
const margin = Duration.minutes(5)

const TokenBody = Schema.fromJsonString(
  Schema.Struct({ token: Schema.Struct({ expires_at: Schema.DateTimeUtcFromString }) })
)

const fetchToken = Effect.fn("IamToken.fetchToken")(function* (
  options: IamUser,
  endpoint: Addresses,
  policy: ResiliencePolicy
) {
  const project = options.project ?? (endpoint.region === undefined ? undefined : { name: endpoint.region })
  if (endpoint.iam === undefined || project === undefined) {
    return yield* new NoCredentials({
      message: "a token needs IAM's address (CBR_IAM_ENDPOINT or a region) and a project (its id, its name or a region)"
    })
  }
  const answer = yield* serviceCall(
    HttpClientRequest.post(`${endpoint.iam}/v3/auth/tokens?nocatalog=true`).pipe(
      HttpClientRequest.acceptJson,
      HttpClientRequest.bodyJsonUnsafe({
        auth: {
          identity: {
            methods: ["password"],
            password: {
              user: {
                name: options.user,
                password: Redacted.value(options.password),
                domain: { name: options.domain }
              }
            }
          },
          scope: { project }
        }
      })
    ),
    {
      origin: endpoint.iam,
      service: "IAM",
      success: 201,
      largestBody: policy.largestBody,
      sent: { secrets: [options.password] }
    }
  )
  const token = answer.headers["x-subject-token"]
  const body = yield* Effect.option(Schema.decodeUnknownEffect(TokenBody)(answer.text))
  if (token === undefined || token === "" || body._tag === "None") {
    return yield* new MalformedResponse({
      message: "IAM answered 201, but without a token and the time of its end",
      status_code: 201,
      ...(answer.request_id === undefined ? {} : { request_id: answer.request_id })
    })
  }
  const left = DateTime.toEpochMillis(body.value.token.expires_at) - (yield* Clock.currentTimeMillis)
  return { token: Redacted.make(token), timeToLive: Duration.millis(Math.max(0, left - Duration.toMillis(margin))) }
})
