import type * as Digest from "effect/crypto/Digest"
import type * as Mac from "effect/crypto/Mac"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Authenticator from "../credentials/Authenticator.ts"
import { type Credential, type Credentials, secretsOf } from "../credentials/Credentials.ts"
import type { Service } from "../errors/FailureDetails.ts"
import type { SentSecrets } from "../errors/redact.ts"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"
import { type HttpResponse, httpCall } from "../http/httpCall.ts"
import { withGuard } from "./KeyLockoutGuard.ts"
import { ResiliencePolicy } from "./ResiliencePolicy.ts"
import { withResilience } from "./Retry.ts"

/** A request to IAM, or to STS beside it: a GET, or a POST of its body. */
export interface IamRequest {
  readonly service?: Service
  readonly origin: string
  readonly path: string
  /** Without `?`. */
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The JSON, as it is signed and sent. */
  readonly body?: string
}

/**
 * One request to IAM within the policy's attempt time-out. It bounds itself,
 * because it may outlive the call that caused it.
 *
 * @param secrets secrets of the request, which no message may show
 */
export const iamCall = Effect.fnUntraced(function* (
  { body, headers, origin, path, query = "", service = "IAM" }: IamRequest,
  secrets: SentSecrets
): Effect.fn.Return<HttpResponse, ShowBackupError, HttpClient.HttpClient> {
  const { attemptTimeout, largestBody } = yield* ResiliencePolicy
  const address = origin + path + (query === "" ? "" : `?${query}`)
  const [request, success] =
    body === undefined
      ? [HttpClientRequest.get(address), [200]]
      : // 201 by its documentation; the SDKs take 200 as well.
        [HttpClientRequest.bodyText(HttpClientRequest.post(address), body, "application/json"), [201, 200]]
  return yield* httpCall(HttpClientRequest.setHeaders(request, { accept: "application/json", ...headers }), {
    origin,
    service,
    success,
    largestBody,
    secrets,
    timeout: attemptTimeout
  })
})

/** Calls of IAM and STS that show a credential. */
export interface IamCalls {
  /** The credentials, guarded. */
  readonly credentials: Credentials["Service"]
  /**
   * A call under the policy.
   *
   * @param requestOf makes the request for a credential
   * @param read reads the result from an answer
   */
  readonly call: <A>(
    requestOf: (credential: Credential) => Effect.Effect<IamRequest, ShowBackupError>,
    read: (answer: HttpResponse) => Effect.Effect<A, ShowBackupError>
  ) => Effect.Effect<A, ShowBackupError>
}

/**
 * Makes calls with credentials, and with the other services of this context.
 *
 * @param options.derived region and service of derived signatures; SDK-HMAC-SHA256 if absent
 * @param options.retries in place of the policy's
 */
export const make = Effect.fnUntraced(function* (
  own: Credentials["Service"],
  options: {
    readonly derived?: { readonly region: string; readonly service: "iam" } | undefined
    readonly retries?: 0
  } = {}
): Effect.fn.Return<IamCalls, never, HttpClient.HttpClient | Mac.Mac | Digest.Digest> {
  const credentials = withGuard(own)
  const given = yield* ResiliencePolicy
  const client = yield* HttpClient.HttpClient
  const { authenticate, clock } = yield* Authenticator.make(options.derived)
  const policy = { ...given, ...options }
  return {
    credentials,
    call: (requestOf, read) =>
      withResilience({
        policy,
        credentials,
        clock,
        send: Effect.fnUntraced(function* (credential) {
          const request = yield* requestOf(credential)
          const { body, origin, path, query = "" } = request
          const method = body === undefined ? "GET" : "POST"
          const shown = yield* authenticate(credential, { method, origin, path, query, body })
          const headers = { ...shown, ...request.headers }
          return yield* read(yield* iamCall({ ...request, headers }, secretsOf(credential)))
        })
      }).pipe(Effect.provideService(HttpClient.HttpClient, client), Effect.provideService(ResiliencePolicy, policy))
  }
})
