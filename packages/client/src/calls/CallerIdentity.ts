import { omitUndefined } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Credentials } from "../credentials/Credentials.ts"
import { Endpoint } from "../endpoint/Endpoint.ts"
import { answerWithout } from "../http/httpCall.ts"
import * as IamCalls from "../resilience/IamCalls.ts"

/**
 * The account and the user of a credential. A member that the service did not give is absent.
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
 * The identity behind the credential: IAM tells that of a token, and STS that of an access key. `undefined` if the
 * endpoint has no address of that service.
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
  // Signed with SDK-HMAC-SHA256 for every endpoint, as the SDKs do.
  const { call, credentials } = yield* IamCalls.make(yield* Credentials)
  const own = yield* credentials.current
  const origin = own._tag === "Token" ? (own.iam ?? endpoint.iam) : endpoint.sts
  if (origin === undefined) return undefined
  const asked =
    own._tag === "Token"
      ? ({ service: "IAM", path: "/v3/auth/tokens", query: "nocatalog=true" } as const)
      : ({ service: "STS", path: "/v5/caller-identity" } as const)
  return yield* call(
    (credential) => {
      const subject = credential._tag === "Token" ? { "x-subject-token": Redacted.value(credential.token) } : {}
      return Effect.succeed({ ...asked, origin, headers: subject })
    },
    (answer) =>
      Effect.mapBoth(decode(answer.text), {
        onSuccess: (body): CallerIdentity => ("token" in body ? ofToken(body.token) : body),
        onFailure: () =>
          answerWithout(answer, { code: "answer-without-identity", service: asked.service }, { status_code: 200 })
      })
  )
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
