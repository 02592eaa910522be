import type * as SecureRandom from "effect/crypto/SecureRandom"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import type { HttpServerError } from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { deliver } from "./FaultDelivery.node.ts"
import { Faults } from "./Faults.ts"
import { requestId } from "./RequestId.ts"
import { type Listener, RequestLog } from "./RequestLog.ts"
import * as ServiceErrors from "./ServiceError.ts"
import { ServiceError } from "./ServiceError.ts"

/**
 * The pipeline in front of a service. It gives every request an id and logs it, lets an injected fault take the answer's
 * place, and words refusals. It dates the answer by the simulator's clock.
 */
export const requestPipeline = <R>(
  listener: Listener,
  service: Effect.Effect<HttpServerResponse.HttpServerResponse, ServiceError | HttpServerError, R>
): Effect.Effect<
  HttpServerResponse.HttpServerResponse,
  never,
  R | Faults | RequestLog | SecureRandom.SecureRandom | HttpServerRequest.HttpServerRequest
> =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const log = yield* RequestLog
    const faults = yield* Faults
    const request_id = yield* requestId
    const { method, url: path, headers } = request
    yield* log.arrived({ listener, method, path, headers, request_id })

    const common = {
      date: Headers.formatHttpDate(yield* DateTime.now),
      "x-request-id": request_id,
      ...(listener === "iam" && { "x-iam-trace-id": request_id })
    }
    const onStatus = (status: number) => log.answered(request_id, status)
    const answer = answered(method, service, request_id).pipe(
      Effect.map((response) => HttpServerResponse.setHeaders(response, { ...common, ...response.headers })),
      Effect.tap((response) => onStatus(response.status))
    )
    const fault = yield* faults.next(listener, path)
    return yield* fault === undefined ? answer : deliver(fault, { request, headers: common, answer, onStatus })
    // The server runs requests uninterruptibly unless told otherwise: a hang would outlive its client and the server.
  }).pipe(Effect.interruptible)

/** The service's answer, or the refusal in its words. HEAD would be served as GET; the service publishes GET alone. */
const answered = <R>(
  method: string,
  service: Effect.Effect<HttpServerResponse.HttpServerResponse, ServiceError | HttpServerError, R>,
  request_id: string
) =>
  (method === "HEAD" ? Effect.fail(ServiceErrors.apiNotFound) : service).pipe(
    Effect.catchTag("HttpServerError", ({ reason }) =>
      Effect.fail(reason._tag === "RouteNotFound" ? ServiceErrors.apiNotFound : ServiceErrors.unreadableRequest)
    ),
    Effect.catchTag("ServiceError", (refusal) => Effect.succeed(refusal.response(request_id)))
  )
