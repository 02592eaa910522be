import { once } from "node:events"
import { mkdir, readFile } from "node:fs/promises"
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http"
import { connect, type AddressInfo } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { bundled } from "./Bundle.ts"
import { ended, readyLine, started } from "./ProxyProcess.ts"
import { head, rawExchange, statusesOf } from "./RawExchange.ts"
import { temporaryFolder, written } from "./TemporaryFolder.ts"

/** A cloud that answers each request when, and as, the test says. */
const cloud = Effect.gen(function* () {
  const arrived = yield* Deferred.make<ServerResponse>()
  const server = createServer((_: IncomingMessage, response) => Deferred.doneUnsafe(arrived, Effect.succeed(response)))
  yield* Effect.acquireRelease(
    Effect.promise(() => once(server.listen(0, "127.0.0.1"), "listening")),
    () => Effect.sync(() => server.close())
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, arrived: Deferred.await(arrived) }
})

const fetched = (url: string, key: string) =>
  Effect.promise(async () => {
    const sent = request(url, { headers: { authorization: `Bearer ${key}` } }).end()
    const [response] = (await once(sent, "response")) as [IncomingMessage]
    let text = ""
    for await (const chunk of response.setEncoding("utf8")) text += String(chunk)
    return { status: response.statusCode, headers: response.headers, text }
  })

const isRefused = (url: string) =>
  Effect.callback<boolean>((resume) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.on("connect", () => {
      socket.destroy()
      resume(Effect.succeed(false))
    })
    socket.on("error", () => resume(Effect.succeed(true)))
  })

const path = "/v3/4229d7a45436489f8c3dc2b1d35d4987/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d"

