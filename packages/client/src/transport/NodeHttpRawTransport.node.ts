import { request as httpRequest } from "node:http"
import type { HttpAgent } from "@effect/platform-node/NodeHttpClient"
import * as Headers from "effect/http/Headers"
import { bodyOf, callbackTransport } from "./CallbackTransport.ts"
import type { RawTransport } from "./RawTransport.ts"

/** Exchanges by `node:http`, or `node:https` where the address says so. */
export const nodeHttpExchange = (agent: HttpAgent["Service"]): RawTransport =>
  callbackTransport((request, url, { end, fail: failed, head, piece }) => {
    const isHttps = url.protocol === "https:"
    // Loaded with its first call: `node:https` reads every root certificate.
    const send = isHttps ? process.getBuiltinModule("node:https").request : httpRequest
    const sent = send(url, {
      agent: isHttps ? agent.https : agent.http,
      method: request.method,
      headers: request.headers
    })
    let before: number | undefined
    sent.on("socket", ({ bytesRead }) => void (before = bytesRead))
    const fail = (cause: Error) => failed(cause, sent.reusedSocket && sent.socket?.bytesRead === before)
    sent.on("error", fail)
    sent.on("response", (response) => {
      // From here on what breaks the answer is told of the answer, and what follows its end is no fault of it.
      sent.off("error", fail).on("error", () => {})
      response.on("error", (cause) => failed(cause, false))
      response.on("end", end)
      head(response.statusCode ?? 0, Headers.fromInput(response.headers))
      response.on("data", piece)
    })
    // Node closes such a connection without a word.
    sent.on("upgrade", (_, socket) => {
      socket.destroy()
      failed(Object.assign(new Error("an upgrade that was not asked for"), { code: "ECONNRESET" }), false)
    })
    sent.end(bodyOf(request))
    return () => sent.destroy()
  })
