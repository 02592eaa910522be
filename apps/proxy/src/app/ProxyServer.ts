import { ClientMetrics } from "@cbr/client"
import * as ByteSize from "effect/ByteSize"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import { makeRequestHandler } from "../api/RequestHandler.ts"
import { makeResponder } from "../api/Responder.ts"
import { BackupCache } from "../cache/BackupCache.ts"
import { SharedAnswers } from "../cache/SharedAnswers.ts"
import { BackupAccess } from "../gateway/BackupAccess.ts"
import { defaultHttpLimits } from "../http/HttpLimits.ts"
import { defaultPublicHosts, publicHosts } from "../http/PublicHosts.ts"
import { BackupPollerRegistry } from "../live/BackupPollerRegistry.ts"
import { FleetDigests } from "../live/FleetDigests.ts"
import { LiveEndpoints } from "../live/LiveEndpoints.ts"
import { ProjectPollerRegistry } from "../live/ProjectPollerRegistry.ts"
import { Subscriptions } from "../live/Subscriptions.ts"
import { startMetrics } from "../observability/Counters.ts"
import * as Metrics from "../observability/Metrics.ts"
import { ownSpans } from "../observability/Tracing.ts"
import { Lifecycle } from "../process/Lifecycle.ts"
import { ActiveConfiguration } from "../reload/ActiveConfiguration.ts"
import { layer as serverLayer, Listener, type ServerOptions } from "../server/Server.ts"

/** The address to listen on, and the times of a stop. */
export interface ProxyOptions extends ServerOptions {
  /** Time after the end of the layer in which the proxy serves new requests, so that balancers can look away first. */
  readonly serveTime?: Duration.Duration | undefined
}

/**
 * The proxy, serving as long as the layer lives. Its `Listener` tells the URL.
 * When the layer ends, the proxy says so (`Lifecycle`, `Connection: close`) and
 * serves on for the serve time; then it finishes what it has begun.
 *
 * @example
 * ```ts
 * ProxyServer.layer({ host: "127.0.0.1", port: 0 }).pipe(
 *   Layer.provide(ActiveConfiguration.layer(ConfigSnapshot.fromLoaded(loaded))),
 *   Layer.provide([RateLimits.layerMemory, Lifecycle.layer, NodeCrypto.layerSecureRandom])
 * )
 * ```
 */
export const layer = ({ serveTime = Duration.zero, limits = defaultHttpLimits, ...options }: ProxyOptions) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      yield* startMetrics
      yield* ClientMetrics.startCounters
      const lifecycle = yield* Lifecycle
      const snapshots = yield* ActiveConfiguration
      const { identify, serve } = yield* Listener
      const defaultHosts = defaultPublicHosts(options.host)
      let isPublic = publicHosts(defaultHosts)
      yield* snapshots.follow(({ configuration, tls }) => {
        isPublic = publicHosts(configuration.listen.public_hosts ?? defaultHosts)
        if (tls !== undefined) identify(tls)
      })
      const requirements = { limits, isPublicHost: (authority: string) => isPublic(authority) }
      const answer = yield* makeResponder
      yield* serve(yield* makeRequestHandler({ requirements, rulesNow: () => snapshots.now().rules, answer }))
      // Added last, so it runs first: before the server stops to listen.
      yield* Effect.addFinalizer(() =>
        lifecycle
          .enter("draining")
          .pipe(
            Effect.andThen(Metric.update(Metrics.draining, 1)),
            Effect.andThen(Effect.logInfo("draining")),
            Effect.andThen(Effect.sleep(serveTime))
          )
      )
      yield* lifecycle.enter("serving")
    })
  ).pipe(
    Layer.provide(liveAnswers(serveTime)),
    Layer.provide(BackupAccess.layer),
    Layer.provide(BackupCache.layer),
    Layer.provide(SharedAnswers.layer),
    Layer.provideMerge(serverLayer({ ...options, limits })),
    Layer.provide([ownSpans, Layer.succeed(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(limits.bodyBytes))])
  )

/** Streams and long polls. A stop ends them once balancers have looked away. */
const liveAnswers = (lame: Duration.Duration) =>
  Layer.merge(LiveEndpoints.layer, FleetDigests.layer).pipe(
    Layer.provide([
      BackupPollerRegistry.layer,
      ProjectPollerRegistry.layer,
      Layer.unwrap(
        Effect.map(Lifecycle, ({ draining }) => Subscriptions.layer(Effect.andThen(draining, Effect.sleep(lame))))
      )
    ])
  )
