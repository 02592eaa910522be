import type { IncomingMessage, ServerResponse } from "node:http"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { HttpServerError } from "effect/http/HttpServerError"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Scope from "effect/Scope"
import type { FetchError } from "../cache/CacheResult.ts"
import { type Continuation, toEffect } from "../cache/Continuation.ts"
import type { RateLimitHeaders } from "../callers/RateLimitHeaders.ts"
import { type BufferedResponse, problemResponse } from "../http/BufferedResponse.ts"
import type { HttpLimits } from "../http/HttpLimits.ts"
import type { RequestHead } from "../http/RequestHead.ts"
import { contentTooLarge } from "../http/RequestValidation.ts"
import { emptyRecord } from "../observability/ExchangeAnnotations.ts"
import { internalError } from "../problems/Defect.ts"
import * as Problem from "../problems/Problem.ts"
import { ProxyError } from "../problems/ProxyError.ts"
import type { RequestPosition } from "../server/KeepAliveSequence.ts"

/** Every way in which answering a request fails before it becomes a problem. */
export type ExchangeError = FetchError | HttpServerError

/** The response to a request, by an Effect that runs in the rules in force when the request came. */
export type PendingResponse<A = BufferedResponse | HttpServerResponse.HttpServerResponse> = Effect.Effect<
  A,
  ExchangeError,
  HttpServerRequest.HttpServerRequest | Scope.Scope
>

/** The answer, or what brings it. Nothing is waited for in a fiber but an Effect. */
export type Reply = BufferedResponse | Continuation<BufferedResponse | PendingResponse> | PendingResponse

/** The same as an Effect, for a fiber that waits. */
export const inEffect = (reply: Reply): PendingResponse => {
  if (typeof reply === "function") return Effect.flatMap(toEffect(reply), inEffect)
  return Effect.isEffect(reply) ? reply : Effect.succeed(reply)
}

/** A request, and what becomes known of it and of its answer on the way. */
export class Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly head: RequestHead
  readonly position: RequestPosition
  readonly limits: HttpLimits
  /** The rules of the configuration that was in force when it came. */
  readonly rules: Context.Context<never>
  /** The proxy's own id, a UUID. */
  readonly proxy_request_id: string
  /** When it came, by `performance.now()`. */
  readonly start = performance.now()
  readonly record = emptyRecord()
  /** The rest of the caller's quota, once a request has been taken from it. */
  rateLimit: RateLimitHeaders | undefined
  /** More fields for the answer: names and values in turn. */
  readonly fields: Array<string> = []

  constructor(
    known: Pick<Exchange, "request" | "response" | "head" | "position" | "limits" | "rules" | "proxy_request_id">
  ) {
    this.request = known.request
    this.response = known.response
    this.head = known.head
    this.position = known.position
    this.limits = known.limits
    this.rules = known.rules
    this.proxy_request_id = known.proxy_request_id
  }

  get method(): string {
    return this.head.method
  }

  /** The peer's address, as the socket knows it. */
  get address(): string | undefined {
    return this.request.socket.remoteAddress
  }

  /** The problem that a failure is answered with; the log says of it what the caller is not told. */
  fail(error: ExchangeError): BufferedResponse {
    const problem = this.#problemOf(error)
    this.record.failure = {
      problem: problem.kind.slug,
      error_code: problem.error_code,
      error: error._tag === "HttpServerError" ? problem.detail : whyOf(error)
    }
    // A refusal for a quota that is used up says so itself.
    if ("ratelimit" in problem.headers) this.rateLimit = undefined
    return problemResponse(problem, this.proxy_request_id)
  }

  #problemOf(error: ExchangeError): Problem.Problem {
    if (error._tag === "ProxyError") return Problem.fromProxyError(error)
    if (error._tag !== "HttpServerError") return Problem.fromShowBackupError(error)
    const { reason } = error
    if (reason._tag !== "RequestParseError") return Problem.fromProxyError(internalError)
    return Problem.fromProxyError(reason.reason === "BodyTooLarge" ? contentTooLarge(this.limits) : unreadableBody)
  }
}

const whyOf = (error: FetchError): string =>
  error._tag === "ProxyError" && error.why !== undefined ? `${error.message} (${error.why})` : error.message

const unreadableBody = new ProxyError({ reason: "BadRequest", message: "the body could not be read" })
