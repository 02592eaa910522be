import * as Context from "effect/Context"
import * as Digest from "effect/crypto/Digest"
import * as Mac from "effect/crypto/Mac"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import { authenticate } from "../credentials/authenticate.ts"
import { type Credential, Credentials, secretsOf } from "../credentials/Credentials.ts"
import { derivedScope } from "../endpoint/Addresses.ts"
import { Endpoint } from "../endpoint/Endpoint.ts"
import { NoCredentials } from "../errors/ShowBackupError.ts"
import { withGuard } from "../resilience/KeyLockoutGuard.ts"
import { ResiliencePolicy } from "../resilience/ResiliencePolicy.ts"
import { withResilience } from "../resilience/Retry.ts"
import * as SigningClock from "../resilience/SigningClock.ts"
import { post } from "./IamCall.ts"
import { refreshing } from "./Refreshing.ts"
import * as TemporaryKey from "./TemporaryKey.ts"

/**
 * The role that is assumed.
 * @category Credential sources
 * @since 0.1.0
 */
export interface AgencyOptions {
  /** Name of the agency. */
  readonly agency: string
  /** Name of the account that created it. */
  readonly domain: string
  /** IAM's origin, where it is another than the endpoint's. */
  readonly iam?: string | undefined
}

const path = "/v3.0/OS-CREDENTIAL/securitytokens"

/**
 * A temporary key of an agency (an assumed role), asked for with the
 * credentials given and renewed ahead of its end.
 *
 * @source IAM, `POST /v3.0/OS-CREDENTIAL/securitytokens`, `assume_role`
 * @category Credential sources
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (own: Credentials["Service"], options: AgencyOptions) {
  const endpoint = yield* Endpoint
  const policy = yield* ResiliencePolicy
  const base = withGuard(own)
  const clock = yield* SigningClock.make
  const derived = derivedScope(endpoint, "iam")
  const context = Context.make(HttpClient.HttpClient, yield* HttpClient.HttpClient).pipe(
    Context.add(Mac.Mac, yield* Mac.Mac),
    Context.add(Digest.Digest, yield* Digest.Digest),
    Context.add(ResiliencePolicy, policy)
  )
  const iam = options.iam ?? endpoint.iam
  const body = JSON.stringify({
    auth: {
      identity: {
        methods: ["assume_role"],
        assume_role: {
          agency_name: options.agency,
          domain_name: options.domain,
          duration_seconds: TemporaryKey.duration_seconds
        }
      }
    }
  })
  const assume = Effect.fnUntraced(function* (credential: Credential) {
    if (iam === undefined) {
      return yield* new NoCredentials({ detail: { code: "iam-address-needed", by: "agency" } })
    }
    const headers = yield* authenticate(
      credential,
      { method: "POST", origin: iam, path, query: "", body },
      { date: yield* clock.now, derived }
    )
    const answer = yield* post({ origin: iam, path, headers, body, sent: secretsOf(credential) })
    return yield* TemporaryKey.read(answer, "IAM")
  })
  // The call that asked for the key tries again by its own policy.
  const fetch = withResilience({ policy: { ...policy, retries: 0 }, credentials: base, send: assume, clock }).pipe(
    Effect.withSpan("Agency.assume"),
    Effect.provideContext(context)
  )
  return yield* refreshing({ fetch, ahead: TemporaryKey.renewedAhead })
})

/**
 * As {@link make}, over the `Credentials` below.
 *
 * @example
 * ```ts
 * Agency.layer({ agency: "backup-readers", domain: "acme" }).pipe(Layer.provide(Environment.layer))
 * ```
 * @category Credential sources
 * @since 0.1.0
 */
export const layer = (
  options: AgencyOptions
): Layer.Layer<Credentials, never, Credentials | Endpoint | HttpClient.HttpClient | Mac.Mac | Digest.Digest> =>
  Layer.effect(
    Credentials,
    Effect.flatMap(Credentials, (own) => make(own, options))
  )
