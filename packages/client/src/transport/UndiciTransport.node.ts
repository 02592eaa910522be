import { subscribe } from "node:diagnostics_channel"
import type { LookupFunction, Socket } from "node:net"
import { omitUndefined } from "@cbr/domain"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import type * as Undici from "@effect/platform-node/Undici"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import { InvalidRequest } from "../errors/ShowBackupError.ts"
import { bodyOf, callbackTransport } from "./CallbackTransport.ts"
import { routed } from "./ProxyRoute.node.ts"
import { type RawTransport, withRawTransport } from "./RawTransport.ts"
import { check, type TransportSettings } from "./TransportSettings.node.ts"

/**
 * Settings of {@link layerUndici}.
 * @category Transports
 * @since 0.2.0
 */
export interface UndiciSettings extends TransportSettings {
  /** Resolves the names of calls without a proxy; the system's look-up by default. A proxy resolves names itself. */
  readonly lookup?: LookupFunction | undefined
}

/**
 * HTTP by undici, by way of a proxy and with authorities of one's own: for
 * servers. Connections are kept until the layer's scope closes.
 *
 * Fails with `InvalidRequest` on settings that cannot be used, and in Bun,
 * whose undici is a stand-in that sends nothing.
 *
 * @example
 * ```ts
 * layerUndici({ caFile: "/etc/ssl/company.pem" })
 * ```
 * @category Transports
 * @since 0.1.0
 */
export const layerUndici = (settings: UndiciSettings): Layer.Layer<HttpClient.HttpClient, InvalidRequest> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.gen(function* () {
      const checked = yield* check(settings)
      const { ca, httpsProxy: uri } = checked
      const tls = omitUndefined({ ca })
      const { lookup } = settings
      const connect = lookup === undefined ? tls : { ...tls, lookup }
      const direct = yield* built(({ Agent }) => new Agent({ connect }))
      if (uri === undefined) return direct
      const proxied = yield* built(({ ProxyAgent }) => new ProxyAgent({ uri, requestTls: tls, proxyTls: tls }))
      return routed(checked, { direct, proxied })
    })
  )

/** A client with a dispatcher of its own, which is destroyed with the scope. */
const built = Effect.fnUntraced(function* (make: (undici: typeof Undici) => Undici.Dispatcher) {
  const undici = yield* Effect.promise(() => import("@effect/platform-node/Undici"))
  const dispatcher = yield* Effect.acquireRelease(dispatcherOf(make(undici)), (made) =>
    Effect.promise(() => made.destroy())
  )
  return yield* Effect.provideService(overDispatcher, NodeHttpClient.Dispatcher, dispatcher)
})

/** HTTP by the dispatcher of the context. */
const overDispatcher = Effect.gen(function* () {
  return withRawTransport(yield* NodeHttpClient.makeUndici, undiciExchange(yield* NodeHttpClient.Dispatcher))
})

/** The stand-in for undici has its classes and none of their methods. */
const dispatcherOf = (made: Undici.Dispatcher) =>
  typeof made.dispatch === "function"
    ? Effect.succeed(made)
    : Effect.fail(new InvalidRequest({ detail: { code: "undici-missing" } }))

/**
 * HTTP by the context's dispatcher of undici.
 * @category Transports
 * @since 0.1.0
 */
export const layerUndiciNoDispatcher: Layer.Layer<HttpClient.HttpClient, never, NodeHttpClient.Dispatcher> =
  Layer.effect(HttpClient.HttpClient, overDispatcher)

/** Exchanges by a dispatcher of undici. */
const undiciExchange = (dispatcher: Undici.Dispatcher): RawTransport => {
  hearOfConnections()
  return callbackTransport((request, url, { end, fail, head, piece }) => {
    let connection: Connection | undefined
    let controller: Undici.Dispatcher.DispatchController | undefined
    let isLeft = false
    dispatcher.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: request.headers,
        body: bodyOf(request),
        // The caller bounds the wait.
        headersTimeout: 60 * 60 * 1_000,
        bodyTimeout: 0
      },
      {
        onRequestStart: (started) => {
          controller = started
          if (isLeft) return started.abort(unwanted)
          onConnection = (taken) => void (connection = taken)
        },
        onResponseStart: (_, status, fields) => head(status, Headers.fromInput(fields)),
        onResponseData: (_, bytes) => piece(bytes),
        onResponseEnd: end,
        onResponseError: (_, cause) =>
          fail(cause, connection?.isKept === true && connection.socket.bytesRead === connection.before)
      }
    )
    return () => {
      isLeft = true
      controller?.abort(unwanted)
    }
  })
}

const unwanted = new Error("no more is wanted")

/** The connection that a request goes by. */
interface Connection {
  readonly socket: Socket
  /** Whether it carried a request before. */
  readonly isKept: boolean
  /** Bytes that had come by it when the request was sent. */
  readonly before: number
}

/** Hears the connection of the request that is being sent. */
let onConnection: ((connection: Connection) => void) | undefined

const used = new WeakSet<Socket>()

let hears = false

/**
 * Undici tells which connection a request takes on this channel alone, in the
 * same step as `onRequestStart`. Over HTTP/2 the fields are no text, and the
 * bytes of one connection are of many answers.
 */
const hearOfConnections = () => {
  if (hears) return
  hears = true
  subscribe("undici:client:sendHeaders", (message) => {
    const { headers, socket } = message as { readonly headers: unknown; readonly socket: Socket }
    if (typeof headers === "string") onConnection?.({ socket, isKept: used.has(socket), before: socket.bytesRead })
    onConnection = undefined
    used.add(socket)
  })
}
