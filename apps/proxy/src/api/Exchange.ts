import type { ShowBackupError } from "@cbr/client"
import * as Cause from "effect/Cause"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import type { HttpServerError } from "effect/http/HttpServerError"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { answerFields } from "../http/AnswerFields.ts"
import { AnswerNotes, emptyNotes } from "../http/AnswerNotes.ts"
import { announcesEmptyObject, awaitEmptyObject } from "../http/EmptyObject.ts"
import { contentTooLarge, type HeadRules } from "../http/HeadRules.ts"
import { requestHead } from "../http/RequestHead.ts"
import { note } from "../observability/ExchangeRecord.ts"
import * as Problem from "../problems/Problem.ts"
import { Refusal } from "../problems/Refusal.ts"
import { Listener } from "../server/Server.ts"
import * as Turn from "../server/Turn.ts"

/** Every way in which answering a request fails before it becomes a problem. */
export type ExchangeError = ShowBackupError | Refusal | HttpServerError

/**
 * What stands around every request: its head is judged before any route sees
 * it, whatever fails becomes a problem, and the answer gets the proxy's own id.
 * The connection ends after a malformed head, or when the server is draining.
 */
export const exchange = <R>(
  routes: Effect.Effect<HttpServerResponse.HttpServerResponse, ExchangeError, R>,
  rules: HeadRules
): Effect.Effect<
  HttpServerResponse.HttpServerResponse,
  never,
  Exclude<R, AnswerNotes> | HttpServerRequest.HttpServerRequest | SecureRandom.SecureRandom | Listener
> =>
  Effect.gen(function* () {
    const listener = yield* Listener
    const head = yield* requestHead
    const proxy_request_id = yield* SecureRandom.SecureRandom.use((random) => random.uuidV4())
    const turn = Turn.turnOf(head, rules)
    Turn.take(head, turn)
    const { isLast, refusal } = turn

    const notes = emptyNotes(proxy_request_id)
    const judged = refusal === undefined ? Effect.void : Effect.fail(refusal)
    const received = announcesEmptyObject(head) ? Effect.andThen(judged, awaitEmptyObject) : judged
    const answer = Effect.andThen(received, routes).pipe(
      Effect.provideService(AnswerNotes, notes),
      Effect.catchDefect((defect) =>
        Effect.andThen(Effect.logError("a defect of the proxy", Cause.die(defect)), Effect.fail(internalError))
      ),
      Effect.catch((error) => {
        const problem = problemOf(error, rules)
        return Effect.as(
          note((record) => {
            record.failure = {
              problem: problem.kind.slug,
              error_code: problem.error_code,
              // The operator reads here what the caller was not told.
              error: error._tag === "HttpServerError" ? problem.detail : whyOf(error)
            }
          }),
          Problem.toResponse(problem, proxy_request_id)
        )
      }),
      Effect.annotateLogs({ proxy_request_id, method: head.method })
    )
    const response = yield* answer
    const closes = isLast || (yield* listener.endsHere)
    return HttpServerResponse.setHeaders(response, {
      ...answerFields(proxy_request_id),
      ...notes.fields,
      ...response.headers,
      ...(closes ? { connection: "close" } : {})
    })
  })

const whyOf = (error: ShowBackupError | Refusal): string =>
  error._tag === "Refusal" && error.why !== undefined ? `${error.message} (${error.why})` : error.message

const refusalOfServerError = (reason: HttpServerError["reason"], { limits }: HeadRules): Refusal => {
  if (reason._tag === "RouteNotFound") return noSuchResource
  if (reason._tag !== "RequestParseError") return internalError
  return reason.reason === "BodyTooLarge" ? contentTooLarge(limits) : unreadableBody
}

const problemOf = (error: ExchangeError, rules: HeadRules): Problem.Problem => {
  switch (error._tag) {
    case "Refusal":
      return Problem.fromRefusal(error)
    case "HttpServerError":
      return Problem.fromRefusal(refusalOfServerError(error.reason, rules))
    default:
      return Problem.fromShowBackupError(error)
  }
}

const unreadableBody = new Refusal({ reason: "BadRequest", message: "the body could not be read" })
const noSuchResource = new Refusal({ reason: "NoSuchResource", message: "nothing is served under this path" })
const internalError = new Refusal({ reason: "InternalError", message: "the proxy failed at answering this request" })
