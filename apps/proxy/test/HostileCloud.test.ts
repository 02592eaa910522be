import { type AddressInfo, createServer } from "node:net"
import { gzipSync } from "node:zlib"
import { Credentials } from "@cbr/client"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { get, key, LogLines, proxyOver, clientOf } from "./TestProxy.ts"

const path = "/v3/4229d7a45436489f8c3dc2b1d35d4987/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d"
const token = "Canary-token-for-the-cloud"

const head = (status: string, ...fields: ReadonlyArray<string>) =>
  [`HTTP/1.1 ${status}`, ...fields, "", ""].join("\r\n")

const backup = '{"backup":{"id":"6df2b54c-dd62-4059-a07c-1b8f24f2725d"}}'
const length = `Content-Length: ${backup.length}`

/** A server that answers any request with the given bytes, over and over while they are taken, and then waits. */
const cloud = (answer: string, endless = "") =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly close: () => void; readonly calls: Array<string> }>((resume) => {
      const calls: Array<string> = []
      const server = createServer((socket) => {
        socket.on("error", () => undefined)
        socket.on("data", (request: Buffer) => {
          calls.push(request.toString())
          socket.write(answer, "latin1")
          if (endless === "") return
          const more = () => {
            while (!socket.destroyed && socket.write(endless));
          }
          socket.on("drain", more)
          more()
        })
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, close: () => server.close(), calls }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

const bomb = gzipSync(backup.padEnd(64 * 1024 ** 2)).toString("latin1")

const answers: ReadonlyArray<readonly [string, answer: string, endless?: string]> = [
  ["a body of 1 GiB", head("200 OK", `Content-Length: ${1024 ** 3}`), " ".repeat(65_536)],
  ["a body without end", head("200 OK", "Transfer-Encoding: chunked"), `10000\r\n${" ".repeat(65_536)}\r\n`],
  ["64 kB that unpack to 64 MiB", head("200 OK", `Content-Length: ${bomb.length}`, "Content-Encoding: gzip") + bomb],
  ["two lengths", head("200 OK", length, "Content-Length: 5") + backup],
  ["both lengths", head("200 OK", length, "Transfer-Encoding: chunked") + backup],
  ["a bad chunk", `${head("200 OK", "Transfer-Encoding: chunked")}0x10\r\n${backup}\r\n0\r\n\r\n`],
  ["3,000 fields", head("200 OK", length, ...Array.from({ length: 3_000 }, (_, n) => `x-${n}: Canary`)) + backup],
  [
    "a redirect to a metadata address",
    head("302 Found", "Location: http://169.254.169.254/Canary", "Content-Length: 0")
  ],
  ["a redirect to another path", head("307 Temporary Redirect", "Location: /Canary", "Content-Length: 0")],
  [
    "a refusal that quotes the credential",
    head(
      "401 Unauthorized",
      "WWW-Authenticate: Canary",
      "Set-Cookie: Canary=1",
      "Content-Type: application/json",
      `Content-Length: ${token.length + 60}`
    ) + `{"error_code":"APIGW.0301","error_msg":"decrypt token fail, ${token}"}`.padEnd(token.length + 60)
  ],
  ["no HTTP", "SSH-2.0-Canary\r\n"],
  ["an answer that ends early", `${head("200 OK", "Content-Length: 100")}${backup}`]
]

describe("a cloud that answers with", () => {
  it.live.each(answers)("%s gets 502 or 504 for it, and nothing of it passes", ([, answer, endless]) =>
    Effect.gen(function* () {
      const { calls, url } = yield* cloud(answer, endless)
      yield* Effect.gen(function* () {
        const { headers, status, text } = yield* get(path)
        assert.include([502, 504], status)
        const log = yield* LogLines
        assert.notInclude(JSON.stringify([headers, text]), "Canary")
        for (const secret of [token, key]) assert.notInclude(JSON.stringify([headers, text, log]), secret)
        for (const name of ["location", "set-cookie"]) assert.notProperty(headers, name)
        assert.lengthOf(calls, 1)
      }).pipe(
        Effect.provide(
          Layer.merge(proxyOver(clientOf(url, Credentials.token(Redacted.make(token)))), NodeHttpClient.layerUndici)
        )
      )
    }).pipe(Effect.scoped)
  )

  it.live("more fields than a backup needs keeps them", () =>
    Effect.gen(function* () {
      const fields = ["Set-Cookie: Canary=1", "Connection: x-hop", "X-Hop: Canary", "Server: Canary", "ETag: Canary"]
      const { url } = yield* cloud(head("200 OK", length, ...fields) + backup)
      yield* Effect.gen(function* () {
        const { headers, status, text } = yield* get(path)
        assert.strictEqual(status, 200)
        assert.strictEqual(text, backup)
        assert.notInclude(JSON.stringify(headers), "Canary")
      }).pipe(
        Effect.provide(
          Layer.merge(proxyOver(clientOf(url, Credentials.token(Redacted.make(token)))), NodeHttpClient.layerUndici)
        )
      )
    }).pipe(Effect.scoped)
  )

  it.live.each([
    ["500 Internal Server Error", 503],
    ["404 Not Found", 404]
  ] as const)("%s and an id that no field can hold is answered all the same", ([status, expected]) =>
    Effect.gen(function* () {
      const body = JSON.stringify({ error_code: "BackupService.6103", error_msg: "编号", request_id: "编号" })
      const bytes = Buffer.from(body)
      const { url } = yield* cloud(head(status, `Content-Length: ${bytes.length}`) + bytes.toString("latin1"))
      yield* Effect.gen(function* () {
        const answer = yield* Effect.timeout(get(path), "5 seconds")
        assert.strictEqual(answer.status, expected)
        assert.strictEqual((JSON.parse(answer.text) as { readonly request_id: string }).request_id, "编号")
        assert.notProperty(answer.headers, "x-request-id")
      }).pipe(
        Effect.provide(
          Layer.merge(proxyOver(clientOf(url, Credentials.token(Redacted.make(token)))), NodeHttpClient.layerUndici)
        )
      )
    }).pipe(Effect.scoped)
  )

  it.live(
    "a backup and an id that is abbreviated, since a key may stand in it, is answered, and answers from the cache",
    () =>
      Effect.gen(function* () {
        const id = "for ak=EXAMPLEACCESSKEY0001&secret"
        const { calls, url } = yield* cloud(head("200 OK", length, `X-Request-Id: ${id}`) + backup)
        yield* Effect.gen(function* () {
          for (const hit of [false, true]) {
            const { headers, status, text } = yield* Effect.timeout(get(path), "5 seconds")
            assert.deepStrictEqual([status, text], [200, backup])
            assert.strictEqual(headers["cache-status"]?.includes("; hit"), hit)
            assert.notProperty(headers, "x-request-id")
          }
          assert.lengthOf(calls, 1)
        }).pipe(
          Effect.provide(
            Layer.merge(proxyOver(clientOf(url, Credentials.token(Redacted.make(token)))), NodeHttpClient.layerUndici)
          )
        )
      }).pipe(Effect.scoped)
  )
})
