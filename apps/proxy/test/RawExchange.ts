import { connect } from "node:net"
import { Effect } from "effect"

/** Sends bytes that no HTTP client would, and succeeds with all that comes until the connection closes. */
export const rawExchange = (url: string, request: string): Effect.Effect<string> =>
  Effect.callback<string>((resume) => {
    const { hostname, port } = new URL(url)
    const chunks: Array<Buffer> = []
    const socket = connect(Number(port), hostname, () => socket.write(Buffer.from(request, "latin1")))
    socket.on("data", (chunk: Buffer) => chunks.push(chunk))
    socket.on("error", () => undefined)
    socket.on("close", () => resume(Effect.succeed(Buffer.concat(chunks).toString())))
    return Effect.sync(() => socket.destroy())
  })

/** A request head with one line a field. */
export const head = (requestLine: string, ...fields: ReadonlyArray<string>): string =>
  [requestLine, ...fields, "", ""].join("\r\n")

/** The status of each answer in what was received. */
export const statusesOf = (received: string): ReadonlyArray<number> =>
  Array.from(received.matchAll(/HTTP\/1\.1 (\d{3}) /g), ([, status]) => Number(status))
