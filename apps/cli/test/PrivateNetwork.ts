import { readFileSync } from "node:fs"
import { createServer as createProxy } from "node:http"
import { createServer } from "node:https"
import { type AddressInfo, connect } from "node:net"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"

/** A file of the private authority of the client's tests. */
export const privateAuthority = (name: string) =>
  fileURLToPath(new URL(`../../../packages/client/test/fixtures/private-${name}`, import.meta.url))

/** The origin of a server that has a backup and a private authority's certificate. */
export const behindPrivateAuthority = Effect.map(
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer(
        {
          key: readFileSync(privateAuthority("ca-server.key.pem")),
          cert: readFileSync(privateAuthority("ca-server.cert.pem"))
        },
        (_, response) => void response.end(JSON.stringify({ backup: { id: "6df2b54c-dd62-4059-a07c-1b8f24f2725d" } }))
      )
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return server
    }),
    (server) => Effect.sync(() => server.close().closeAllConnections())
  ),
  (server) => `https://127.0.0.1:${(server.address() as AddressInfo).port}`
)

/** The port of a proxy that opens a tunnel for `user:canary`. */
export const proxyPort = Effect.map(
  Effect.acquireRelease(
    Effect.promise(async () => {
      const proxy = createProxy((_, response) => response.writeHead(405).end())
      proxy.on("connect", ({ headers, url = "" }, client) => {
        client.on("error", () => {})
        if (headers["proxy-authorization"] !== `Basic ${btoa("user:canary")}`) {
          return void client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
        }
        const target = connect(Number(url.split(":")[1]), "127.0.0.1", () => {
          client.write("HTTP/1.1 200 Connection Established\r\n\r\n")
          target.pipe(client).pipe(target)
        })
        target.on("error", () => client.destroy())
      })
      await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve))
      return proxy
    }),
    (proxy) => Effect.sync(() => proxy.close().closeAllConnections())
  ),
  (proxy) => (proxy.address() as AddressInfo).port
)
