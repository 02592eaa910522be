import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import { effective } from "../configuration/EffectiveConfiguration.ts"
import { liveness } from "../http/Liveness.ts"
import { requestHead, valuesOf } from "../http/RequestHead.ts"
import { isFromAnotherSite } from "../http/RequestValidation.ts"
import { Lifecycle } from "../process/Lifecycle.ts"
import { ActiveConfiguration } from "../reload/ActiveConfiguration.ts"
import { Reload } from "../reload/Reload.ts"
import { readiness } from "./Readiness.ts"

/**
 * The routes for operators, served on this machine alone.
 *
 * @param onScrape is run whenever the metrics have been read
 */
export const AdminRoutes = (onScrape: Effect.Effect<void>) =>
  HttpRouter.use(
    Effect.fnUntraced(function* (router) {
      const snapshots = yield* ActiveConfiguration
      const lifecycle = yield* Lifecycle
      const reload = yield* Reload

      const metrics = Effect.andThen(readiness, PrometheusMetrics.format()).pipe(
        Effect.tap(onScrape),
        Effect.map((text) => HttpServerResponse.text(text, { contentType: "text/plain; version=0.0.4; charset=utf-8" }))
      )
      const configuration = Effect.map(snapshots.current, ({ configuration }) =>
        HttpServerResponse.text(effective(configuration), { contentType: "application/json" })
      )
      const started = Effect.map(lifecycle.phase, (phase) => probe(phase !== "starting", { phase }))
      const ready = Effect.map(readiness, (state) => probe(state.ready, state))
      const drained = Effect.as(lifecycle.stop, HttpServerResponse.jsonUnsafe({ outcome: "draining" }, { status: 202 }))
      const reloaded = Effect.map(reload.now, (reloaded) =>
        HttpServerResponse.jsonUnsafe(reloaded, { status: reloadStatuses[reloaded.outcome] })
      )

      yield* router.add("GET", "/livez", liveness)
      yield* router.add("GET", "/startupz", started)
      yield* router.add("GET", "/readyz", ready)
      yield* router.add("GET", "/metrics", metrics)
      yield* router.add("GET", "/config", configuration)
      yield* router.add("*", "/drain", posted(drained))
      yield* router.add("*", "/reload", posted(reloaded))
    })
  )

const reloadStatuses = { loaded: 200, unchanged: 200, refused: 422, "no file": 409 } as const

/** A route that changes something takes POST alone: no link and no image can send that. */
const posted = <E, R>(answer: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ method }) =>
    method === "POST" ? answer : Effect.succeed(HttpServerResponse.empty({ status: 405, headers: { allow: "POST" } }))
  )

const probe = (good: boolean, state: object) => HttpServerResponse.jsonUnsafe(state, { status: good ? 200 : 503 })

/** Names of this machine: another in `Host` means a page in a person's browser that had its name resolved to here. */
const ownNames = new Set(["127.0.0.1", "[::1]", "localhost"])

/** Answers only requests that were meant for this machine, and that no page of another site sent. */
export const forThisMachine = <E, R>(
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
): Effect.Effect<HttpServerResponse.HttpServerResponse, E, R | HttpServerRequest.HttpServerRequest> =>
  Effect.flatMap(requestHead, (head) => {
    const [host] = valuesOf(head, "host")
    // A balancer's check may have none, a page in a browser always has one.
    if (host !== undefined && !ownNames.has(host.replace(/:\d*$/, "").toLowerCase()))
      return refuse("this Host is not served here\n")
    return isFromAnotherSite(head) ? refuse("a page of another site sent this\n") : app
  })

const refuse = (why: string) => Effect.succeed(HttpServerResponse.text(why, { status: 403 }))
