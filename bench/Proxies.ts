import { createHash } from "node:crypto"
import { mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { connect, createServer } from "node:net"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { cores, served } from "./Machine.ts"

/** The file of one of the bench's programs. */
export const program = (name: string): string => fileURLToPath(new URL(`programs/${name}`, import.meta.url))

const node = process.execPath
const main = join(dirname(createRequire(import.meta.url).resolve("@cbr/proxy/package.json")), "dist/main.js")

/** The key that callers show to every proxy. */
export const key = "cbrk_bench-0123456789abcdefghijklmnopqrstuv"
export const accessKey = { ak: "BENCHACCESSKEY000001", sk: Redacted.make("bench-secret-of-some-32-characters") }

/** So many that no project's own quota of calls to the cloud is what is measured. */
export const projects = 200

/** The id of a project of the bench, by its number. */
export const projectOf = (number: number): string => number.toString(16).padStart(32, "0")

/** A folder that is gone with the scope. */
export const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "cbr-bench-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

/** The cloud's stand-in, on the core of the load; it answers after so many milliseconds. */
export const cloud = Effect.fnUntraced(function* (body: string, latency = 0) {
  const file = join(yield* folder, "body.json")
  writeFileSync(file, body)
  return yield* served(cores.load, [node, program("standIn.js"), file, String(latency)])
})

/** Options of a proxy of the project. */
export interface Given {
  readonly cloud: string
  /** Further keys of the `cache` section, beside long lives. */
  readonly cache?: object
  /** A project more. */
  readonly project_id?: string
  readonly credential?: { readonly type: string; readonly [field: string]: string }
  /** Another bundle than the one that is built here. */
  readonly bundle?: string | undefined
  /** Options of Node's own. */
  readonly options?: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
}

/** The bundle of another build, such as the last release's, that stands beside the built one; none unless it is named. */
export const peerBundle = process.env["CBR_BENCH_PEER"]

/** The proxy as it is published, its log in a file and its metrics on. */
export const proxy = Effect.fnUntraced(function* ({
  bundle = main,
  cache = { fresh_seconds: { available: 86_400 } },
  cloud,
  credential,
  env: more = {},
  options = [],
  project_id
}: Given) {
  const path = yield* folder
  const file = join(path, "proxy.json")
  const configuration = {
    listen: { port: 0 },
    admin: { port: 0 },
    drain: { serve_seconds: 0 },
    callers: {
      bench: {
        keys: [{ sha256: createHash("sha256").update(key).digest("hex") }],
        access_keys: [{ ak: accessKey.ak, sk: Redacted.value(accessKey.sk) }],
        projects: "*"
      }
    },
    credentials: { cloud: credential ?? { type: "token", token: "bench" } },
    projects: Object.fromEntries(
      [
        ...Array.from({ length: projects }, (_, number) => projectOf(number)),
        ...(project_id === undefined ? [] : [project_id])
      ].map((id) => [id, { region: "cn-north-4", credentials: ["cloud"] }])
    ),
    regions: { "cn-north-4": { endpoint: cloud } },
    cache,
    quotas: {
      classes: { default: { requests_per_second: 100_000, burst: 1_000_000 } },
      upstream_per_project_per_second: 200
    }
  }
  writeFileSync(file, JSON.stringify(configuration), { mode: 0o600 })
  const env = { PATH: process.env["PATH"], HOME: path, ...more }
  // Not beside the configuration, whose folder is watched: each write would be told of.
  const log = join(yield* folder, "log")
  const running = yield* served(cores.measured, [node, ...options, bundle, "--config", file], openSync(log, "w"), env)
  return { ...running, log }
})

/** A server of the bench's own, on the core of what is measured. */
export const peer = (name: string, ...args: ReadonlyArray<string>) =>
  served(cores.measured, [node, program(name), ...args])

const freePort = Effect.callback<number>((resume) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const address = server.address()
    const port = typeof address === "object" ? (address?.port ?? 0) : 0
    server.close(() => resume(Effect.succeed(port)))
  })
})

const isOpen = (port: number) =>
  Effect.callback<void, Error>((resume) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy()
      resume(Effect.void)
    })
    socket.on("error", (error) => resume(Effect.fail(error)))
  })

/** One worker of nginx before the cloud's stand-in, which compares the key and logs to a file; with a cache or without. */
export const nginx = Effect.fnUntraced(function* (cloud: string, isCached: boolean) {
  const path = yield* folder
  const port = yield* freePort
  const file = join(path, "nginx.conf")
  // Otherwise its worker is another user without access to the folder.
  const user = process.getuid?.() === 0 ? "user root;" : ""
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
  writeFileSync(
    file,
    `${user} daemon off; worker_processes 1; pid ${path}/pid; error_log ${path}/error.log;
events { worker_connections 512; }
http {
  access_log ${path}/access.log;
  keepalive_requests 100000000;
  ${temporary.map((name) => `${name}_temp_path ${path}/${name};`).join("\n  ")}
  ${isCached ? `proxy_cache_path ${path}/cache keys_zone=hits:8m;` : ""}
  upstream cloud { server ${new URL(cloud).host}; keepalive 64; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      if ($http_x_auth_token != "${key}") { return 401; }
      proxy_pass http://cloud; proxy_http_version 1.1; proxy_set_header Connection "";
      ${isCached ? "proxy_cache hits; proxy_cache_valid 200 1h;" : ""}
    }
  }
}
`
  )
  // It has no first line to wait for.
  const command = ["sh", "-c", `echo '{"url":"http://127.0.0.1:${port}"}'; exec nginx -e ${path}/error.log -c ${file}`]
  const started = yield* served(cores.measured, command)
  yield* Effect.retry(isOpen(port), Schedule.spaced("50 millis").pipe(Schedule.upTo({ times: 100 }))).pipe(Effect.orDie)
  return started
})
