import type { ShowBackupRequest } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import type { FetchError, CacheResult } from "../cache/CacheResult.ts"
import { fieldOf } from "../cache/CacheStatus.ts"
import { LimitsPolicy } from "../policy/LimitsPolicy.ts"
import * as Problem from "../problems/Problem.ts"
import { ProxyError } from "../problems/ProxyError.ts"

/** Bytes of bodies that one answer holds. */
const mostAnswerBytes = 16 * 1024 * 1024

/**
 * Every item's own answer, in the order of the request: its status with the
 * backup as the service wrote it, or with a problem. An item fails alone.
 *
 * @param show the way to one backup, rights included
 */
export const batchResponse = Effect.fnUntraced(function* <R>(
  requests: ReadonlyArray<ShowBackupRequest>,
  show: (request: ShowBackupRequest) => Effect.Effect<CacheResult, ProxyError, R>,
  proxy_request_id: string
): Effect.fn.Return<HttpServerResponse.HttpServerResponse, never, R> {
  const { batch_concurrency } = yield* LimitsPolicy
  let room = mostAnswerBytes
  const itemOf = (result: Result.Result<CacheResult, ProxyError>): string => {
    if (Result.isFailure(result)) return problemItem(result.failure, undefined, proxy_request_id)
    const { outcome, status } = result.success
    const cache_status = fieldOf(status)
    if (Result.isFailure(outcome)) return problemItem(outcome.failure, cache_status, proxy_request_id)
    const { identity, request_id } = outcome.success
    if (identity.body.length > room) return problemItem(full, undefined, proxy_request_id)
    room -= identity.body.length
    return backupItem({ status: 200, request_id, etag: identity.etag, cache_status }, identity.body)
  }
  const items = yield* Effect.forEach(requests, (request) => Effect.map(Effect.result(show(request)), itemOf), {
    concurrency: batch_concurrency
  })
  return HttpServerResponse.text(`{"items":[${items.join(",")}]}`, { contentType: "application/json" })
})

/** The service's JSON is spliced in as it is: what is read and written again loses digits. */
const backupItem = (fields: Readonly<Record<string, unknown>>, body: Uint8Array): string =>
  `${JSON.stringify(fields).slice(0, -1)},"body":${new TextDecoder().decode(body).trim()}}`

const problemItem = (error: FetchError, cache_status: string | undefined, proxy_request_id: string): string => {
  const problem = error._tag === "ProxyError" ? Problem.fromProxyError(error) : Problem.fromShowBackupError(error)
  return JSON.stringify({
    status: problem.kind.httpStatus,
    request_id: problem.request_id,
    cache_status,
    problem: Problem.detailsOf(problem, proxy_request_id)
  })
}

const full = new ProxyError({
  reason: "ContentTooLarge",
  message: "the batch's answer is full: ask for this backup alone"
})
