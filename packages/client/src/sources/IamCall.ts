import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { SentSecrets } from "../errors/redact.ts"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"
import { type HttpResponse, httpCall } from "../http/httpCall.ts"
import { ResiliencePolicy } from "../resilience/ResiliencePolicy.ts"

/** A POST of JSON to IAM. */
export interface IamPost {
  /** IAM's origin. */
  readonly origin: string
  /** Path and query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** The JSON as it is sent, and as it was signed. */
  readonly body: string
  /** What it carries and no message may show. */
  readonly sent: SentSecrets
}

/**
 * One POST to IAM within the policy's attempt time-out. It bounds itself,
 * because it may outlive the call that caused it.
 */
export const post = Effect.fnUntraced(function* (
  request: IamPost
): Effect.fn.Return<HttpResponse, ShowBackupError, HttpClient.HttpClient> {
  const { attemptTimeout, largestBody } = yield* ResiliencePolicy
  const { body, headers = {}, origin, path, sent } = request
  return yield* httpCall(
    HttpClientRequest.post(origin + path).pipe(
      HttpClientRequest.acceptJson,
      HttpClientRequest.bodyText(body, "application/json"),
      HttpClientRequest.setHeaders(headers)
    ),
    { origin, service: "IAM", success: created, largestBody, secrets: sent, timeout: attemptTimeout }
  )
})

/** 201 by its documentation; the SDKs take 200 as well. */
const created = [201, 200]
