import type { ServerResponse } from "node:http"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { gzipSync } from "node:zlib"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { Fault } from "./Fault.ts"
import { example } from "./fixtures/Example.ts"

/** One request, and what its answer would be without the fault. */
export interface Exchange<R> {
  readonly request: HttpServerRequest.HttpServerRequest
  /** Headers that every answer carries, unless the fault sets them. Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly answer: Effect.Effect<HttpServerResponse.HttpServerResponse, never, R>
  /** Told when a status goes out. */
  readonly onStatus: (status: number) => Effect.Effect<void>
}

/**
 * Carries a fault out on Node's own response, beneath the HTTP server, which
 * would not frame an answer wrongly. The server sees that the response is
 * taken care of and leaves the returned one aside.
 */
export const deliver = <R>(
  fault: Fault,
  exchange: Exchange<R>
): Effect.Effect<HttpServerResponse.HttpServerResponse, never, R> => {
  const response = NodeHttpServerRequest.toServerResponse(exchange.request) as ServerResponse

  const writeHead = (status: number, headers: Readonly<Record<string, string | number | undefined>>) =>
    Effect.andThen(
      exchange.onStatus(status),
      Effect.sync(() => {
        // The head may contradict the body: that is the fault.
        response.strictContentLength = false
        const ownNames = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
        const common = Object.entries(exchange.headers).filter(([name]) => !ownNames.has(name))
        // Node's own would take the place of the one that is left out.
        response.sendDate = false
        const own = Object.entries(headers).filter(([, value]) => value !== undefined)
        response.writeHead(status, Object.fromEntries([...common, ...own]))
      })
    )

  const answer = (
    status: number,
    headers: Readonly<Record<string, string | number | undefined>>,
    body: string | Uint8Array
  ) =>
    Effect.andThen(
      writeHead(status, headers),
      Effect.sync(() => response.end(body))
    )

  const half = (
    body: string,
    framing: Readonly<Record<string, string | number>> = { "content-length": Buffer.byteLength(body) }
  ) =>
    Effect.andThen(
      writeHead(200, { ...json, ...framing }),
      Effect.callback<void>((resume) => {
        response.write(Buffer.from(body).subarray(0, Buffer.byteLength(body) / 2), () => resume(Effect.void))
      })
    )

  const reset = Effect.sync(() => response.socket?.resetAndDestroy())
  // In good order, for a reset would take back what the client has not read yet.
  const close = Effect.sync(() => response.destroy())

  // At the server's end, too: it would answer 503 then.
  const silence = Effect.onInterrupt(Effect.never, () => close)

  return Fault.$match(fault, {
    Answer: ({ body = "", headers = {}, status }) => Effect.as(answer(status, headers, body), takenCareOf),
    Delay: ({ duration, followedBy }) =>
      Effect.andThen(
        Effect.sleep(duration),
        followedBy === undefined ? exchange.answer : Effect.suspend(() => deliver(followedBy, exchange))
      ),
    Hang: () => silence,
    Reset: () => Effect.as(reset, takenCareOf),
    CutMidBody: ({ body = example }) => Effect.as(Effect.andThen(half(body), close), takenCareOf),
    CutChunks: ({ body = example }) =>
      Effect.as(Effect.andThen(half(body, { connection: "close" }), close), takenCareOf),
    CloseAfter: () => {
      const { socket } = response
      response.once("finish", () => socket?.end())
      return exchange.answer
    },
    StallMidBody: ({ body = example }) => Effect.andThen(half(body), silence),
    WrongLength: ({ body = example, declared }) =>
      Effect.as(answer(200, { ...json, "content-length": declared, connection: "close" }, body), takenCareOf),
    HugeBody: ({ bytes }) =>
      writeHead(200, json).pipe(
        Effect.andThen(
          // The client may well have gone before the end.
          Effect.ignore(Effect.tryPromise((signal) => pipeline(Readable.from(backupOf(bytes)), response, { signal })))
        ),
        Effect.as(takenCareOf)
      ),
    Gzip: ({ body = example, truncated = false }) => {
      const compressed = gzipSync(body)
      const sent = truncated ? compressed.subarray(0, compressed.length / 2) : compressed
      return Effect.as(
        answer(200, { ...json, "content-encoding": "gzip", "content-length": sent.length }, sent),
        takenCareOf
      )
    }
  })
}

const json = { "content-type": "application/json" }

const takenCareOf = HttpServerResponse.empty()

/** A backup of exactly so many bytes, by way of its description. */
function* backupOf(bytes: number): Generator<string> {
  const [head, tail] = ['{"backup":{"id":"fa000000-0000-4000-8000-000000000004","description":"', '"}}']
  yield head
  const chunk = 65_536
  for (let left = bytes - head.length - tail.length; left > 0; left -= chunk) yield "x".repeat(Math.min(left, chunk))
  yield tail
}
