import { readFileSync } from "node:fs"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { createServer as createProxyServer } from "node:http"
import { createServer as createTlsServer } from "node:https"
import { connect, type Socket } from "node:net"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { inspect } from "node:util"
import { MetadataHttpClient, Endpoint, isRetryable } from "@cbr/client"
import { checkTransport, layerNodeHttp, layerUndici, proxyOf, type TransportSettings } from "@cbr/client/node"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Redacted, Result } from "effect"
import { HttpClient } from "effect/http"
import { httpServer, selfSignedServer, tcpServer } from "../LoopbackServer.ts"
import { body, show } from "../TestClient.ts"

const path = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))

const caFile = path("private-ca.cert.pem")

/** CBR behind a certificate of a private authority. */
const cbr = Effect.acquireRelease(
  Effect.callback<{ readonly port: number; readonly stop: () => void }>((resume) => {
    const server = createTlsServer(
      { key: readFileSync(path("private-ca-server.key.pem")), cert: readFileSync(path("private-ca-server.cert.pem")) },
      (_, response) => response.end(body)
    )
    server.listen(0, "127.0.0.1", () =>
      resume(
        Effect.succeed({
          port: (server.address() as AddressInfo).port,
          stop: () => {
            server.close()
            server.closeAllConnections()
          }
        })
      )
    )
  }),
  ({ stop }) => Effect.sync(stop)
)

/** A proxy that opens tunnels for clients with its password, and keeps the targets. */
const connectProxy = (password: string) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly address: string; readonly targets: ReadonlyArray<string>; readonly stop: () => void }>(
      (resume) => {
        const targets: Array<string> = []
        const sockets = new Set<Socket>()
        const server = createProxyServer((_, response) => response.writeHead(405).end())
        server.on("connect", ({ headers, url = "" }, client: Socket) => {
          sockets.add(client)
          client.on("error", () => {})
          const expected = `Basic ${Buffer.from(`user:${password}`).toString("base64")}`
          if (headers["proxy-authorization"] !== expected) {
            return void client.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
          }
          targets.push(url)
          const target = connect(Number(url.split(":")[1]), "127.0.0.1", () => {
            client.write("HTTP/1.1 200 Connection Established\r\n\r\n")
            target.pipe(client).pipe(target)
          })
          sockets.add(target)
          target.on("error", () => client.destroy())
        })
        server.listen(0, "127.0.0.1", () =>
          resume(
            Effect.succeed({
              address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
              targets,
              stop: () => {
                server.close()
                for (const socket of sockets) socket.destroy()
              }
            })
          )
        )
      }
    ),
    ({ stop }) => Effect.sync(stop)
  )

