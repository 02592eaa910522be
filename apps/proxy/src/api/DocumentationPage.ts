import * as Effect from "effect/Effect"
import * as HttpApiSwagger from "effect/http-api/HttpApiSwagger"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { ProxyApi } from "./ProxyApi.ts"

/** Everything that the page needs stands in it; it may load nothing from elsewhere, and may send requests to the proxy alone. */
const policy = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  "img-src data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join("; ")

/** The description of the API for people to read, and to try calls from; its script is loaded when it is first asked for. */
export const documentationPage = Effect.gen(function* () {
  const scope = yield* Effect.scope
  const served = yield* Effect.cached(Effect.uninterruptible(Effect.provideService(loaded, Scope.Scope, scope)))
  return Effect.flatten(served)
})

const loaded = Effect.gen(function* () {
  const router = yield* HttpRouter.make
  yield* Layer.build(HttpApiSwagger.layer(ProxyApi, { path: "/-/docs" })).pipe(
    Effect.provideService(HttpRouter.HttpRouter, router)
  )
  return router.asHttpEffect().pipe(
    // The page is a constant; the types of a router know nothing of its routes.
    Effect.orDie,
    Effect.map(HttpServerResponse.setHeaders({ "content-security-policy": policy, "referrer-policy": "no-referrer" }))
  )
})
