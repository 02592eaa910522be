import { execFile, spawnSync } from "node:child_process"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { chromium } from "playwright-core"
import { build } from "rolldown"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import type { Cloud, Outcome } from "../checks/Check.ts"
import { makeProject, type Project } from "../Project.ts"
import { startCloud } from "../SimulatedCloud.ts"
import { record } from "../Table.ts"

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

  it.each(["promise", "effect"])(`every check of the %s door holds on ${runtime}`, async (door) => {
    const line = [...words, "checks/main.ts", door, JSON.stringify(cloud)]
    allHold(runtime, door, await printed(join(project.folder, "node_modules", program), line))
  })
})

/** A file of the checks with all that it imports, as a bundler for browsers makes it. */
const bundled = async (file: string, resolve: object = {}): Promise<string> => {
  const { output } = await build({
    input: join(project.folder, "checks", file),
    platform: "browser",
    cwd: project.folder,
    write: false,
    resolve,
    output: { format: "esm", codeSplitting: false }
  })
  return output[0].code
}

describe("workerd", () => {
  beforeAll(() => project.add("miniflare@4.20260730.0"))

  it("every check of the promise door holds on workerd", async () => {
    const { Miniflare } = (await import(join(project.folder, "node_modules/miniflare/dist/src/index.js"))) as {
      readonly Miniflare: new (options: object) => {
        dispatchFetch(url: string, init: object): Promise<Response>
        dispose(): Promise<void>
      }
    }
    const script = await bundled("worker.ts")
    const worker = new Miniflare({ modules: true, script, compatibilityDate: "2026-07-01" })
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
