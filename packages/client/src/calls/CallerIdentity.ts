import { omitUndefined } from "@cbr/domain"
import type * as Digest from "effect/crypto/Digest"
import type * as Mac from "effect/crypto/Mac"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { authenticate } from "../credentials/authenticate.ts"
import { type Credential, Credentials, secretsOf } from "../credentials/Credentials.ts"
import { Endpoint } from "../endpoint/Endpoint.ts"
import type { Service } from "../errors/FailureDetails.ts"
import { MalformedResponse, type ShowBackupError } from "../errors/ShowBackupError.ts"
import { cutOf, httpCall } from "../http/httpCall.ts"
import { withGuard } from "../resilience/KeyLockoutGuard.ts"
import { ResiliencePolicy } from "../resilience/ResiliencePolicy.ts"
import { withResilience } from "../resilience/Retry.ts"
import * as SigningClock from "../resilience/SigningClock.ts"

/**
 * Whose a credential is. What the service did not say is absent.
 * @category Calls
 * @since 0.2.0
 */
export interface CallerIdentity {
  /** Id of the account (the domain). */
  readonly account_id: string
  readonly account_name?: string
  /** Id of the user, or of the agency and its session. */
  readonly principal_id?: string
  /** Name of the user. */
  readonly user_name?: string
  /** Such as `iam::ACCOUNT:user:NAME`, or `sts::ACCOUNT:assumed-agency:AGENCY/SESSION`. */
  readonly principal_urn?: string
}

/**
 * Whose the credential is: IAM says it of a token, and STS of an access key.
 * `undefined` where the endpoint has no address of the one that knows.
 *
 * @example
 * ```ts
 * const identity = yield* CallerIdentity.ask
 * identity?.account_id // "5f2d2c3b1a0948e7b6c5d4e3f2a1b0c9"
 * ```
 * @source IAM, `GET /v3/auth/tokens`; STS, `GET /v5/caller-identity`
 * @category Calls
 * @since 0.2.0
 */
export const ask = Effect.gen(function* () {
  const endpoint = yield* Endpoint
  const credentials = withGuard(yield* Credentials)
  const policy = yield* ResiliencePolicy
  const clock = yield* SigningClock.make
  const own = yield* credentials.current
  const origin = own._tag === "Token" ? (own.iam ?? endpoint.iam) : endpoint.sts
  if (origin === undefined) return undefined
  const service: Service = own._tag === "Token" ? "IAM" : "STS"
  const path = own._tag === "Token" ? "/v3/auth/tokens" : "/v5/caller-identity"
  const query = own._tag === "Token" ? "nocatalog=true" : ""

  const send = Effect.fnUntraced(function* (
    credential: Credential
  ): Effect.fn.Return<CallerIdentity, ShowBackupError, HttpClient.HttpClient | Mac.Mac | Digest.Digest> {
    const headers = yield* authenticate(
      credential,
      { method: "GET", origin, path, query },
      // Signed in the usual way, whatever the endpoint asks for: so the SDKs call it.
      { date: yield* clock.now }
    )
    const subject = credential._tag === "Token" ? { "x-subject-token": Redacted.value(credential.token) } : {}
    const answer = yield* httpCall(
      HttpClientRequest.get(`${origin}${path}${query === "" ? "" : `?${query}`}`).pipe(
        HttpClientRequest.setHeaders({ accept: "application/json", ...headers, ...subject })
      ),
      {
        origin,
        service,
        success: [200],
        largestBody: policy.largestBody,
        secrets: secretsOf(credential),
        timeout: policy.attemptTimeout
      }
    )
    const body = yield* Effect.option(decode(answer.text))
    if (body._tag === "Some") return "token" in body.value ? ofToken(body.value.token) : body.value
    return yield* new MalformedResponse({
      detail: { code: "answer-without-identity", service },
      status_code: 200,
      ...cutOf(answer.text),
      ...omitUndefined({ request_id: answer.request_id })
    })
  })
  return yield* withResilience({ policy, credentials, clock, send })
}).pipe(Effect.withSpan("CallerIdentity.ask"))

const Text = Schema.NonEmptyString
const Domain = Schema.Struct({ id: Text, name: Schema.optionalKey(Text) })

const Token = Schema.Struct({
  user: Schema.Struct({ id: Schema.optionalKey(Text), name: Schema.optionalKey(Text), domain: Domain })
})

const decode = Schema.decodeUnknownEffect(
  Schema.fromJsonString(
    Schema.Union([
      Schema.Struct({ token: Token }),
      Schema.Struct({
        account_id: Text,
        principal_id: Schema.optionalKey(Text),
        principal_urn: Schema.optionalKey(Text)
      })
    ])
  )
)

const ofToken = ({ user: { domain, id, name } }: typeof Token.Type): CallerIdentity => ({
  account_id: domain.id,
  ...omitUndefined({ account_name: domain.name, principal_id: id, user_name: name })
})
