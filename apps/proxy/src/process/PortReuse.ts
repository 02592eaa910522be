import { createServer } from "node:net"
import * as Effect from "effect/Effect"

/** Whether this system lets several processes listen on one port: Linux, FreeBSD and Solaris do, macOS and Windows do not. */
export const reusesPorts: Effect.Effect<boolean> = Effect.callback((resume) => {
  const server = createServer()
    .once("error", () => resume(Effect.succeed(false)))
    .listen({ host: "127.0.0.1", port: 0, reusePort: true }, () => server.close(() => resume(Effect.succeed(true))))
  return Effect.sync(() => void server.close())
})

/** The remedy on a system that does not. */
export const noReuse =
  "this system cannot share a port among processes; take listen.reuse_port out, and give each process a port of its own behind a balancer"
