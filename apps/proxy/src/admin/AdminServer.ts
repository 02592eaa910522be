import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import type { Generations } from "../Generations.ts"
import type { Lifecycle } from "../Lifecycle.ts"
import { ownSpans } from "../observability/Tracing.ts"
import type { Reload } from "../Reload.ts"
import { StartFailed } from "../StartFailed.ts"
import type { Store } from "../store/Store.ts"
import { AdminRoutes, forThisMachine } from "./AdminRoutes.ts"

/** The port for those who run the proxy. It answers until the process ends, so also while draining. */
export class AdminServer extends Context.Service<AdminServer, { readonly url: string }>()("@cbr/proxy/AdminServer") {
  static readonly layer = (options: {
    /** An address of this machine alone. */
    readonly host: string
    /** 0 takes a free one. */
    readonly port: number
  }): Layer.Layer<AdminServer, StartFailed, Generations | Lifecycle | Reload | Store> =>
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
              StartFailed.fromListening(error, {
                ...options,
                settings: { host: "admin.host", port: "--admin-port or admin.port" }
              })
            )
          )
        )
        yield* Effect.addFinalizer(() => Effect.sync(() => node.closeAllConnections()))
        yield* server.serve(forThisMachine(yield* HttpRouter.toHttpEffect(AdminRoutes)))
        const { address, family, port } = node.address() as AddressInfo
        return { url: `http://${family === "IPv6" ? `[${address}]` : address}:${port}` }
      })
    ).pipe(Layer.provide(ownSpans))
}
