import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Credentials } from "../credentials/Credentials.ts"
import { derivedScope } from "../endpoint/Addresses.ts"
import { Endpoint } from "../endpoint/Endpoint.ts"
import { NoCredentials } from "../errors/ShowBackupError.ts"
import * as IamCalls from "../resilience/IamCalls.ts"
import { refreshing } from "./CredentialRefresh.ts"
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

/**
 * A temporary key of an agency (an assumed role), requested with the given credentials and renewed ahead of its end.
 *
 * @source IAM, `POST /v3.0/OS-CREDENTIAL/securitytokens`, `assume_role`
 * @category Credential sources
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (own: Credentials["Service"], options: AgencyOptions) {
  const endpoint = yield* Endpoint
  // The call that needs the key retries by its own policy.
  const { call } = yield* IamCalls.make(own, { derived: derivedScope(endpoint, "iam"), retries: 0 })
  const { agency: agency_name, domain: domain_name, iam: origin = endpoint.iam } = options
  const assume_role = { agency_name, domain_name, duration_seconds: TemporaryKey.duration_seconds }
  const body = JSON.stringify({ auth: { identity: { methods: ["assume_role"], assume_role } } })
  const fetch = call(
    () =>
      origin === undefined
        ? Effect.fail(new NoCredentials({ detail: { code: "iam-address-needed", by: "agency" } }))
        : Effect.succeed({ origin, path: TemporaryKey.path, body }),
    (answer) => TemporaryKey.read(answer, "IAM")
  )
  return yield* refreshing({ fetch: Effect.withSpan(fetch, "Agency.assume"), ahead: TemporaryKey.renewedAhead })
})

/**
 * The key of an agency as a layer over the `Credentials` below it; see {@link make}.
 *
 * @example
 * ```ts
 * Agency.layer({ agency: "backup-readers", domain: "acme" }).pipe(Layer.provide(Environment.layer))
 * ```
 * @category Credential sources
 * @since 0.1.0
 */
export const layer = (options: AgencyOptions) =>
  Layer.effect(
    Credentials,
    Effect.flatMap(Credentials, (own) => make(own, options))
  )
