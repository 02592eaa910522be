import * as ByteSize from "effect/ByteSize"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import { exchange } from "../api/Exchange.ts"
import { hitPath } from "../api/HitPath.ts"
import { Routes } from "../api/Routes.ts"
import { CachedBackups } from "../cache/CachedBackups.ts"
import { Gateway } from "../gateway/Gateway.ts"
import { defaultLimits } from "../http/Limits.ts"
import { defaultPublicHosts, publicHosts } from "../http/PublicHosts.ts"
import { LiveAnswers } from "../live/LiveAnswers.ts"
import { Watches } from "../live/Watches.ts"
import { accessLogged } from "../observability/AccessLog.ts"
import { startCounters } from "../observability/FromZero.ts"
import * as Metrics from "../observability/Metrics.ts"
import { ownSpans, traced } from "../observability/Tracing.ts"
import { Lifecycle } from "../process/Lifecycle.ts"
import { layer as serverLayer, Listener, type ServerOptions } from "../server/Server.ts"
import type { Shortcut } from "../server/Shortcut.ts"
import { Generations } from "../snapshot/Generations.ts"

/** How the proxy listens, by which names it is called, and how it stops. */
export interface ProxyOptions extends ServerOptions {
  /**
   * Names by which callers reach the proxy, such as `cbr.example.org`. Defaults
   * to what the configuration in force says, or else to the names of the
   * machine itself, and the address listened on.
   */
  readonly public_hosts?: ReadonlyArray<string> | undefined
  /** Stands between the server and what answers hits ahead of the router; tests count there, or take it away. */
  readonly aroundHits?: (shortcut: Shortcut) => Shortcut
  /** When the layer ends, how long new requests are still served, so that balancers can look away first. */
  readonly lame?: Duration.Duration | undefined
}

/**
 * The proxy, serving as long as the layer lives. Its `Listener` tells the URL.
 * When the layer ends, the proxy says so (`Lifecycle`, `Connection: close`) and
 * serves on for the lame time; then it finishes what it has begun.
 *
 * @example
 * ```ts
 * Proxy.layer({ host: "127.0.0.1", port: 0 }).pipe(
 *   Layer.provide(Generations.layer(Generation.fromLoaded(loaded))),
 *   Layer.provide([Quotas.layerMemory, Lifecycle.layer, NodeCrypto.layerSecureRandom])
 * )
 * ```
 */
export const layer = ({
  aroundHits = identity,
  lame = Duration.zero,
  limits = defaultLimits,
  public_hosts,
  ...options
}: ProxyOptions) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      yield* startCounters
      const server = yield* HttpServer.HttpServer
      const lifecycle = yield* Lifecycle
      const generations = yield* Generations
      const routes = underRules(yield* HttpRouter.toHttpEffect(Routes), generations)
      const { answerAhead, identify } = yield* Listener
      const defaultHosts = defaultPublicHosts(options.host)
      let hosts = publicHosts(defaultHosts)
      yield* generations.follow(({ configuration, tls }) => {
        hosts = publicHosts(public_hosts ?? configuration.listen.public_hosts ?? defaultHosts)
        if (tls !== undefined) identify(tls)
      })
      const rules = { limits, publicHosts: { has: (authority: string) => hosts.has(authority) } }
      yield* server.serve(accessLogged(traced(exchange(routes, rules))))
      answerAhead(aroundHits(yield* hitPath(rules)))
      // Added last, so it runs first: before the server stops to listen.
      yield* Effect.addFinalizer(() =>
        lifecycle
          .enter("draining")
          .pipe(
            Effect.andThen(Metric.update(Metrics.draining, 1)),
            Effect.andThen(Effect.logInfo("draining")),
            Effect.andThen(Effect.sleep(lame))
          )
      )
      yield* lifecycle.enter("serving")
    })
  ).pipe(
    Layer.provide(liveAnswers(lame)),
    Layer.provide(Gateway.layer),
    Layer.provide(CachedBackups.layer),
    Layer.provideMerge(serverLayer({ ...options, limits })),
    Layer.provide([
      strictRouting,
      ownSpans,
      Layer.succeed(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(limits.bodyBytes))
    ])
  )

/** When the proxy stops, what lasts is told to go elsewhere once balancers have looked away. */
const liveAnswers = (lame: Duration.Duration) =>
  Layer.unwrap(
    Effect.map(Lifecycle, ({ draining }) => LiveAnswers.layer(Effect.andThen(draining, Effect.sleep(lame))))
  ).pipe(Layer.provide(Watches.layer))

/** Answers each request by the rules of the generation in force when it came. */
const underRules = <A, E, R>(routes: Effect.Effect<A, E, R>, generations: Generations["Service"]) =>
  Effect.flatMap(generations.current, ({ rules }) =>
    Effect.updateContext(routes, (context: Context.Context<R>) => Context.merge(context, rules))
  )

/** A path is served in one spelling. Ids of any length reach the check that names what is wrong with them. */
const strictRouting = Layer.succeed(HttpRouter.RouterConfig, {
  caseSensitive: true,
  ignoreTrailingSlash: false,
  ignoreDuplicateSlashes: false,
  maxParamLength: 2_048
})
