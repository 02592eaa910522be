import type { IncomingMessage, Server, ServerResponse } from "node:http"
import * as Effect from "effect/Effect"

/**
 * Answers a request, or leaves it, now or later, to the rest: what listens to
 * the server in an Effect.
 */
export type Shortcut = (request: IncomingMessage, response: ServerResponse, rest: () => void) => void

/** Has a server ask the shortcut before those who begin to listen to its requests in an effect. */
export const withShortcut = <A, E, R>(
  server: Server,
  shortcut: Shortcut,
  listen: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    const before = new Set(server.listeners("request"))
    return Effect.tap(listen, () =>
      Effect.sync(() => {
        for (const listener of server.listeners("request") as Array<
          (request: IncomingMessage, response: ServerResponse) => void
        >) {
          if (before.has(listener)) continue
          server.off("request", listener)
          server.on("request", (request, response) => shortcut(request, response, () => listener(request, response)))
        }
      })
    )
  })
