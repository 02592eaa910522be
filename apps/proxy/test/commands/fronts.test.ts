import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { writeFile } from "node:fs/promises"
import { Agent, request } from "node:http"
import { type AddressInfo, connect, createServer } from "node:net"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { needs } from "../../../../debian.ts"
import { body, cloud, configurationFor, path, withKey } from "../ConfiguredProcess.ts"
import { ended, logged, readyLine, type Running, started } from "../ProxyProcess.ts"
import { temporaryFolder } from "../TemporaryFolder.ts"

const freePort = Effect.promise(async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
})

/** A proxy on ports of its own, which is started again as often as the test likes. */
const replica = Effect.gen(function* () {
  const endpoint = yield* cloud((response) => void setTimeout(() => response.end(body), 5))
  const [port, admin] = [yield* freePort, yield* freePort]
  const file = join(yield* temporaryFolder, "proxy.json")
  const settings = {
    listen: { port },
    admin: { port: admin },
    // Longer than the balancer takes to look away.
    drain: { serve_seconds: 2, finish_seconds: 10 },
    limits: { connections_per_address: 2_000 },
    quotas: { classes: { default: { requests_per_second: 100_000, burst: 1_000_000 } } }
  }
  const write = (more: object = {}) =>
    Effect.promise(() => writeFile(file, configurationFor(endpoint, "key", { ...settings, ...more })))
  yield* write()
  const start = Effect.gen(function* () {
    const proxy = yield* started(["--config", file], {})
    yield* readyLine(proxy)
    return proxy
  })
  return { port, admin, write, start }
})

type Replica = Effect.Success<typeof replica>

/** A balancer with this configuration, once it listens. */
const balancer = (command: (file: string) => ReadonlyArray<string>, text: string, port: number) =>
  Effect.acquireRelease(
    Effect.gen(function* () {
      const file = join(yield* temporaryFolder, "front.conf")
      yield* Effect.promise(() => writeFile(file, text))
      const [program = "", ...words] = command(file)
      const front = spawn(program, words, { stdio: ["ignore", "ignore", "ignore"] })
      const isOpen = () =>
        new Promise<boolean>((resolve) => {
          const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false))
          socket.on("connect", () => socket.destroy())
        })
      yield* Effect.promise(async () => {
        while (!(await isOpen())) await new Promise((resolve) => setTimeout(resolve, 20))
      })
      return front
    }),
    (front: ChildProcess) => Effect.sync(() => front.kill("SIGKILL"))
  )

const haproxy = (port: number, replicas: ReadonlyArray<Replica>) =>
  balancer(
    (file) => ["haproxy", "-f", file],
    `global
  maxconn 1000
defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 30s
  # A replica that is slow to say that it is ready is ready all the same.
  timeout check 5s
  retries 3
  option redispatch
frontend callers
  bind 127.0.0.1:${port}
  default_backend proxies
backend proxies
  option httpchk GET /readyz
  retry-on conn-failure empty-response
${replicas.map(({ admin, port }, n) => `  server proxy${n} 127.0.0.1:${port} check port ${admin} inter 200 fall 1 rise 1`).join("\n")}
`,
    port
  )

const nginx = (port: number, replicas: ReadonlyArray<Replica>) =>
  Effect.flatMap(temporaryFolder, (folder) =>
    balancer(
      (file) => ["nginx", "-e", join(folder, "error.log"), "-c", file],
      `${process.getuid?.() === 0 ? "user root;" : ""} daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 512; }
http {
  access_log off;
${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `  ${name}_temp_path ${folder}/${name};`).join("\n")}
  upstream proxies {
${replicas.map(({ port }) => `    server 127.0.0.1:${port} max_fails=1 fail_timeout=1s;`).join("\n")}
    keepalive 32;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://proxies; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host localhost;
      proxy_next_upstream error timeout; proxy_next_upstream_tries 3;
    }
  }
}
`,
      port
    )
  )

/** Callers that ask again and again by the front until they are told to stop. */
const load = (port: number) => {
  const outcomes = new Map<string, number>()
  const state = { isOver: false }
  const asking = Array.from({ length: 16 }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    while (!state.isOver) {
      const outcome = await new Promise<string>((resolve) => {
        request(
          { host: "127.0.0.1", port, path, headers: { ...withKey("key"), host: "localhost" }, agent },
          (response) => {
            response.resume().on("end", () => resolve(String(response.statusCode)))
          }
        )
          .on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
          .end()
      })
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
    agent.destroy()
  })
  return {
    outcomes,
    stop: async () => {
      state.isOver = true
      await Promise.all(asking)
    }
  }
}

const drained = Effect.fnUntraced(function* (proxy: Running) {
  const exit = yield* Effect.forkChild(ended(proxy), { startImmediately: true })
  proxy.process.kill("SIGTERM")
  assert.strictEqual(yield* Fiber.join(exit), 0)
})

describe("a rolling restart behind a balancer, under load", { timeout: 120_000, ...needs("haproxy", "nginx") }, () => {
  it.live.each([
    ["HAProxy", haproxy],
    ["nginx", nginx]
  ] as const)("of %s loses no request: not by a reload, nor by a drain, nor by a start", ([, front]) =>
    Effect.gen(function* () {
      const replicas = [yield* replica, yield* replica]
      const running = [yield* replicas[0]!.start, yield* replicas[1]!.start]
      const port = yield* freePort
      yield* front(port, replicas)
      const callers = load(port)
      yield* Effect.sleep("1 second")
      for (const [n, { write }] of replicas.entries()) {
        yield* write({ cache: { jitter_percent: 5 } })
        yield* logged(running[n]!, "configuration loaded")
      }
      for (const [n, { start }] of replicas.entries()) {
        yield* drained(running[n]!)
        running[n] = yield* start
        // The balancer is to have seen it before the next one leaves.
        yield* Effect.sleep("2 seconds")
      }
      yield* Effect.promise(callers.stop)
      const { outcomes } = callers
      assert.deepStrictEqual([...outcomes.keys()], ["200"], JSON.stringify([...outcomes]))
      assert.isAbove(outcomes.get("200") ?? 0, 500)
    }).pipe(Effect.scoped)
  )
})
