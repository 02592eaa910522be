import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { writeFile } from "node:fs/promises"
import { Agent, request } from "node:http"
import { type AddressInfo, connect, createServer } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import { needs } from "../../../../debian.ts"
import { body, cloud, configurationFor, path, sha256, withKey } from "../ConfiguredProcess.ts"
import { ended, logged, readyLine, started } from "../ProxyProcess.ts"
import { temporaryFolder, written } from "../TemporaryFolder.ts"

/** A port that was free a moment ago. */
const freePort = Effect.promise(async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
})

interface Backend {
  readonly port: number
  readonly admin: number
}

/** What stands in front, and how it is told of two proxies. */
interface Balancer {
  readonly command: "haproxy" | "nginx"
  readonly args: (file: string) => ReadonlyArray<string>
  readonly configuration: (port: number, folder: string, backends: ReadonlyArray<Backend>) => string
}

const haproxy: Balancer = {
  command: "haproxy",
  args: (file) => ["-db", "-f", file],
  // Its checks come without Host, as they do unless they are told otherwise. Without `timeout check` one fails after its
  // interval, and a busy machine answers later: both proxies would be down at once.
  configuration: (port, _, backends) => `
defaults
  mode http
  timeout connect 2s
  timeout client 50s
  timeout server 50s
  timeout check 2s
  retries 3
  option redispatch
frontend callers
  bind 127.0.0.1:${port}
  default_backend proxies
backend proxies
  option httpchk GET /readyz
  default-server check inter 100ms fall 2 rise 1
${backends.map(({ admin, port }, index) => `  server proxy${index} 127.0.0.1:${port} port ${admin}`).join("\n")}
`
}

const nginx: Balancer = {
  command: "nginx",
  args: (file) => ["-c", file, "-g", "daemon off;"],
  configuration: (port, folder, backends) => `
${process.getuid?.() === 0 ? "user root;" : ""}
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 512; }
http {
  access_log off;
${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `  ${name}_temp_path ${folder}/${name};`).join("\n")}
  upstream proxies {
${backends.map(({ port }) => `    server 127.0.0.1:${port} max_fails=0;`).join("\n")}
    keepalive 16;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://proxies;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
    }
  }
}
`
}

/** Callers that ask again and again over kept connections, and what became of each request. */
const load = (url: string, callers: number) => {
  const outcomes = new Map<string, number>()
  const state = { isOver: false }
  const one = (agent: Agent) =>
    new Promise<string>((resolve) => {
      const asking = request(url + path, { headers: withKey("key"), agent }, (response) => {
        let text = ""
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
        response.on("end", () =>
          resolve(text === body ? String(response.statusCode) : `${response.statusCode} ${text}`)
        )
        response.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      })
      asking.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)).end()
    })
  const all = Array.from({ length: callers }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    while (!state.isOver) {
      const outcome = await one(agent)
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    agent.destroy()
  })
  const total = () => [...outcomes.values()].reduce((sum, count) => sum + count, 0)
  return {
    outcomes,
    /** Goes on until so many more have been answered. */
    more: (count: number) =>
      Effect.suspend(() => {
        const goal = total() + count
        const wait: Effect.Effect<void> = Effect.suspend(() =>
          total() >= goal ? Effect.void : Effect.andThen(Effect.sleep("10 millis"), wait)
        )
        return wait
      }),
    stop: Effect.promise(async () => {
      state.isOver = true
      await Promise.all(all)
    })
  }
}

const listens = (port: number): Effect.Effect<void> =>
  Effect.flatMap(
    Effect.promise(
      () =>
        new Promise<boolean>((resolve) => {
          const socket = connect({ port, host: "127.0.0.1" })
          socket.on("connect", () => resolve(true)).on("error", () => resolve(false))
          socket.on("connect", () => socket.destroy())
        })
    ),
    (isThere) => (isThere ? Effect.void : Effect.andThen(Effect.sleep("20 millis"), listens(port)))
  )

const inFront = Effect.fnUntraced(function* (
  { args, command, configuration }: Balancer,
  backends: ReadonlyArray<Backend>
): Effect.fn.Return<string, never, Scope.Scope> {
  const folder = yield* temporaryFolder
  const port = yield* freePort
  const { conf } = yield* written(folder, { conf: configuration(port, folder, backends) })
  yield* Effect.acquireRelease(
    Effect.sync((): ChildProcess =>
      spawn(command, args(conf), {
        stdio: "ignore",
        env: { PATH: `${process.env["PATH"]}:/usr/sbin` }
      })
    ),
    (child) =>
      Effect.promise(async () => {
        const ends = once(child, "close")
        child.kill("SIGTERM")
        await ends
      })
  )
  yield* listens(port)
  return `http://127.0.0.1:${port}`
})

describe.each([haproxy, nginx])("$command in front of two proxies", (balancer) => {
  it.live(
    "loses no request while they reload, while one drains, and while both are restarted in turn",
    () =>
      Effect.gen(function* () {
        const endpoint = yield* cloud((response) => void setTimeout(() => response.end(body), 10))
        const folder = yield* temporaryFolder
        const settings = {
          drain: { serve_seconds: 1, finish_seconds: 10 },
          cache: { entries: 0 },
          quotas: {
            classes: { default: { requests_per_second: 100_000, burst: 1_000_000 } },
            upstream_per_project_per_second: 200
          },
          limits: { connections_per_address: 2_000, connections: 2_000 }
        }
        const textFor = ({ admin, port }: Backend, more: object = {}) =>
          configurationFor(endpoint, "key", { ...settings, listen: { port }, admin: { port: admin }, ...more })
        const make = Effect.gen(function* () {
          const backend: Backend = { port: yield* freePort, admin: yield* freePort }
          const file = `${folder}/${backend.port}.json`
          yield* Effect.promise(() => writeFile(file, textFor(backend)))
          const start = Effect.tap(started(["--config", file], {}), readyLine)
          return { backend, file, start, running: yield* start }
        })
        const [one, other] = yield* Effect.all([make, make])
        const url = yield* inFront(balancer, [one.backend, other.backend])
        // Both are known to be up before anything is asked.
        yield* Effect.sleep("500 millis")
        const callers = load(url, 16)
        yield* callers.more(300)

        for (const { backend, file, running } of [one, other]) {
          const added = { another: { keys: [{ sha256: sha256("another") }], projects: [] } }
          const { callers: before } = JSON.parse(textFor(backend)) as { readonly callers: object }
          yield* Effect.promise(() => writeFile(file, textFor(backend, { callers: { ...before, ...added } })))
          yield* logged(running, "configuration loaded")
          yield* callers.more(100)
        }

        for (const { running, start } of [one, other]) {
          running.process.kill("SIGTERM")
          assert.strictEqual(yield* ended(running), 0)
          yield* callers.more(200)
          yield* start
          // As an operator waits until the balancer has it back.
          yield* Effect.sleep("500 millis")
          yield* callers.more(200)
        }
        yield* callers.stop
        assert.deepStrictEqual([...callers.outcomes.keys()], ["200"], JSON.stringify([...callers.outcomes]))
      }).pipe(Effect.scoped),
    { timeout: 120_000, ...needs(balancer.command) }
  )
})
