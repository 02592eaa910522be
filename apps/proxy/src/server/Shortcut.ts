import type { IncomingMessage, Server, ServerResponse } from "node:http"
import * as Effect from "effect/Effect"

/**
 * Decides at once on the whole answer to a request, and sees to its being
 * written; or says that it has not, and then has left it as it was.
 */
export type Shortcut = (request: IncomingMessage, response: ServerResponse) => boolean

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
        for (const listener of server.listeners("request") as Array<(...of: Parameters<Shortcut>) => void>) {
          if (before.has(listener)) continue
          server.off("request", listener)
          server.on("request", (request, response) => {
            if (!shortcut(request, response)) listener(request, response)
          })
        }
      })
    )
  })
