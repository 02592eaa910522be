import * as Effect from "effect/Effect"
import type { HttpServerError } from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import { ProxyError } from "../problems/ProxyError.ts"
import { type RequestHead, valuesOf } from "./RequestHead.ts"

/** The body `{}`. */
export const emptyJsonBody: Uint8Array = new TextEncoder().encode("{}")

/**
 * Whether a GET announces the one body that a GET may have: the official SDK
 * for Node signs an empty object into each of its own.
 */
export const declaresEmptyJsonBody = (head: RequestHead): boolean =>
  head.method === "GET" &&
  valuesOf(head, "content-length").join() === "2" &&
  valuesOf(head, "content-type").join() === "application/json" &&
  /^(?:SDK|V11)-/.test(valuesOf(head, "authorization").join())

/** Goes on if what was announced has come. */
export const readEmptyJsonBody: Effect.Effect<void, ProxyError | HttpServerError, HttpServerRequest.HttpServerRequest> =
  Effect.flatMap(
    Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => request.text),
    (text) => (text === "{}" ? Effect.void : Effect.fail(otherBody))
  )

const otherBody = new ProxyError({ reason: "BadRequest", message: "the method has no body" })
