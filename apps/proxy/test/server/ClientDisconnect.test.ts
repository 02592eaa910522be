import { readFileSync } from "node:fs"
import { connect, type Socket } from "node:net"
import { Duplex } from "node:stream"
import { connect as tlsConnect } from "node:tls"
import { BackupClient } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Context, Deferred, Duration, Effect, Exit, Layer, Redacted, Scope } from "effect"
import { Listener } from "../../src/server/Server.ts"
import { responseOf } from "../cache/backupOf.ts"
import { head, statusesOf } from "../RawExchange.ts"
import { hasty, key, LogLines, proxyOver } from "../TestProxy.ts"

const pem = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8")
const tls = { cert: pem("self-signed.cert.pem"), key: Redacted.make(pem("self-signed.key.pem")) }

const cached = "/v3/p/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d"
const slow = "/v3/p/backups/7df2b54c-dd62-4059-a07c-1b8f24f2725d"
const get = (path: string, ...more: ReadonlyArray<string>) =>
  head(`GET ${path} HTTP/1.1`, "Host: localhost", `X-Api-Key: ${key}`, ...more)

/** The ways in which a peer reaches the proxy, and ends its sending. */
interface Way {
  readonly secure: boolean
  readonly open: (port: number) => Socket
}

/** Below TLS a connection that never ends by itself, so that what ends is TLS alone. */
const withoutEnd = (port: number) => {
  const below = connect(port, "127.0.0.1")
  const duplex = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _, done) => void below.write(chunk, () => done()),
    destroy: (error, done) => {
      below.destroy()
      done(error)
    }
  })
  below.on("data", (chunk: Buffer) => duplex.push(chunk)).on("close", () => duplex.push(null))
  below.on("error", () => undefined)
  return duplex
}

const ways: ReadonlyArray<readonly [string, Way]> = [
  ["in the clear", { secure: false, open: (port) => connect(port, "127.0.0.1") }],
  [
    "over TLS",
    {
      secure: true,
      open: (port) => tlsConnect({ port, host: "127.0.0.1", rejectUnauthorized: false })
    }
  ],
  [
    "over TLS by close_notify alone",
    {
      secure: true,
      open: (port) => tlsConnect({ socket: withoutEnd(port), rejectUnauthorized: false })
    }
  ]
]

/** A call to the cloud without an end, its beginning, and its interruption. */
const endlessCall = Effect.gen(function* () {
  const asked = yield* Deferred.make<void>()
  const givenUp = yield* Deferred.make<void>()
  const call = Effect.andThen(
    Deferred.succeed(asked, undefined),
    Effect.onInterrupt(Effect.never, () => Deferred.succeed(givenUp, undefined))
  )
  return { asked, givenUp, call }
})

describe("a peer that sends no more before it is answered", () => {
  it.live.each(ways)("%s, is left at once, with the answers that are held behind the first", ([, { open, secure }]) =>
    Effect.gen(function* () {
      const { asked, call, givenUp } = yield* endlessCall
      const client = Layer.succeed(
        BackupClient,
        BackupClient.of({
          ...({} as BackupClient["Service"]),
          showBackup: ({ backup_id }) =>
            slow.endsWith(backup_id) ? call : Effect.succeed(responseOf({ status: "available" }))
        })
      )
      const scope = yield* Scope.make()
      const drainTimes = { ...hasty, grace: Duration.seconds(20) }
      const layer = Layer.fresh(proxyOver(client, { tls: secure ? tls : undefined, drainTimes }))
      const context = yield* Layer.buildWithScope(layer, scope)
      const log = Context.get(context, LogLines)
      const opened = Effect.acquireRelease(
        Effect.sync(() => open(Number(new URL(Context.get(context, Listener).url).port)).on("error", () => undefined)),
        (socket) => Effect.sync(() => socket.destroy())
      )

      const first = yield* opened
      first.write(get(cached, "Connection: close"))
      assert.deepStrictEqual(statusesOf(yield* received(first)), [200])
      const socket = yield* opened
      socket.write(get(slow) + get(cached))
      yield* Deferred.await(asked)
      while (!log.some((line) => line.includes('"cache":"hit"'))) yield* Effect.sleep("5 millis")
      socket.end()
      assert.strictEqual(yield* received(socket), "")
      yield* Deferred.await(givenUp)
      // Whatever were still open would have the grace of a drain, and be counted at its end.
      yield* Scope.close(scope, Exit.void)
      assert.notInclude(log.join("\n"), "cut off")
    }).pipe(Effect.scoped)
  )
})

describe("a caller that leaves a batch before its answer", () => {
  it.live("has the calls to the cloud interrupted, and the log says that it left", () =>
    Effect.gen(function* () {
      const { asked, call, givenUp } = yield* endlessCall
      const client = Layer.succeed(
        BackupClient,
        BackupClient.of({
          ...({} as BackupClient["Service"]),
          showBackup: () => call
        })
      )
      const context = yield* Layer.build(Layer.fresh(proxyOver(client)))
      const log = Context.get(context, LogLines)
      const batch = JSON.stringify({ items: [{ project_id: "p", backup_id: slow.slice(slow.lastIndexOf("/") + 1) }] })
      const socket = connect(Number(new URL(Context.get(context, Listener).url).port), "127.0.0.1")
      socket.write(
        head(
          "POST /-/v1/backups:batchGet HTTP/1.1",
          "Host: localhost",
          `X-Api-Key: ${key}`,
          "Content-Type: application/json",
          `Content-Length: ${batch.length}`
        ) + batch
      )
      yield* Deferred.await(asked)
      socket.destroy()
      yield* Deferred.await(givenUp)
      while (!log.some((line) => line.includes("the caller left before the answer"))) yield* Effect.sleep("5 millis")
      assert.notInclude(log.join("\n"), '"answered"')
    }).pipe(Effect.timeout("10 seconds"), Effect.scoped)
  )
})

/** All that comes until the proxy sends no more either. */
const received = (socket: Socket): Effect.Effect<string> =>
  Effect.callback((resume) => {
    let text = ""
    socket.on("data", (chunk: Buffer) => (text += chunk.toString()))
    for (const event of ["end", "close"]) socket.on(event, () => resume(Effect.succeed(text)))
  })
