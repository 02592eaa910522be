import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import { cutRequests } from "../observability/Metrics.ts"
import { ownSpans } from "../observability/Tracing.ts"
import type { Lifecycle } from "../process/Lifecycle.ts"
import { StartupError } from "../process/StartupError.ts"
import type { ActiveConfiguration } from "../reload/ActiveConfiguration.ts"
import type { Reload } from "../reload/Reload.ts"
import type { Store } from "../store/Store.ts"
import { AdminRoutes, forThisMachine } from "./AdminRoutes.ts"

/**
 * The port for operators. It answers until the process ends, so
 * also while draining; and where the drain cut requests off, for a little
 * longer: what was cut would otherwise be measured by no scrape.
 */
export class AdminServer extends Context.Service<AdminServer, { readonly url: string }>()("@cbr/proxy/AdminServer") {
  static readonly layer = ({
    report = Duration.zero,
    ...options
  }: {
    /** An address of this machine alone. */
    readonly host: string
    /** 0 takes a free one. */
    readonly port: number
    /** Time to wait for a scrape of the requests that a drain cut off, if the metrics were read before. */
    readonly report?: Duration.Duration
  }): Layer.Layer<AdminServer, StartupError, ActiveConfiguration | Lifecycle | Reload | Store> =>
    Layer.effect(
      AdminServer,
      Effect.gen(function* () {
        const node = createServer({ headersTimeout: 5_000, requestTimeout: 5_000, maxHeaderSize: 8 * 1024 })
        const server = yield* NodeHttpServer.make(() => node, {
          ...options,
          gracefulShutdownTimeout: Duration.seconds(1)
        }).pipe(
          Effect.catchTag("ServeError", (error) =>
            Effect.fail(
              StartupError.fromListening(error, {
                ...options,
                settings: { host: "admin.host", port: "--admin-port or admin.port" }
              })
            )
          )
        )
        yield* Effect.addFinalizer(() => Effect.sync(() => node.closeAllConnections()))
        const { onScrape, reported } = scrapes(report)
        yield* server.serve(forThisMachine(yield* HttpRouter.toHttpEffect(AdminRoutes(onScrape))))
        yield* Effect.addFinalizer(() => reported)
        const { address, family, port } = node.address() as AddressInfo
        return { url: `http://${family === "IPv6" ? `[${address}]` : address}:${port}` }
      })
    ).pipe(Layer.provide(ownSpans))
}

/** Notes that the metrics are read, and waits for that where requests were cut off. */
const scrapes = (report: Duration.Duration) => {
  let wasRead = false
  const read = Latch.makeUnsafe()
  return {
    onScrape: Effect.sync(() => {
      wasRead = true
      read.openUnsafe()
    }),
    reported: Effect.gen(function* () {
      const { count } = yield* Metric.value(cutRequests.drain)
      if (!wasRead || count === 0) return
      read.closeUnsafe()
      yield* Effect.timeoutOption(read.await, report)
    })
  }
}
