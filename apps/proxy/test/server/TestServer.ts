import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { ByteSize, Context, Deferred, Effect, Layer } from "effect"
import { HttpIncomingMessage, HttpServerRequest, HttpServerResponse } from "effect/http"
import { makeRequestHandler } from "../../src/api/RequestHandler.ts"
import { defaultHttpLimits, type HttpLimits } from "../../src/http/HttpLimits.ts"
import { defaultPublicHosts, publicHosts } from "../../src/http/PublicHosts.ts"
import * as LogOutput from "../../src/observability/LogOutput.ts"
import { Lifecycle } from "../../src/process/Lifecycle.ts"
import * as Server from "../../src/server/Server.ts"
import { hasty } from "../TestProxy.ts"

/** The large answers so far. */
export class LargeAnswers extends Context.Service<
  LargeAnswers,
  {
    /** Ends when the connection does that was to take one. */
    readonly ended: Deferred.Deferred<void>
    /** Number of them that have begun. */
    begun: number
  }
>()("test/LargeAnswers") {}

/** More than sockets on loopback buffer. */
export const large = new Uint8Array(64 * 1024 * 1024)

/** The edge alone: `/large` answers at length, and everything else with the request's body. */
export const layer = (changed: Partial<HttpLimits> = {}) => {
  const limits = { ...defaultHttpLimits, ...changed }
  return Layer.effectDiscard(
    Effect.gen(function* () {
      const { serve } = yield* Server.Listener
      const answers = yield* LargeAnswers
      const route = Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        if (request.url === "/never") return yield* Effect.interruptible(Effect.never)
        if (request.url !== "/large") return HttpServerResponse.uint8Array(new Uint8Array(yield* request.arrayBuffer))
        answers.begun++
        NodeHttpServerRequest.toServerResponse(request).once("close", () =>
          Deferred.doneUnsafe(answers.ended, Effect.void)
        )
        return HttpServerResponse.uint8Array(large)
      })
      const { rest } = yield* makeRequestHandler({
        requirements: { limits, isPublicHost: publicHosts(defaultPublicHosts("127.0.0.1")) },
        rulesNow: () => Context.empty(),
        answer: (exchange) => (exchange.position.error === undefined ? route : exchange.fail(exchange.position.error))
      })
      // In an Effect, as all that reads a body.
      yield* serve({ first: (_request, _response, rest) => rest(), rest })
    })
  ).pipe(
    Layer.provideMerge(Layer.sync(LargeAnswers, () => ({ ended: Deferred.makeUnsafe<void>(), begun: 0 }))),
    Layer.provideMerge(Server.layer({ host: "127.0.0.1", port: 0, limits, drainTimes: hasty })),
    Layer.provide([
      Lifecycle.layer,
      NodeCrypto.layerSecureRandom,
      LogOutput.layer(() => undefined),
      Layer.succeed(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(limits.bodyBytes))
    ])
  )
}
