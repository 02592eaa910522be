import { execFile, spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { createServer as createTlsServer } from "node:https"
import { type AddressInfo, connect, type Socket } from "node:net"
import { join } from "node:path"
import { chromium } from "playwright-core"
import { build } from "rolldown"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import type { Cloud, Outcome } from "../checks/Check.ts"
import { makeProject, type Project } from "../ConsumerProject.ts"
import { proxyMain, runProxy } from "../ProxyProcess.ts"
import { record } from "../RuntimeTable.ts"
import { startCloud } from "../SimulatedCloud.ts"

let project: Project
let cloud: Cloud
let stop: () => Promise<void>

beforeAll(async () => {
  project = makeProject()
  ;({ cloud, stop } = await startCloud())
})

afterAll(() => stop())

/** The outcomes that a program prints. It has a minute and a half. */
const printed = (command: string, words: ReadonlyArray<string>) =>
  new Promise<ReadonlyArray<Outcome>>((resolve, reject) => {
    execFile(
      command,
      words,
      {
        cwd: project.folder,
        timeout: 240_000,
        maxBuffer: 1e8,
        env: { PATH: process.env["PATH"], HOME: project.folder }
      },
      (error, stdout, stderr) => {
        const line = stdout.trim().split("\n").at(-1) ?? ""
        if (line.startsWith("[")) resolve(JSON.parse(line) as ReadonlyArray<Outcome>)
        else reject(new Error(`${error?.message ?? "it printed no outcomes"}\n${stdout}${stderr}`))
      }
    )
  })

const fixture = (name: string) => join(import.meta.dirname, "../../packages/client/test/fixtures", name)

/** The built command line on a runtime, with the cloud in its variables and a home of its own. */
const cbr = (program: string, words: ReadonlyArray<string>, ...line: ReadonlyArray<string>) =>
  new Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>((resolve) => {
    const env = {
      PATH: process.env["PATH"],
      HOME: project.folder,
      CBR_ENDPOINT: cloud.endpoint,
      CBR_TOKEN: cloud.token,
      HUAWEICLOUD_SDK_PROJECT_ID: cloud.projectId
    }
    const main = join(import.meta.dirname, "../../apps/cli/dist/main.cjs")
    execFile(program, [...words, main, ...line], { env, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr })
    )
  })

/** CBR behind TLS, and a proxy that opens tunnels to it and keeps their targets. */
const startProxied = async () => {
  const targets: Array<string> = []
  const service = createTlsServer(
    {
      key: readFileSync(fixture("private-ca-server.key.pem")),
      cert: readFileSync(fixture("private-ca-server.cert.pem"))
    },
    (_, response) => response.end(readFileSync(fixture("show-backup.json")))
  )
  const proxy = createServer((_, response) => response.writeHead(405).end())
  proxy.on("connect", ({ url = "" }, client: Socket) => {
    targets.push(url)
    const target = connect(Number(url.split(":")[1]), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n")
      target.pipe(client).pipe(target)
    })
    for (const socket of [client, target]) socket.on("error", () => socket.destroy())
  })
  for (const server of [service, proxy]) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  }
  const portOf = (server: typeof proxy | typeof service) => (server.address() as AddressInfo).port
  return {
    targets,
    origin: `https://127.0.0.1:${portOf(service)}`,
    proxy: `http://127.0.0.1:${portOf(proxy)}`,
    stop: () => {
      service.close()
      service.closeAllConnections()
      proxy.close()
      proxy.closeAllConnections()
    }
  }
}

const allHold = (runtime: string, door: string, outcomes: ReadonlyArray<Outcome>) => {
  record(runtime, door, outcomes)
  assert.isAbove(outcomes.length, 15)
  assert.deepStrictEqual(
    outcomes.filter(({ error }) => error !== undefined),
    []
  )
}

const { arch } = process

/** The packages that hold a runtime's program for this machine, and the words of a command line before the script. */
const programs = [
  { runtime: "Node 22.19", add: `node-linux-${arch}@22.19.0`, program: `node-linux-${arch}/bin/node`, words: [] },
  { runtime: "Node 24", add: `node-linux-${arch}@24.21.0`, program: `node-linux-${arch}/bin/node`, words: [] },
  { runtime: "Node 26", add: `node-linux-${arch}@26.9.0`, program: `node-linux-${arch}/bin/node`, words: [] },
  // Its install script puts the program there.
  { runtime: "Bun 1.4", add: "bun@1.4.5", program: "bun/bin/bun.exe", words: ["run"] },
  {
    runtime: "Deno 2.9",
    add: "deno@2.9.6",
    program: `@deno/linux-${arch}-glibc/deno`,
    words: ["run", "-A", "--no-lock"]
  }
] as const