describe.each(Object.entries({ undici: layerUndici, "node:http": layerNodeHttp }))("over %s", (_, layer) => {
  const at = (origin: string, settings: TransportSettings) =>
    show({
      http: Layer.orDie(layer(settings)),
      endpoint: Layer.orDie(Endpoint.layer({ endpoint: origin })),
      policy: { retries: 0, callTimeout: Duration.seconds(5) }
    })
  const password = "canaryOfTheProxy"

  it.live("a private authority's certificate is trusted with its file, and not without", () =>
    Effect.gen(function* () {
      const { port } = yield* cbr
      const response = yield* at(`https://127.0.0.1:${port}`, { caFile })
      assert.strictEqual(response.raw, body)
      const error = yield* Effect.flip(at(`https://127.0.0.1:${port}`, {}))
      assert.deepInclude(error, { _tag: "ConnectionFailed", reason: "Tls" })
    })
  )

  it.live("in one program with a client of other settings, each has its own", () =>
    Effect.gen(function* () {
      const { port } = yield* cbr
      const told = (client: HttpClient.HttpClient) =>
        Effect.result(Effect.map(client.get(`https://127.0.0.1:${port}`), ({ status }) => status))
      for (const isOwn of [true, false]) {
        const [own, direct] = isOwn ? [{ caFile }, {}] : [{}, { caFile }]
        const both = Layer.provideMerge(Layer.provide(MetadataHttpClient.layer, layer(direct)), layer(own))
        const answers = yield* Effect.gen(function* () {
          return [yield* told(yield* HttpClient.HttpClient), yield* told(yield* MetadataHttpClient)]
        }).pipe(Effect.provide(both))
        assert.deepStrictEqual(answers.map(Result.isSuccess), [isOwn, !isOwn])
      }
    })
  )

  it.live("such a file may be of Windows PowerShell, in UTF-16", () =>
    Effect.gen(function* () {
      const { port } = yield* cbr
      const folder = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "cbr-authority-"))),
        (path) => Effect.promise(() => rm(path, { recursive: true }))
      )
      const file = join(folder, "ca.pem")
      yield* Effect.promise(() => writeFile(file, `\ufeff${readFileSync(caFile, "utf8")}`, "utf16le"))
      assert.strictEqual((yield* at(`https://127.0.0.1:${port}`, { caFile: file })).raw, body)
    })
  )

  it.live("with such a file other certificates are trusted no more than before", () =>
    Effect.gen(function* () {
      const { port } = yield* selfSignedServer
      const error = yield* Effect.flip(at(`https://127.0.0.1:${port}`, { caFile }))
      assert.deepInclude(error, { _tag: "ConnectionFailed", reason: "Tls" })
    })
  )

  it.live("an answer that switches to a protocol without being asked is a broken connection, at once", () =>
    Effect.gen(function* () {
      const { port } = yield* tcpServer((socket) => {
        socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\nhello")
      })
      const error = yield* Effect.flip(at(`http://127.0.0.1:${port}`, {}))
      assert.deepInclude(error, { _tag: "ConnectionFailed", reason: "Broken" })
    })
  )

  it.live("an https address is called through the proxy, in a tunnel", () =>
    Effect.gen(function* () {
      const { port } = yield* cbr
      const { address, targets } = yield* connectProxy(password)
      const httpsProxy = Redacted.make(`http://user:${password}@${address}`)
      const response = yield* at(`https://127.0.0.1:${port}`, { caFile, httpsProxy })
      assert.strictEqual(response.raw, body)
      assert.deepStrictEqual(targets, [`127.0.0.1:${port}`])
    })
  )

  it.live("a proxy may be given without a scheme", () =>
    Effect.gen(function* () {
      const { port } = yield* cbr
      const { address, targets } = yield* connectProxy(password)
      yield* at(`https://127.0.0.1:${port}`, { caFile, httpsProxy: Redacted.make(`user:${password}@${address}`) })
      assert.strictEqual(targets.length, 1)
    })
  )

  for (const noProxy of ["127.0.0.1", "example.com,127.0.0.1", "*"]) {
    it.live(`NO_PROXY: ${noProxy} is called directly`, () =>
      Effect.gen(function* () {
        const { port } = yield* cbr
        const { address, targets } = yield* connectProxy(password)
        const httpsProxy = Redacted.make(`http://user:${password}@${address}`)
        yield* at(`https://127.0.0.1:${port}`, { caFile, httpsProxy, noProxy })
        assert.deepStrictEqual(targets, [])
      })
    )
  }

  it.live("an http address is called directly", () =>
    Effect.gen(function* () {
      const { port } = yield* httpServer((_, response) => response.end(body))
      const { address, targets } = yield* connectProxy(password)
      yield* at(`http://127.0.0.1:${port}`, { httpsProxy: Redacted.make(`http://user:${password}@${address}`) })
      assert.deepStrictEqual(targets, [])
    })
  )

  it.live("a proxy that refuses, or is not there, is no connection; its password is not told", () =>
    Effect.gen(function* () {
      const { port } = yield* cbr
      const { address } = yield* connectProxy("another")
      const told = {
        [address]: /^the proxy on the way asks for a name and a password, or for other ones: it answered 407 /,
        "127.0.0.1:1": /^no connection to the proxy at 127\.0\.0\.1:1 \(ECONNREFUSED\)$/,
        "proxy.nowhere.invalid": /^the name proxy\.nowhere\.invalid of the proxy could not be found in DNS /
      }
      for (const [proxy, message] of Object.entries(told)) {
        const httpsProxy = Redacted.make(`http://user:${password}@${proxy}`)
        const error = yield* Effect.flip(at(`https://127.0.0.1:${port}`, { caFile, httpsProxy }))
        const reason = /DNS/.test(message.source) ? "Dns" : /407/.test(message.source) ? "ProxyLogin" : "Connect"
        assert.deepInclude(error, { _tag: "ConnectionFailed", reason })
        assert.strictEqual(isRetryable(error), reason !== "ProxyLogin")
        assert.match(error.message, message)
        assert.notInclude(inspect(error, { depth: 20 }) + JSON.stringify(error), password)
      }
    })
  )

  it.live("the environment is not read", () =>
    Effect.gen(function* () {
      const { port } = yield* cbr
      const before = process.env["HTTPS_PROXY"]
      process.env["HTTPS_PROXY"] = "http://127.0.0.1:1"
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          if (before === undefined) delete process.env["HTTPS_PROXY"]
          else process.env["HTTPS_PROXY"] = before
        })
      )
      assert.strictEqual((yield* at(`https://127.0.0.1:${port}`, { caFile })).raw, body)
    })
  )

  const wrong: ReadonlyArray<readonly [name: string, settings: TransportSettings, message: RegExp]> = [
    [
      "a file that is not there",
      { caFile: path("none.pem") },
      /^the file of certificate authorities .*none\.pem cannot be used: there is no such file$/
    ],
    ["a folder", { caFile: path("") }, /cannot be used: it is a folder$/],
    [
      "a certificate in DER",
      { caFile: path("private-ca.cert.der") },
      /it is a certificate in DER; make it PEM: openssl x509 -inform der -in \S+\.der -out \S+\.der\.pem$/
    ],
    ["a file without a certificate", { caFile: path("show-backup.json") }, /it holds no PEM certificate$/],
    [
      "a proxy that is no address",
      { httpsProxy: Redacted.make(`http://user:${password}@:::`) },
      /^the HTTPS proxy must be/
    ],
    [
      "a proxy whose password holds a bare %",
      { httpsProxy: Redacted.make(`http://user:${password}%@h:1`) },
      /has a % in its name or password that stands for itself: write %25 for it$/
    ],
    ...["12/", "12?", "12#"].map(
      (start) =>
        [
          `a proxy whose password holds a bare ${start.slice(2)}`,
          { httpsProxy: Redacted.make(`http://user:${start}${password}@h:1`) },
          /without a path; in its password write %2F for \//
        ] as const
    ),
    [
      "a proxy that speaks no HTTP",
      { httpsProxy: Redacted.make(`socks5://user:${password}@h:1`) },
      /^the HTTPS proxy must be/
    ]
  ]
  for (const [name, settings, message] of wrong) {
    it.effect(`${name} is refused before anything is sent`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Effect.scoped(Layer.build(layer(settings))))
        assert.strictEqual(error._tag, "InvalidRequest")
        assert.match(error.message, message)
        assert.notInclude(inspect(error), password)
      })
    )
  }
})

