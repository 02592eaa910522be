/// <reference lib="dom" />
import { once } from "node:events"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { assets } from "@cbr/board/assets"
import { boardFields, boardPath, type FleetDigest, type ResourceDigest } from "@cbr/board/contract"
import * as Effect from "effect/Effect"
import { type Browser, chromium, type Page } from "playwright-core"
import type { Row } from "./Row.ts"

/** Servers of the fleet, and backups of each. */
const servers = 2_000
const nights = 30

const day = 86_400
const project_id = "4229d7a45436489f8c3dc2b1d35d4987"

const uuid = (server: number, night: number) =>
  `${(0xb0000000 + night).toString(16)}-f1ee-4000-8000-${server.toString(16).padStart(12, "0")}`

const resourceOf = (server: number, now: number): ResourceDigest => ({
  id: `f1ee0000-0000-4000-8000-${server.toString(16).padStart(12, "0")}`,
  name: `ecs-fleet-${String(server).padStart(4, "0")}`,
  type: "OS::Nova::Server",
  vault: `3b5816b5-f29c-4172-9d9a-76c719a6${String(server % 7).padStart(4, "0")}`,
  size: 140,
  expected: true,
  strip: {
    // One in a hundred failed last night.
    states: `${server % 100 === 0 ? "f" : "w"}${"w".repeat(nights - 1)}`,
    replicated: "1".repeat(nights),
    at: Array.from({ length: nights }, (_, night) => now - 3_600 - night * day),
    ids: Array.from({ length: nights }, (_, night) => uuid(server, night))
  }
})

/** The proxy's stand-in: the board, one project, its digest from memory, and its stream of changes. */
const startGateway = async () => {
  const now = Math.floor(Date.now() / 1000)
  const digest: FleetDigest = {
    project_id,
    read_at: now,
    incomplete: false,
    resources: Array.from({ length: servers }, (_, server) => resourceOf(server, now))
  }
  const body = JSON.stringify(digest)
  const streams = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    const target = request.url ?? "/"
    const asset = target.startsWith(boardPath) ? assets[target.slice(boardPath.length + 1)] : undefined
    if (asset !== undefined) response.writeHead(200, { ...boardFields, "content-type": asset.type }).end(asset.text)
    else if (target.endsWith("/events")) {
      response.writeHead(200, { "content-type": "text/event-stream" })
      response.write(`event: snapshot\ndata: {"backups":${servers * nights},"complete":true}\n\n`)
      streams.add(response)
      response.on("close", () => streams.delete(response))
    } else {
      const projects = JSON.stringify({ projects: [{ id: project_id, name: "cn-north-4" }] })
      response.writeHead(200, { "content-type": "application/json" }).end(target.endsWith("/fleet") ? body : projects)
    }
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    server,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Tells of a new backup of a server, and returns when. */
    change: (of: number): number => {
      const { id, name } = resourceOf(of, now)
      const at = new Date().toISOString().replace("Z", "000")
      const backup = { id: uuid(of, 99), resource_id: id, resource_name: name, status: "error", created_at: at }
      for (const stream of streams) stream.write(`event: new\ndata: ${JSON.stringify({ backup })}\n\n`)
      return Date.now()
    }
  }
}

/** Notes when the first row and each change is drawn, by the clock of the page. */
const watchRows = () => {
  const seen = { first: 0, changed: 0 }
  Object.assign(window, { seen })
  new MutationObserver(() => {
    if (seen.first === 0 && document.querySelector(".rows .row") !== null) {
      requestAnimationFrame(() => (seen.first = performance.now()))
    }
    if (seen.changed === 0 && document.querySelector(".rows .row.changed") !== null) {
      requestAnimationFrame(() => (seen.changed = Date.now()))
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] })
}

interface Seen {
  readonly first: number
  readonly changed: number
}

const seenBy = (page: Page) => page.evaluate(() => (window as unknown as { readonly seen: Seen }).seen)

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** Processor time, in microseconds. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/** The longest task of the page's main thread in a trace, in milliseconds of processor time. */
const longestTask = (trace: Buffer): number => {
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: ReadonlyArray<TraceEvent> }
  const threads = new Set(
    traceEvents
      .filter(({ args, name }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid}/${tid}`)
  )
  const tasks = traceEvents.flatMap(({ name, ph, pid, tdur, tid }) =>
    ph === "X" && name.endsWith("RunTask") && tdur !== undefined && threads.has(`${pid}/${tid}`) ? [tdur] : []
  )
  if (tasks.length === 0) throw new Error("the trace has no task")
  return Math.max(...tasks) / 1000
}

const measured = async (browser: Browser) => {
  const { change, origin, server } = await startGateway()
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    const page = await context.newPage()
    await page.addInitScript(watchRows)
    await page.goto(`${origin}${boardPath}#/${project_id}`)
    await page.locator("#credential").fill("cbrk_bench")
    await page.locator("#credential").press("Enter")
    await page.waitForFunction(() => (window as unknown as { readonly seen: Seen }).seen.first > 0)
    const answered = await page.evaluate(
      () =>
        performance
          .getEntriesByType("resource")
          .find(({ name }) => name.endsWith("/fleet"))
          ?.toJSON() as PerformanceResourceTiming
    )
    const firstRows = (await seenBy(page)).first - answered.responseEnd

    await page.locator(".rows").hover()
    await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline"] })
    for (let step = 0; step < 80; step++) {
      await page.mouse.wheel(0, step < 40 ? 700 : -500)
      await page.waitForTimeout(25)
    }
    const scrolled = longestTask(await browser.stopTracing())

    const inSight = await page.locator(".rows .row .name a").nth(12).textContent()
    const told = change(Number(inSight?.slice(-4)))
    await page.waitForFunction(() => (window as unknown as { readonly seen: Seen }).seen.changed > 0)
    const shown = (await seenBy(page)).changed - told

    const devtools = await context.newCDPSession(page)
    await devtools.send("HeapProfiler.enable")
    await devtools.send("HeapProfiler.collectGarbage")
    await devtools.send("Performance.enable")
    const { metrics } = await devtools.send("Performance.getMetrics")
    const heap = (metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? Number.NaN) / 1e6
    await context.close()
    return { firstRows, scrolled, shown, heap }
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

/** The proxy's page with 2,000 servers of 30 backups each, in a real browser on loopback. */
export const board = Effect.promise(async (): Promise<ReadonlyArray<Row>> => {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info"]
  })
  try {
    const { firstRows, heap, scrolled, shown } = await measured(browser)
    const row = { better: "less", peers: [] } as const
    return [
      { ...row, what: `board: first rows of ${servers} servers`, unit: "ms", value: firstRows, goal: 300 },
      { ...row, what: "board: longest task of a scroll", unit: "ms", value: scrolled, goal: 50 },
      { ...row, what: "board: from an event to the row", unit: "ms", value: shown, goal: 200 },
      { ...row, what: "board: JavaScript heap", unit: "MB", value: heap, goal: 80 }
    ]
  } finally {
    await browser.close()
  }
})
