import * as Effect from "effect/Effect"
import type * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import { note } from "../observability/ExchangeRecord.ts"
import { Refusal } from "./Refusal.ts"

/**
 * A path that answers GET, and so HEAD; any other method meets 405 with `Allow`.
 */
export const readable = <E, R>(
  router: HttpRouter.HttpRouter,
  path: `/${string}`,
  get: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
) =>
  router.add(
    "*",
    path,
    Effect.gen(function* () {
      yield* note((record) => void (record.route = path))
      const { method } = yield* HttpServerRequest.HttpServerRequest
      if (method !== "GET" && method !== "HEAD") return yield* methodNotAllowed
      return yield* get
    })
  )

const methodNotAllowed = new Refusal({
  reason: "MethodNotAllowed",
  message: "this resource answers GET and HEAD alone",
  headers: { allow: "GET, HEAD" }
})
