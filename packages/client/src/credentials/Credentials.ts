import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { FailureDetail } from "../errors/FailureDetails.ts"
import type { SentSecrets } from "../errors/redact.ts"
import { type AuthenticationFailed, NoCredentials, type ShowBackupError } from "../errors/ShowBackupError.ts"
import type { AccessKey } from "../signing/AccessKey.ts"
import { detailOf } from "./SecretText.ts"

/**
 * A project by its id, with its name where that is known, or by its name alone.
 * @category Credentials
 * @since 0.2.0
 */
export type ProjectReference = { readonly id: string; readonly name?: string } | { readonly name: string }

/**
 * The project and the IAM of a credential, as far as its source names them.
 * @category Credentials
 * @since 0.2.0
 */
export interface CredentialHome {
  /** The project that the credential is for: a token's own, or the one that stands beside a key. */
  readonly project?: ProjectReference
  /** Origin of the IAM that knows the credential, where it is not the endpoint's. */
  readonly iam?: string
}

/**
 * A token of IAM, or the key of a proxy; sent as `X-Auth-Token`.
 * @category Credentials
 * @since 0.1.0
 */
export interface TokenCredential extends CredentialHome {
  readonly _tag: "Token"
  readonly token: Redacted.Redacted<string>
}

/**
 * An access key; each request is signed with it.
 * @category Credentials
 * @since 0.1.0
 */
export interface AccessKeyCredential extends CredentialHome {
  readonly _tag: "AccessKey"
  readonly accessKey: AccessKey
}

/**
 * A token or an access key, with which a request is authenticated.
 * @category Credentials
 * @since 0.1.0
 */
export type Credential = TokenCredential | AccessKeyCredential

/**
 * The source of credentials. Each attempt of a request asks for `current`, so that the source may renew its credential.
 * @category Credentials
 * @since 0.1.0
 */
export class Credentials extends Context.Service<
  Credentials,
  {
    /** The credential to use now. */
    readonly current: Effect.Effect<Credential, ShowBackupError>
    /**
     * The credential, where a request may carry it without a wait: it is at
     * hand, and nothing holds it back or is to be learned of it. `undefined`
     * sends the request by `current` and `protect`.
     *
     * @param now epoch milliseconds
     */
    readonly ready?: (now: number) => Credential | undefined
    /**
     * Hears that a request which `ready` allowed has succeeded.
     *
     * @param again the same request once more, on its own
     */
    readonly accepted?: (credential: Credential, again: Effect.Effect<unknown, ShowBackupError>) => void
    /**
     * Hears that the service refused a credential. Succeeds with whether
     * `current` can give another one now: a static source never can.
     */
    readonly refused: (credential: Credential, error: AuthenticationFailed) => Effect.Effect<boolean>
    /**
     * Runs a request that carries a credential, or fails in its place where
     * the credential must not be sent now: see `KeyLockoutGuard`. Absent where
     * nothing is held back.
     *
     * @param again the same request once more, on its own: tries the credential with a request that worked before
     * @param isSent whether `send` gives the outcome of a request that was sent before, as `ready` allowed it
     */
    readonly protect?: <A, R>(
      credential: Credential,
      send: Effect.Effect<A, ShowBackupError, R>,
      again: Effect.Effect<unknown, ShowBackupError, R>,
      isSent?: boolean
    ) => Effect.Effect<A, ShowBackupError, R>
  }
>()("@cbr/client/Credentials") {
  /** Credentials of one token. */
  static readonly token = (token: Redacted.Redacted<string>): Layer.Layer<Credentials> =>
    fixed({ _tag: "Token", token })

  /** Credentials of one access key. */
  static readonly accessKey = (accessKey: AccessKey): Layer.Layer<Credentials> =>
    fixed({ _tag: "AccessKey", accessKey })
}

/** Credentials of one credential, which nothing renews. */
export const constant = (credential: Credential): Credentials["Service"] =>
  Credentials.of({
    current: Effect.succeed(credential),
    ready: () => credential,
    refused: () => Effect.succeed(false)
  })

const fixed = (credential: Credential): Layer.Layer<Credentials> => Layer.succeed(Credentials, constant(credential))

/** Whether two credentials are one and the same to the service. */
export const isSame = (a: Credential, b: Credential): boolean => {
  if (a._tag === "Token") return b._tag === "Token" && isSameSecret(a.token, b.token)
  return b._tag === "AccessKey" && isSameKey(a.accessKey, b.accessKey)
}

/** Whether two access keys have id, secret and security token in common. */
export const isSameKey = (a: AccessKey, b: AccessKey): boolean =>
  a === b || (a.ak === b.ak && isSameSecret(a.sk, b.sk) && isSameSecret(a.security_token, b.security_token))

const isSameSecret = (a: Redacted.Redacted<string> | undefined, b: Redacted.Redacted<string> | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && Redacted.value(a) === Redacted.value(b))

/** The secrets of a credential, which the client redacts in the service's own words. */
export const secretsOf = (credential: Credential): SentSecrets => {
  let known = secrets.get(credential)
  if (known === undefined) secrets.set(credential, (known = secretsIn(credential)))
  return known
}

const secrets = new WeakMap<Credential, SentSecrets>()

const secretsIn = (credential: Credential): SentSecrets => {
  if (credential._tag === "Token") return { secrets: [credential.token] }
  const { ak, security_token, sk } = credential.accessKey
  return { ak, secrets: security_token === undefined ? [sk] : [sk, security_token] }
}

/**
 * The credential, if a request can carry it. A transport fails on a line break in a header as on a failure of the
 * network, and the client would retry in vain.
 *
 * @source RFC 9110, section 5.5
 */
export const sendable = (credential: Credential): Effect.Effect<Credential, NoCredentials> => {
  const fault = faultOf(credential)
  return fault === undefined ? Effect.succeed(credential) : Effect.fail(new NoCredentials({ detail: fault }))
}

/** Whether a request can carry a credential; known by its identity once it was found so. */
export const isSendable = (credential: Credential): boolean => {
  if (found.has(credential)) return true
  const isSendable = faultOf(credential) === undefined
  if (isSendable) found.add(credential)
  return isSendable
}

const found = new WeakSet<Credential>()

const faultOf = (credential: Credential): FailureDetail | undefined =>
  credential._tag === "Token" ? detailOf("token", credential.token) : faultOfKey(credential.accessKey)

const faultOfKey = ({ ak, security_token, sk }: AccessKey): FailureDetail | undefined =>
  detailOf("access-key-id", Redacted.make(ak)) ??
  detailOf("secret-access-key", sk) ??
  (security_token === undefined ? undefined : detailOf("security-token", security_token))