describe("cbr-proxy", () => {
  it.live("finishes what it has begun on SIGTERM, refuses the rest, and exits with 0", () =>
    Effect.gen(function* () {
      const { arrived, url: endpoint } = yield* cloud
      const proxy = yield* started(["--port", "0"], { CBR_ENDPOINT: endpoint, CBR_TOKEN: "Canary-upstream" })
      const { key, url } = yield* readyLine(proxy)
      assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
      assert.match(key, /^cbrk_[\w-]{43}$/)

      const exit = yield* Effect.forkChild(ended(proxy))
      const inFlight = yield* Effect.forkChild(fetched(url + path, key))
      const upstream = yield* arrived
      proxy.process.kill("SIGTERM")
      yield* Effect.repeat(isRefused(url), { until: (refused) => refused })
      upstream.end(`{"backup":{"id":"6df2b54c-dd62-4059-a07c-1b8f24f2725d"}}`)

      const answer = yield* Fiber.join(inFlight)
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(answer.text, `{"backup":{"id":"6df2b54c-dd62-4059-a07c-1b8f24f2725d"}}`)
      assert.strictEqual(answer.headers.connection, "close")
      assert.strictEqual(yield* Fiber.join(exit), 0)

      assert.lengthOf(proxy.output.stdout.trimEnd().split("\n"), 1)
      for (const line of proxy.output.stderr.trimEnd().split("\n")) assert.property(JSON.parse(line), "message")
      assert.notInclude(proxy.output.stderr, key)
      assert.notInclude(proxy.output.stderr, "Canary-upstream")
    }).pipe(Effect.scoped)
  )

  it.live("offers its one caller the project whose id the environment has, and none of a project's name", () =>
    Effect.gen(function* () {
      const environment = { CBR_ENDPOINT: "http://127.0.0.1:9", CBR_TOKEN: "t", CBR_REGION: "cn-north-4" }
      const projects = Effect.fnUntraced(function* (own: Readonly<Record<string, string>>) {
        const { key, url } = yield* readyLine(yield* started(["--port", "0"], { ...environment, ...own }))
        return JSON.parse((yield* fetched(`${url}/v3/projects`, key)).text) as unknown
      })
      const id = "4229d7a45436489f8c3dc2b1d35d4987"
      assert.deepStrictEqual(yield* projects({ HUAWEICLOUD_SDK_PROJECT_ID: id }), {
        projects: [{ id, name: "cn-north-4" }]
      })
      assert.deepStrictEqual(yield* projects({ OS_PROJECT_NAME: "cn-north-4" }), { projects: [] })
    }).pipe(Effect.scoped)
  )

  it.live("takes its key from the environment, and from a flag before that, and prints neither", () =>
    Effect.gen(function* () {
      const environment = { CBR_ENDPOINT: "http://127.0.0.1:9", CBR_TOKEN: "t", CBR_PROXY_KEY: "from-environment" }
      const statuses = Effect.fnUntraced(function* (flags: ReadonlyArray<string>) {
        const proxy = yield* started(["--port", "0", ...flags], environment)
        const ready = yield* readyLine(proxy)
        assert.hasAllKeys(ready, ["url"])
        const found: Array<number | undefined> = []
        for (const key of ["from-environment", "from-flag"]) found.push((yield* fetched(ready.url + path, key)).status)
        assert.notMatch(proxy.output.stdout + proxy.output.stderr, /from-/)
        return found
      })
      // Nothing listens where the cloud should be.
      assert.deepStrictEqual(yield* statuses([]), [502, 401])
      assert.deepStrictEqual(yield* statuses(["--key", "from-flag"]), [401, 502])
    }).pipe(Effect.scoped)
  )

  it.live("finds endpoint and credential in the user's profile, as the command line does", () =>
    Effect.gen(function* () {
      const { arrived, url: endpoint } = yield* cloud
      const home = yield* temporaryFolder
      yield* Effect.promise(() => mkdir(`${home}/.config/cbr`, { recursive: true }))
      yield* written(`${home}/.config/cbr`, {
        "profiles.json": JSON.stringify({
          profiles: { work: { region: "cn-north-4", endpoint, token: "Canary-profile" } }
        })
      })
      const proxy = yield* started(["--port", "0", "--admin-port", "0"], { HOME: home })
      const { admin, key, url } = yield* readyLine(proxy)
      assert.include((yield* fetched(`${admin}/readyz`, key)).text, '"default":"untried"')
      const answer = yield* Effect.forkChild(fetched(url + path, key))
      const upstream = yield* arrived
      assert.strictEqual(upstream.req.headers["x-auth-token"], "Canary-profile")
      upstream.end(`{"backup":{"id":"6df2b54c-dd62-4059-a07c-1b8f24f2725d"}}`)
      assert.strictEqual((yield* Fiber.join(answer)).status, 200)
      assert.include((yield* fetched(`${admin}/readyz`, key)).text, '"default":"usable"')
      assert.notInclude(proxy.output.stderr, "Canary-profile")
    }).pipe(Effect.scoped)
  )

  it.live("does not start without credentials, and says once where it looked", () =>
    Effect.gen(function* () {
      const proxy = yield* started(["--port", "0", "--region", "cn-north-4"], { CBR_METADATA: "off" })
      assert.strictEqual(yield* ended(proxy), 3)
      assert.strictEqual(proxy.output.stdout, "")
      assert.lengthOf(proxy.output.stderr.split("no credentials:"), 2)
      for (const place of ["HUAWEICLOUD_SDK_AK", "profile", "ECS metadata"]) {
        assert.include(proxy.output.stderr, place)
      }
    }).pipe(Effect.scoped)
  )

  it.live("tells of a missing endpoint together with each place that it searched for a credential", () =>
    Effect.gen(function* () {
      const proxy = yield* started(["--port", "0"], { CBR_METADATA: "off" })
      assert.strictEqual(yield* ended(proxy), 3)
      for (const said of ["no endpoint", "no credentials:", "HUAWEICLOUD_SDK_AK", "ECS metadata", "Give --region"]) {
        assert.include(proxy.output.stderr, said)
      }
    }).pipe(Effect.scoped)
  )

  it.live("names the setting by which to choose another port than one that is taken", () =>
    Effect.gen(function* () {
      const { url: endpoint } = yield* cloud
      const { port } = new URL(endpoint)
      const environment = { CBR_ENDPOINT: endpoint, CBR_TOKEN: "t" }
      for (const [flags, name] of [
        [["--port", port], "--port or listen.port"],
        [["--port", "0", "--admin-port", port], "--admin-port or admin.port"]
      ] as const) {
        const proxy = yield* started(flags, environment)
        assert.strictEqual(yield* ended(proxy), 2)
        assert.include(proxy.output.stderr, `cannot listen on 127.0.0.1:${port}: another program has this port`)
        assert.include(proxy.output.stderr, name)
      }
    }).pipe(Effect.scoped)
  )

  const failing: ReadonlyArray<readonly [string, ReadonlyArray<string>, code: number, said: string]> = [
    ["no endpoint", [], 3, "CBR_ENDPOINT"],
    ["an endpoint with a path", ["--endpoint", "http://127.0.0.1:9/v3"], 2, "endpoint"],
    ["a region that is none", ["--region", "evil.test/"], 2, "region"],
    ["a port out of range", ["--port", "65536"], 2, "port"],
    ["a key that fits no header", ["--key", "two words"], 2, "visible ASCII"],
    ["an unknown flag", ["--prot", "0"], 2, "--prot"],
    [
      "an address of another machine",
      ["--host", "192.0.2.1", "--behind-tls", "--endpoint", "http://[::1]:9"],
      2,
      "cannot listen on 192.0.2.1:8080: this machine has no such address; choose one by --host"
    ],
    ["a public address in the clear", ["--host", "0.0.0.0", "--endpoint", "http://127.0.0.1:9"], 2, "listen.tls"],
    ["a configuration that is not there", ["--config", "/nowhere/proxy.yaml"], 2, "/nowhere/proxy.yaml: cannot be read"]
  ]

  it.live.each(failing)("does not start with %s, and says why on stderr alone", ([, flags, code, said]) =>
    Effect.gen(function* () {
      const proxy = yield* started(flags, { CBR_TOKEN: "t" })
      assert.strictEqual(yield* ended(proxy), code)
      assert.strictEqual(proxy.output.stdout, "")
      assert.include(proxy.output.stderr, said)
      assert.notInclude(proxy.output.stderr, "    at ")
      assert.notMatch(proxy.output.stderr, /^\s|ERROR|NotFound|Schema validation/)
      assert.notInclude(proxy.output.stderr, "two words")
    }).pipe(Effect.scoped)
  )

  it.live("tells of no flags that mean nothing here", () =>
    Effect.gen(function* () {
      const proxy = yield* started(["--help"], {})
      assert.strictEqual(yield* ended(proxy), 0)
      assert.deepStrictEqual(
        Array.from(proxy.output.stdout.split("GLOBAL FLAGS")[1]!.matchAll(/^ {2}(--[a-z-]+)/gm), ([, flag]) => flag),
        ["--help", "--version", "--completions"]
      )
    }).pipe(Effect.scoped)
  )

  it.live("serves on when the reader of its log has gone", () =>
    Effect.gen(function* () {
      const proxy = yield* started(["--port", "0"], { CBR_ENDPOINT: "http://127.0.0.1:9", CBR_TOKEN: "t" })
      const { key, url } = yield* readyLine(proxy)
      yield* Effect.sync(() => proxy.process.stderr!.destroy())
      for (const _ of [1, 2, 3]) assert.strictEqual((yield* fetched(`${url}/-/healthz`, key)).status, 200)
    }).pipe(Effect.scoped)
  )

  it.live("ends with all of its log written, though the reader is slow", () =>
    Effect.gen(function* () {
      const proxy = yield* started(["--port", "0"], { CBR_ENDPOINT: "http://127.0.0.1:9", CBR_TOKEN: "t" })
      const { url } = yield* readyLine(proxy)
      const exit = yield* Effect.forkChild(ended(proxy), { startImmediately: true })
      yield* Effect.sync(() => proxy.process.stderr!.pause())
      // More than the system holds of what no reader takes.
      const requests = head("GET /-/healthz HTTP/1.1", "Host: localhost").repeat(1_000)
      for (const _ of [1, 2, 3]) assert.lengthOf(statusesOf(yield* rawExchange(url, requests)), 1_000)
      proxy.process.kill("SIGTERM")
      yield* Effect.repeat(isRefused(url), { until: (refused) => refused })
      yield* Effect.sleep("100 millis")
      yield* Effect.sync(() => proxy.process.stderr!.resume())
      assert.strictEqual(yield* Fiber.join(exit), 0)
      assert.lengthOf(proxy.output.stderr.match(/"answered"/g) ?? [], 3_000)
    }).pipe(Effect.scoped)
  )

  it.live("ends though its log is not read", () =>
    Effect.gen(function* () {
      const flags = ["--port", "0", "--admin-port", "0"]
      const proxy = yield* started(flags, { CBR_ENDPOINT: "http://127.0.0.1:9", CBR_TOKEN: "t" })
      const { admin, url } = yield* readyLine(proxy)
      const exit = yield* Effect.forkChild(
        Effect.promise(() => once(proxy.process, "exit")),
        { startImmediately: true }
      )
      yield* Effect.sync(() => proxy.process.stderr!.pause())
      const requests = head("GET /-/healthz HTTP/1.1", "Host: localhost").repeat(1_000)
      for (const _ of [1, 2, 3]) assert.lengthOf(statusesOf(yield* rawExchange(url, requests)), 1_000)
      yield* rawExchange(admin, head("POST /drain HTTP/1.1", "Host: localhost", "Connection: close"))
      assert.deepStrictEqual(yield* Fiber.join(exit), [0, null])
    }).pipe(Effect.scoped)
  )
})

describe("the bundle", () => {
  it.live("says on an old Node what it needs, in one line", () =>
    Effect.gen(function* () {
      const { "old.cjs": old } = yield* written(yield* temporaryFolder, {
        "old.cjs": `Object.defineProperty(process.versions, "node", { value: "20.0.0" })`
      })
      const proxy = yield* started(["--port", "0"], { NODE_OPTIONS: `--require=${old}` })
      assert.strictEqual(yield* ended(proxy), 3)
      assert.deepStrictEqual(proxy.output, {
        stdout: "",
        stderr:
          "cbr-proxy: needs Node 22.19 or later; this is Node 20.0.0; install a newer Node, or the Debian package, which has its own\n"
      })
    }).pipe(Effect.scoped)
  )

  it("imports no name that an old Node may lack: it would end before it says so", async () => {
    const text = await readFile(await bundled(), "utf8")
    assert.isAbove(text.match(/import ?\* ?as [\w$]+ from ?"node:/g)?.length ?? 0, 2)
    assert.notMatch(text, /import ?\{[^}]*\} ?from ?"node:/)
  })
})
