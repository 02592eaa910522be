import * as Effect from "effect/Effect"
import type * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import { note } from "../observability/ExchangeRecord.ts"
import { Refusal } from "../problems/Refusal.ts"

/**
 * A path that answers some methods; any other meets 405 with `Allow`.
 */
export const resource = <E, R>(
  router: HttpRouter.HttpRouter,
  methods: ReadonlyArray<"GET" | "HEAD" | "POST" | "DELETE">,
  path: `/${string}`,
  answer: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
) => {
  const served: ReadonlySet<string> = new Set(methods)
  const methodNotAllowed = new Refusal({
    reason: "MethodNotAllowed",
    message: `this resource answers ${methods.join(" and ")} alone`,
    headers: { allow: methods.join(", ") }
  })
  // The router's spelling of a colon that begins no parameter.
  const route = path.replaceAll("::", ":")
  return router.add(
    "*",
    path,
    Effect.gen(function* () {
      yield* note((record) => void (record.route = route))
      const { method } = yield* HttpServerRequest.HttpServerRequest
      return served.has(method) ? yield* answer : yield* methodNotAllowed
    })
  )
}

/** A path that answers GET, and so HEAD. */
export const readable = <E, R>(
  router: HttpRouter.HttpRouter,
  path: `/${string}`,
  get: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
) => resource(router, ["GET", "HEAD"], path, get)