describe.each(programs)("$runtime", ({ add, program, runtime, words }) => {
  beforeAll(() => project.add(add))

  it.each(["promise", "environment", "effect"])(`every check of the %s door holds on ${runtime}`, async (door) => {
    const line = [...words, "checks/main.ts", door, JSON.stringify(cloud)]
    allHold(runtime, door, await printed(join(project.folder, "node_modules", program), line))
  })

  it(`each call of ${runtime} to an https address goes by way of the proxy, over each transport`, async () => {
    const { origin, proxy, stop, targets } = await startProxied()
    try {
      const line = [...words, "checks/throughProxy.ts", origin, proxy, fixture("private-ca.cert.pem")]
      const outcomes = await printed(join(project.folder, "node_modules", program), line)
      assert.deepStrictEqual(outcomes, [{ name: "node:http" }, { name: "undici" }])
      const { host } = new URL(origin)
      assert.deepStrictEqual(new Set(targets), new Set([host]))
      assert.lengthOf(targets, runtime.startsWith("Bun") ? 1 : 2)
    } finally {
      stop()
    }
  })

  const serves = () =>
    it(`cbr-proxy serves on ${runtime}, and finishes a request before it ends`, async () => {
      const { answers, code, halfSent } = await runProxy(
        join(project.folder, "node_modules", program),
        words,
        cloud,
        project.folder
      )
      assert.deepStrictEqual(answers, ["200 uri-miss", "200 hit"])
      assert.strictEqual(halfSent, "HTTP/1.1 200 OK")
      assert.strictEqual(code, 0)
    })

  const refuses = () =>
    it(`cbr-proxy says in each language that it does not serve on ${runtime}`, () => {
      const told = (LC_ALL: string, ...line: ReadonlyArray<string>) => {
        const env = { PATH: process.env["PATH"], HOME: project.folder, LC_ALL }
        return spawnSync(join(project.folder, "node_modules", program), [...words, proxyMain, ...line], {
          env,
          encoding: "utf8",
          timeout: 60_000
        })
      }
      const refused = told("C", "--port", "0")
      assert.deepStrictEqual([refused.status, refused.stdout], [3, ""])
      assert.match(refused.stderr, /^cbr-proxy does not run on Bun [\d.]+: [^\n]+ Use Node 22\.19 or later\.\n$/)
      assert.match(told("zh_CN.UTF-8").stderr, /^cbr-proxy 不能在 Bun [\d.]+ 上运行：[^\n]+\n$/)
      for (const [line, answer] of [
        ["--version", /^cbr-proxy v\d/],
        ["--help", /USAGE/]
      ] as const) {
        const { status, stdout } = told("C", line)
        assert.strictEqual(status, 0)
        assert.match(stdout, answer)
      }
    })

  if (runtime === "Bun 1.4") refuses()
  else serves()

  it(`cbr runs on ${runtime}`, async () => {
    const { code, stdout } = await cbr(
      join(project.folder, "node_modules", program),
      words,
      "show",
      cloud.backups["tree"] ?? ""
    )
    assert.strictEqual(code, 0)
    assert.include(stdout, '"backup"')
    const wrong = await cbr(join(project.folder, "node_modules", program), words, "show", "not-an-id")
    assert.strictEqual(wrong.code, 2)
    assert.include(wrong.stderr, "nothing was sent")
  })
})

/** A file of the checks with all that it imports, as a bundler for browsers makes it. */
const bundled = async (file: string, define: Readonly<Record<string, string>> = {}): Promise<string> => {
  const { output } = await build({
    input: join(project.folder, "checks", file),
    platform: "browser",
    cwd: project.folder,
    write: false,
    transform: { define },
    output: { format: "esm", codeSplitting: false }
  })
  return output[0].code
}

describe("workerd", () => {
  beforeAll(() => project.add("miniflare@4.20260730.0"))

  interface Worker {
    dispatchFetch(url: string, init?: object): Promise<Response>
    dispose(): Promise<void>
  }
  const workerOf = async (script: string): Promise<Worker> => {
    const { Miniflare } = (await import(join(project.folder, "node_modules/miniflare/dist/src/index.js"))) as {
      readonly Miniflare: new (options: object) => Worker
    }
    return new Miniflare({ modules: true, script, compatibilityDate: "2026-07-01" })
  }

  it("one client, made at module scope, serves each request of a worker", async () => {
    const worker = await workerOf(await bundled("sharedWorker.ts", { cloud: JSON.stringify(cloud) }))
    try {
      const ask = async () => (await worker.dispatchFetch("http://worker/")).text()
      assert.deepStrictEqual([await ask(), await ask()], ["available", "available"])
      const all = await Promise.all(Array.from({ length: 20 }, ask))
      assert.deepStrictEqual(new Set(all), new Set(["available"]))
    } finally {
      await worker.dispose()
    }
  })

  it("every check of the promise door holds on workerd", async () => {
    const worker = await workerOf(await bundled("worker.ts"))
    try {
      const response = await worker.dispatchFetch("http://worker/", { method: "POST", body: JSON.stringify(cloud) })
      allHold("workerd", "promise", (await response.json()) as ReadonlyArray<Outcome>)
    } finally {
      await worker.dispose()
    }
  })
})

// A newcomer's machine may have none; the gate must.
const hasChromium = spawnSync("chromium", ["--version"]).error === undefined
describe.skipIf(process.env["CI"] === undefined && !hasChromium)("Chromium (Debian's package chromium)", () => {
  it("every check of the promise door holds in Chromium", async () => {
    const module = await bundled("web.ts")
    const page = createServer((request, response) => {
      if (request.url === "/web.js") response.setHeader("content-type", "text/javascript").end(module)
      else response.setHeader("content-type", "text/html").end("<!doctype html><title>checks</title>")
    }).listen(0, "127.0.0.1")
    await new Promise((resolve) => page.once("listening", resolve))
    const browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      // The cloud is of another origin, and lets no page call it: a page that does goes by a proxy of its own origin.
      args: ["--no-sandbox", "--disable-web-security", "--disable-gpu", "--disable-background-networking"]
    })
    try {
      const tab = await browser.newPage()
      await tab.goto(`http://127.0.0.1:${(page.address() as AddressInfo).port}/`)
      const outcomes = await tab.evaluate(`import("/web.js").then(({ run }) => run(${JSON.stringify(cloud)}))`)
      allHold("Chromium", "promise", outcomes as ReadonlyArray<Outcome>)
    } finally {
      await browser.close()
      page.close()
    }
  })
})