describe("the way that a transport takes", () => {
  const values = [
    "",
    "example.com",
    "127.0.0.1",
    " 127.0.0.1 ,x",
    "127.0.0.1:PORT",
    "127.0.0.1:1",
    "0.0.1",
    ".0.0.1",
    ".27.0.0.1",
    "*.0.0.1",
    "*.1",
    "*",
    "x,*",
    "127.0.0.0/8",
    "127.0.0.0/33",
    "127.0.0.0-127.0.0.9",
    "127.0.0.2-127.0.0.9",
    "1-9"
  ]
  it.live.each(values)("with NO_PROXY=%s is told as it is", (value) =>
    Effect.gen(function* () {
      const { port } = yield* cbr
      const password = "canaryOfTheProxy"
      const { address, targets } = yield* connectProxy(password)
      const settings = {
        caFile,
        httpsProxy: Redacted.make(`http://user:${password}@${address}`),
        noProxy: value.replace("PORT", String(port))
      }
      const origin = `https://127.0.0.1:${port}`
      yield* show({
        http: Layer.orDie(layerNodeHttp(settings)),
        endpoint: Layer.orDie(Endpoint.layer({ endpoint: origin })),
        policy: { retries: 0, callTimeout: Duration.seconds(5) }
      })
      const told = proxyOf(yield* checkTransport(settings), new URL(origin))
      assert.strictEqual(told?.host, targets.length === 1 ? address : undefined)
    })
  )
})

describe("NO_PROXY", () => {
  // The expected column is what curl 7.88 does, but for IPv6 networks, which it documents and does not find.
  const rows: ReadonlyArray<readonly [noProxy: string, host: string, isExempt: boolean]> = [
    ["", "a.example", false],
    ["cbr.example", "cbr.example", true],
    ["example", "cbr.example", true],
    [".example", "cbr.example", true],
    [".cbr.example", "cbr.example", true],
    ["..example", "cbr.example", false],
    ["example", "notexample", false],
    ["EXAMPLE", "cbr.Example", true],
    ["example.", "cbr.example", true],
    ["example", "cbr.example.", true],
    ["*", "cbr.example", true],
    ["a,*", "cbr.example", false],
    ["*.example", "cbr.example", false],
    ["cbr.example:443", "cbr.example", false],
    ["a.example , b.example", "b.example", true],
    ["a.example b.example", "b.example", true],
    [",,b.example", "b.example", true],
    ["127.0.0.1", "127.0.0.1", true],
    ["0.0.1", "127.0.0.1", false],
    [".0.0.1", "127.0.0.1", false],
    ["127.0.0.1-127.0.0.9", "127.0.0.5", false],
    ["127.0.0.0/8", "127.9.9.9", true],
    ["127.0.0.0/9", "127.200.0.1", false],
    ["127.0.0.1/33", "127.0.0.1", false],
    ["0.0.0.0/0", "127.9.9.9", false],
    ["127.9.9.9/0", "127.9.9.9", true],
    ["::1", "[::1]", true],
    ["[::1]", "[::1]", false],
    ["2001:db8::/32", "[2001:db8::1]", true],
    ["2001:db8::/32", "[2001:db9::1]", false],
    ["::/0", "127.0.0.1", false]
  ]
  it.effect.each(rows)("NO_PROXY=%j exempts the host %s: %s", ([noProxy, host, isExempt]) =>
    Effect.gen(function* () {
      const settings = yield* checkTransport({ httpsProxy: Redacted.make("http://proxy.example:1"), noProxy })
      const proxy = proxyOf(settings, new URL(`https://${host}`))
      assert.strictEqual(proxy?.host, isExempt ? undefined : "proxy.example:1")
    })
  )
})
