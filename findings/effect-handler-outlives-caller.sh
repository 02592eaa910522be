#!/bin/sh
# Package: effect 4.1.0 with @effect/platform-node 4.1.0: a server made with NodeHttpServer.make, and its `serve`.
# Guess: the Effect that answers a request is interrupted when its caller leaves, as for the routes of an HttpRouter.
# Seen: a handler that is given to `serve` runs to its end, since it runs uninterruptible: a gateway goes on with its
#   calls for a caller that has left. The same handler under a route, or with Effect.interruptible, is interrupted.
# Input: a GET whose caller leaves after 200 ms, for a handler that sleeps for one second.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund effect@4.1.0 @effect/platform-node@4.1.0
cat > look.mjs <<'JS'
import { createServer } from "node:http"
import { connect } from "node:net"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Layer } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

const outcomeOf = (appFor) =>
  Effect.scoped(
    Effect.gen(function* () {
      let outcome = "neither"
      const handler = Effect.sleep("1 second").pipe(
        Effect.onExit((exit) => Effect.sync(() => (outcome = exit._tag === "Success" ? "ran to its end" : "interrupted"))),
        Effect.as(HttpServerResponse.empty())
      )
      const node = createServer()
      const server = yield* NodeHttpServer.make(() => node, { host: "127.0.0.1", port: 0 })
      yield* server.serve(yield* appFor(handler))
      const socket = connect(node.address().port, "127.0.0.1")
      socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
      yield* Effect.sleep("200 millis")
      socket.destroy()
      yield* Effect.sleep("1500 millis")
      return outcome
    })
  )

const look = Effect.gen(function* () {
  console.log("given to serve:", yield* outcomeOf(Effect.succeed))
  console.log("a route of an HttpRouter:", yield* outcomeOf((handler) => HttpRouter.toHttpEffect(HttpRouter.add("GET", "/", handler))))
  console.log("given to serve, with Effect.interruptible:", yield* outcomeOf((handler) => Effect.succeed(Effect.interruptible(handler))))
})
Effect.runPromise(look).then(() => process.exit(0))
JS
node look.mjs | tee seen
cat > expected <<'TXT'
given to serve: ran to its end
a route of an HttpRouter: interrupted
given to serve, with Effect.interruptible: interrupted
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
