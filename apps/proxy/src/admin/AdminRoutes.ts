import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { effective } from "../configuration/effective.ts"
import { Generations } from "../Generations.ts"
import { Lifecycle } from "../Lifecycle.ts"
import { Exposition } from "../observability/Exposition.ts"
import { health } from "./Health.ts"
import { readiness } from "./Readiness.ts"

/** What those who run the proxy read; served on this machine alone. */
export const AdminRoutes = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const generations = yield* Generations
    const lifecycle = yield* Lifecycle

    yield* router.add("GET", "/livez", health)
    yield* router.add(
      "GET",
      "/startupz",
      Effect.map(lifecycle.phase, (phase) => probe(phase !== "starting", { phase }))
    )
    yield* router.add(
      "GET",
      "/readyz",
      Effect.map(readiness, (state) => probe(state.ready, state))
    )
    yield* router.add(
      "GET",
      "/metrics",
      Effect.andThen(readiness, Effect.flatten(Exposition)).pipe(
        Effect.map((text) => HttpServerResponse.text(text, { contentType: "text/plain; version=0.0.4; charset=utf-8" }))
      )
    )
    yield* router.add(
      "GET",
      "/config",
      Effect.map(generations.current, ({ configuration }) =>
        HttpServerResponse.text(effective(configuration), { contentType: "application/json" })
      )
    )
  })
)

const probe = (good: boolean, state: object) => HttpServerResponse.jsonUnsafe(state, { status: good ? 200 : 503 })

/** Names of this machine: another in `Host` means a page in someone's browser that had its name resolved to here. */
const ownNames = new Set(["127.0.0.1", "[::1]", "localhost"])

/** Answers only requests that were meant for this machine. */
export const forThisMachine = <E, R>(
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
): Effect.Effect<HttpServerResponse.HttpServerResponse, E, R | HttpServerRequest.HttpServerRequest> =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) => {
    const name = (headers["host"] ?? "").replace(/:\d*$/, "").toLowerCase()
    return ownNames.has(name)
      ? app
      : Effect.succeed(HttpServerResponse.text("this Host is not served here\n", { status: 403 }))
  })
