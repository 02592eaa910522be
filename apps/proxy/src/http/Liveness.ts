import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

/** Whether the process answers at all; says nothing of the cloud, so that its illness restarts no proxy. */
export const liveness: Effect.Effect<HttpServerResponse.HttpServerResponse> = Effect.succeed(
  HttpServerResponse.text("ok\n")
)
