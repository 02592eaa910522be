import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Deferred, Effect } from "effect"

/**
 * Runs the default export of a module in a real browser, and gives what it
 * returns. The page is served from loopback, and so is what `handler` answers.
 */
export const runInChromium = (module: string, handler: (request: IncomingMessage, response: ServerResponse) => void) =>
  Effect.gen(function* () {
    const reported = yield* Deferred.make<unknown, Error>()
    const port = yield* serve((request, response) => {
      switch (request.url) {
        case "/":
          return void response.setHeader("content-type", "text/html").end(page)
        case "/module.js":
          return void response.setHeader("content-type", "text/javascript").end(module)
        case "/report": {
          const chunks: Array<Buffer> = []
          request.on("data", (chunk: Buffer) => chunks.push(chunk))
          return void request.on("end", () => {
            response.end()
            Deferred.doneUnsafe(
              reported,
              Effect.sync(() => JSON.parse(Buffer.concat(chunks).toString()))
            )
          })
        }
        default:
          return handler(request, response)
      }
    })
    yield* browse(`http://127.0.0.1:${port}/`, (error) => Deferred.doneUnsafe(reported, Effect.fail(error)))
    return yield* Deferred.await(reported)
  }).pipe(Effect.scoped)

const serve = (handler: (request: IncomingMessage, response: ServerResponse) => void) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer(handler).listen(0, "127.0.0.1")
      await once(server, "listening")
      return server
    }),
    (server) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  ).pipe(Effect.map((server) => (server.address() as AddressInfo).port))

const browse = Effect.fnUntraced(function* (url: string, onError: (error: Error) => void) {
  const profile = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "cbr-chromium-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true, force: true, maxRetries: 10 }))
  )
  // For root, as in a container, Chromium only starts without its sandbox; the page is our own.
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", `--user-data-dir=${profile}`]
  yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn("chromium", [...flags, url], { stdio: "ignore", env: { ...process.env, TMPDIR: profile } }).on(
        "error",
        onError
      )
    ),
    (browser) =>
      Effect.promise(async () => {
        if (browser.pid === undefined || browser.exitCode !== null) return
        const exited = once(browser, "exit")
        browser.kill()
        await exited
      })
  )
})

const page = `<!doctype html><script type="module">
const report = (value) => fetch("/report", { method: "POST", body: JSON.stringify(value) })
try { report(await (await import("/module.js")).default()) } catch (error) { report({ message: String(error) }) }
</script>`
