import { once } from "node:events"
import { type IncomingMessage, request } from "node:http"
import { brotliDecompressSync, gunzipSync } from "node:zlib"
import { buildBoard } from "@cbr/board/build"
import { assert, beforeAll, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Listener } from "../../src/server/Server.ts"
import { layerOf as configuredProxy } from "../ConfiguredProxy.ts"
import { get, layer as testProxy } from "../TestProxy.ts"

beforeAll(() => buildBoard())

const browser = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" }

/** What a request is answered, byte for byte: other clients decode what is compressed, and follow what leads elsewhere. */
const raw = Effect.fnUntraced(function* (path: string, headers: Readonly<Record<string, string>> = {}, method = "GET") {
  const { url } = yield* Listener
  return yield* Effect.promise(async () => {
    const sent = request(url + path, { method, headers }).end()
    const [response] = (await once(sent, "response")) as [IncomingMessage]
    const body = Buffer.concat(await response.toArray())
    return { status: response.statusCode, headers: response.headers, body }
  })
})

layer(testProxy, { excludeTestServices: true })("the page for people", (it) => {
  it.effect("is where a browser that asks for nothing in particular is led", () =>
    Effect.gen(function* () {
      const { headers, status } = yield* raw("/", browser)
      assert.strictEqual(status, 303)
      assert.strictEqual(headers.location, "/-/board")
    })
  )

  it.effect.each([{}, { accept: "*/*" }, { accept: "application/json" }, { accept: "text/html;q=0" }])(
    "a program with %j finds nothing at /, as ever",
    (headers) =>
      Effect.gen(function* () {
        const { body, status } = yield* raw("/", headers)
        assert.strictEqual(status, 404)
        assert.include(body.toString(), "nothing is served under this path")
      })
  )

  it.effect("may load its own files alone, runs nothing inline, and cannot be framed", () =>
    Effect.gen(function* () {
      for (const path of ["/-/board", "/-/board/board.js", "/-/board/board.css", "/-/board/icon.svg"]) {
        const { headers, status } = yield* get(path, browser)
        assert.strictEqual(status, 200, path)
        const policy = headers["content-security-policy"] ?? ""
        assert.notInclude(policy, "unsafe")
        for (const part of ["default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"]) {
          assert.include(policy, part)
        }
        assert.strictEqual(headers["x-content-type-options"], "nosniff")
        assert.strictEqual(headers["referrer-policy"], "no-referrer")
      }
      const { text } = yield* get("/-/board", browser)
      assert.notMatch(text, /<script(?![^>]*\bsrc=)|<style|\son\w+=|https?:/)
    })
  )

  it.effect("is sent once, and again when it is another", () =>
    Effect.gen(function* () {
      const first = yield* raw("/-/board/board.js")
      const etag = first.headers.etag!
      const again = yield* raw("/-/board/board.js", { "if-none-match": etag })
      assert.strictEqual(again.status, 304)
      assert.strictEqual(again.body.length, 0)
      assert.strictEqual(again.headers.etag, etag)
      assert.strictEqual((yield* raw("/-/board/board.js", { "if-none-match": '"another"' })).status, 200)
      const head = yield* raw("/-/board/board.js", {}, "HEAD")
      assert.deepStrictEqual([head.status, head.body.length], [200, 0])
    })
  )

  it.effect("is compressed for a browser that takes that, under a tag of its own", () =>
    Effect.gen(function* () {
      const plain = yield* raw("/-/board/board.js")
      for (const [coding, decoded] of [
        ["br", brotliDecompressSync],
        ["gzip", gunzipSync]
      ] as const) {
        const { body, headers } = yield* raw("/-/board/board.js", { "accept-encoding": coding })
        assert.strictEqual(headers["content-encoding"], coding)
        assert.notStrictEqual(headers.etag, plain.headers.etag)
        assert.isBelow(body.length, 90_000)
        assert.isTrue(decoded(body).equals(plain.body))
      }
    })
  )

  it.effect("has no other files, and takes nothing", () =>
    Effect.gen(function* () {
      for (const path of ["/-/board/assets.js", "/-/board/constructor", "/-/board/board.js/x", "/-/boards"]) {
        assert.strictEqual((yield* raw(path)).status, 404, path)
      }
      assert.strictEqual((yield* raw("/-/board/", {})).status, 400)
      assert.strictEqual((yield* raw("/-/board", { "content-length": "0" }, "POST")).status, 405)
    })
  )
})

layer(configuredProxy({ board: false }), { excludeTestServices: true })("a proxy with board: false", (it) => {
  it.effect("serves no page, and redirects to none", () =>
    Effect.gen(function* () {
      for (const path of ["/", "/-/board", "/-/board/board.js"]) {
        assert.strictEqual((yield* raw(path, browser)).status, 404, path)
      }
    })
  )
})
