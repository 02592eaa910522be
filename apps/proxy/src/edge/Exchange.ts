import type { ShowBackupError } from "@cbr/client"
import * as Cause from "effect/Cause"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import type { HttpServerError } from "effect/http/HttpServerError"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { note } from "../observability/ExchangeRecord.ts"
import { AnswerNotes, emptyNotes } from "./AnswerNotes.ts"
import { refusalOf } from "./HeadRules.ts"
import * as Problem from "./Problem.ts"
import { Refusal } from "./Refusal.ts"
import { requestHead } from "./RequestHead.ts"
import { Listener } from "./Server.ts"

/** Every way in which answering a request fails before it becomes a problem. */
export type ExchangeError = ShowBackupError | Refusal | HttpServerError

/**
 * What stands around every request: its head is judged before any route sees
 * it, whatever fails becomes a problem, and the answer gets the proxy's own id.
 * The connection ends after a malformed head, or
 * when the server is draining.
 */
export const exchange = <R>(
  routes: Effect.Effect<HttpServerResponse.HttpServerResponse, ExchangeError, R>
): Effect.Effect<
  HttpServerResponse.HttpServerResponse,
  never,
  Exclude<R, AnswerNotes> | HttpServerRequest.HttpServerRequest | SecureRandom.SecureRandom | Listener
> =>
  Effect.gen(function* () {
    const listener = yield* Listener
    const head = yield* requestHead
    const proxy_request_id = yield* SecureRandom.SecureRandom.use((random) => random.uuidV4())
    const refusal = untrusted.has(head.connection) ? behindMalformed : refusalOf(head)
    if (refusal !== undefined) untrusted.add(head.connection)

    const notes = emptyNotes(proxy_request_id)
    const answer = (refusal === undefined ? routes : Effect.fail(refusal)).pipe(
      Effect.provideService(AnswerNotes, notes),
      Effect.catchDefect((defect) =>
        Effect.andThen(Effect.logError("a defect of the proxy", Cause.die(defect)), Effect.fail(internalError))
      ),
      Effect.catch((error) => {
        const problem = problemOf(error)
        return Effect.as(
          note((record) => {
            record.failure = {
              problem: problem.kind.slug,
              error_code: problem.error_code,
              // The operator reads here what the caller was not told.
              error: error._tag === "HttpServerError" ? problem.detail : error.message
            }
          }),
          Problem.toResponse(problem, proxy_request_id)
        )
      }),
      Effect.annotateLogs({ proxy_request_id, method: head.method })
    )
    const response = yield* answer
    const closes = refusal !== undefined || (yield* listener.isDraining)
    return HttpServerResponse.setHeaders(response, {
      // Without it a shared cache may keep what X-Auth-Token protects.
      "cache-control": "no-store",
      ...notes.fields,
      ...response.headers,
      "x-cbr-proxy-request-id": proxy_request_id,
      "x-content-type-options": "nosniff",
      ...(closes ? { connection: "close" } : {})
    })
  })

/**
 * Connections on which a head was malformed. What stands behind it may be its
 * body, so the requests that Node reads there are not served, though it hands
 * them out before the connection ends.
 */
const untrusted = new WeakSet<object>()

const problemOf = (error: ExchangeError): Problem.Problem => {
  switch (error._tag) {
    case "Refusal":
      return Problem.fromRefusal(error)
    case "HttpServerError":
      return Problem.fromRefusal(error.reason._tag === "RouteNotFound" ? noSuchResource : internalError)
    default:
      return Problem.fromShowBackupError(error)
  }
}

const behindMalformed = new Refusal({ reason: "BadRequest", message: "the request follows a malformed one" })
const noSuchResource = new Refusal({ reason: "NoSuchResource", message: "nothing is served under this path" })
const internalError = new Refusal({ reason: "InternalError", message: "the proxy failed at answering this request" })
