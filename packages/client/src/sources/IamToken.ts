import { TimestampFromString, omitUndefined } from "@cbr/domain"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Credentials, type ProjectReference } from "../credentials/Credentials.ts"
import type { Addresses } from "../endpoint/Addresses.ts"
import { Endpoint } from "../endpoint/Endpoint.ts"
import { NoCredentials } from "../errors/ShowBackupError.ts"
import { answerWithout } from "../http/httpCall.ts"
import { iamCall } from "../resilience/IamCalls.ts"
import { ResiliencePolicy } from "../resilience/ResiliencePolicy.ts"
import { type ExpiringCredential, refreshing } from "./CredentialRefresh.ts"

/**
 * The project that a token is for. A name may stand in another domain than the user's.
 * @category Credential sources
 * @since 0.1.0
 */
export type ProjectScope =
  | { readonly id: string }
  | { readonly name: string; readonly domain?: { readonly name: string } | { readonly id: string } }

/**
 * The project scope of a token: with a domain, the project's name in that domain instead of the user's.
 * @category Credential sources
 * @since 0.2.0
 */
export const scopeOf = (
  project: ProjectReference | undefined,
  domain: string | undefined
): ProjectScope | undefined => {
  if (project === undefined || "id" in project) return project && { id: project.id }
  return { name: project.name, ...(domain === undefined ? {} : { domain: { name: domain } }) }
}

/**
 * The user that asks IAM for a token, and the project of the token.
 * @category Credential sources
 * @since 0.1.0
 */
export interface IamUser {
  /** Name of the IAM user. */
  readonly user: string
  readonly password: Redacted.Redacted<string>
  /** The account that the user belongs to, by its name or its id. */
  readonly domain: string | { readonly id: string }
  /** The project that the token is for. The region's own project by default. */
  readonly project?: ProjectScope | undefined
  /** IAM's origin, where it is another than the endpoint's. */
  readonly iam?: string | undefined
}

/**
 * Credentials by a user's password: a token from IAM, fetched once however
 * many callers wait, renewed in the background ahead of its end, and fetched
 * anew once after the service refused it. A refused password is not sent again
 * for five minutes.
 *
 * @example
 * ```ts
 * IamToken.layer({ user: "backup-reader", domain: "acme", password: Redacted.make(password), project: { name: "cn-north-4" } })
 * ```
 * @source IAM, `POST /v3/auth/tokens`; the token comes in `X-Subject-Token`
 * @category Credential sources
 * @since 0.1.0
 */
export const layer = (options: IamUser): Layer.Layer<Credentials, never, Endpoint | HttpClient.HttpClient> =>
  Layer.effect(Credentials, make(options))

/**
 * The credentials of {@link layer} in the caller's scope, with which the background renewal ends.
 * @category Credential sources
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: IamUser) {
  const fetch = fetchToken(options, yield* Endpoint).pipe(
    Effect.provideService(HttpClient.HttpClient, yield* HttpClient.HttpClient),
    Effect.provideService(ResiliencePolicy, yield* ResiliencePolicy)
  )
  return yield* refreshing({ fetch, ahead: Duration.minutes(30) })
})

const TokenBody = Schema.fromJsonString(
  Schema.Struct({
    token: Schema.Struct({
      expires_at: TimestampFromString,
      project: Schema.optionalKey(
        Schema.Struct({ id: Schema.optionalKey(Schema.NonEmptyString), name: Schema.optionalKey(Schema.String) })
      )
    })
  })
)

const fetchToken = Effect.fn("IamToken.fetchToken")(function* (options: IamUser, endpoint: Addresses) {
  const project =
    options.project ??
    scopeOf(endpoint.project ?? (endpoint.region === undefined ? undefined : { name: endpoint.region }), undefined)
  const iam = options.iam ?? endpoint.iam
  if (iam === undefined || project === undefined) {
    return yield* new NoCredentials({ detail: { code: "iam-and-project-needed" } })
  }
  const { domain, password, user: name } = options
  const user = {
    name,
    password: Redacted.value(password),
    domain: typeof domain === "string" ? { name: domain } : domain
  }
  const answer = yield* iamCall(
    {
      origin: iam,
      path: "/v3/auth/tokens",
      query: "nocatalog=true",
      body: JSON.stringify({ auth: { identity: { methods: ["password"], password: { user } }, scope: { project } } })
    },
    { secrets: [password] }
  )
  const token = answer.headers["x-subject-token"]
  const body = yield* Effect.option(Schema.decodeUnknownEffect(TokenBody)(answer.text))
  if (token === undefined || token === "" || body._tag === "None") {
    return yield* answerWithout(answer, { code: "answer-without-token" }, { status_code: 201 })
  }
  const { expires_at, project: { id, name: title } = {} } = body.value.token
  const home = {
    ...(id === undefined ? {} : { project: { id, ...omitUndefined({ name: title }) } }),
    ...omitUndefined({ iam: options.iam })
  }
  const found: ExpiringCredential = {
    credential: { _tag: "Token", token: Redacted.make(token), ...home },
    expires_at: expires_at.utc
  }
  return found
})
