import type * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Redacted from "effect/Redacted"
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  errors,
  type FetchImplementation,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify
} from "jose"
import { ProxyError } from "../problems/ProxyError.ts"
import type { Caller, VerifiedCaller } from "../rights/Caller.ts"
import { type RequestCredential, unauthenticatedBecause } from "./RequestCredential.ts"
import { revocationId } from "./Revocations.ts"

/** Algorithms by which a token may be signed: with a private key that the proxy does not hold. */
export const jwtAlgorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA"
] as const

/** One of {@link jwtAlgorithms}. */
export type JwtAlgorithm = (typeof jwtAlgorithms)[number]

/** An issuer of tokens that the proxy trusts. */
export interface JwtIssuer {
  /** The required `iss`, to the letter. */
  readonly issuer: string
  /** The required `aud`, or one of its members. */
  readonly audience: string
  readonly algorithms: ReadonlyArray<JwtAlgorithm>
  /** Its key set: see {@link keysOf}. */
  readonly keys: JWTVerifyGetKey
  /** The callers, by `sub`. */
  readonly callers: ReadonlyMap<string, Caller>
}

/** Limits of the fetches of an issuer's keys. */
export interface JwksPolicy {
  /** Maximum age of fetched keys. */
  readonly age: Duration.Duration
  /** Time from a fetch to the next one for an unknown key id. */
  readonly cooldown: Duration.Duration
  /** Time from a failed fetch to the next one. */
  readonly pause: Duration.Duration
  readonly timeout: Duration.Duration
}

export const defaultJwksPolicy: JwksPolicy = {
  age: Duration.minutes(10),
  // Long enough that tokens with invented key ids make no more than a fetch a second, and a new key is known as soon.
  cooldown: Duration.seconds(1),
  pause: Duration.seconds(5),
  timeout: Duration.seconds(5)
}

/** Far beyond a token of claims; keeps the work on a hostile one small. */
const longestToken = 8 * 1024

/**
 * Knows callers by a JWT of a trusted issuer. `iss`, `aud`, `sub` and `exp`
 * have to be there, and the signature has to be of a key from the issuer's
 * JWKS. One refusal for all that is wrong with a token; the reason stands in
 * the log. Keys that cannot be fetched are not the caller's fault: 503.
 *
 * @source RFC 7519; RFC 8725, sections 3.1 to 3.10
 */
export const verifier = (issuers: ReadonlyArray<JwtIssuer>) => {
  const trusted = new Map(issuers.map((issuer) => [issuer.issuer, issuer]))

  return Effect.fnUntraced(function* (
    { token }: Extract<RequestCredential, { _tag: "Jwt" }>,
    now: DateTime.Utc
  ): Effect.fn.Return<VerifiedCaller, ProxyError> {
    const text = Redacted.value(token)
    if (text.length > longestToken) return yield* unauthenticatedBecause("the token is too long")
    const claimed = yield* Effect.try({ try: () => decodeJwt(text).iss, catch: refusalOf })
    const issuer = trusted.get(claimed ?? "")
    if (issuer === undefined) return yield* unauthenticatedBecause("the token is of no trusted issuer")
    const { payload } = yield* Effect.tryPromise({
      try: () =>
        jwtVerify(text, issuer.keys, {
          issuer: issuer.issuer,
          audience: issuer.audience,
          algorithms: [...issuer.algorithms],
          requiredClaims: ["exp", "sub"],
          currentDate: new Date(now.epochMilliseconds)
        }),
      catch: refusalOf
    })
    const caller = issuer.callers.get(payload.sub ?? "")
    if (caller === undefined) return yield* unauthenticatedBecause("the token's subject is no caller")
    return { caller, revocation_id: revocationId.ofSubject(issuer.issuer, payload.sub ?? "") }
  })
}

/** The `exp` of a token, in milliseconds since 1970; undefined without one. */
export const expiryOf = (token: Redacted.Redacted<string>): number | undefined => {
  try {
    const { exp } = decodeJwt(Redacted.value(token))
    return exp === undefined ? undefined : exp * 1_000
  } catch {
    return undefined
  }
}

/**
 * The key set at an address, which is fetched when it is needed; the only
 * address that is ever asked, whatever a token says.
 */
export const keysOf = (
  http: HttpClient.HttpClient,
  jwks_url: string,
  { age, cooldown, pause, timeout }: JwksPolicy = defaultJwksPolicy
): JWTVerifyGetKey =>
  createRemoteJWKSet(new URL(jwks_url), {
    cacheMaxAge: Duration.toMillis(age),
    cooldownDuration: Duration.toMillis(cooldown),
    timeoutDuration: Duration.toMillis(timeout),
    [customFetch]: afterPause(http, Duration.toMillis(pause))
  })

/** Without it each token with an unknown key id makes a fetch, while the keys cannot be had. */
const afterPause = (http: HttpClient.HttpClient, pause: number): FetchImplementation => {
  let failedAt = -Infinity
  return async (url, { headers, signal }) => {
    if (performance.now() - failedAt < pause) throw new Error("the keys could not be fetched a moment ago")
    try {
      const { status, text } = await Effect.runPromise(
        Effect.flatMap(http.get(url, { headers: Object.fromEntries(headers) }), ({ status, text }) =>
          Effect.map(text, (text) => ({ status, text }))
        ),
        { signal }
      )
      if (status !== 200) failedAt = performance.now()
      // Throws of what is no set of keys, as the reader of the response would without this hearing of it.
      else createLocalJWKSet(JSON.parse(text) as JSONWebKeySet)
      return new Response(text, { status })
    } catch (error) {
      failedAt = performance.now()
      throw error
    }
  }
}

/** Of the error only its code, which quotes no token. Errors without a code of the token's come from the fetch. */
const refusalOf = (error: unknown): ProxyError => {
  if (error instanceof errors.JOSEError && !isOfFetch(error)) return unauthenticatedBecause(error.code)
  return keysUnavailable
}

const isOfFetch = ({ code }: errors.JOSEError): boolean =>
  code === errors.JOSEError.code || code === errors.JWKSTimeout.code || code === errors.JWKSInvalid.code

const keysUnavailable = new ProxyError({
  reason: "KeysUnavailable",
  message: "the proxy cannot fetch the keys that verify the token",
  headers: { "retry-after": "5" }
})
