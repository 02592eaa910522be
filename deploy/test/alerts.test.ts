import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { type AddressInfo, connect, createServer as createTcpServer, type Server as TcpServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { needs } from "../../debian.ts"
import { documentsOf, textOf } from "./manifests.ts"

const main = fileURLToPath(new URL("../../apps/proxy/src/main.ts", import.meta.url))
const project = "4229d7a45436489f8c3dc2b1d35d4987"
const other = "0000000000000000000000000000000a"
const backup = (n: number, of = project) => `/v3/${of}/backups/6df2b54c-dd62-4059-a07c-${String(n).padStart(12, "0")}`
const withKey = { headers: { "x-api-key": "key" } }

/** Series of one scrape, by name with labels. */
type Scrape = ReadonlyMap<string, number>

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: object
}
const [{ groups }] = documentsOf("prometheus/alerts.yaml") as [
  { groups: ReadonlyArray<{ rules: ReadonlyArray<Rule> }> }
]
const rules = groups.flatMap(({ rules }) => rules)

const scrapeOf = async (admin: string): Promise<Scrape> => {
  const text = await (await fetch(`${admin}/metrics`)).text()
  return new Map(
    text
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))])
  )
}

/** Three states of one proxy: when it has started, after much has gone wrong, and as its last scrape finds it. */
let started: Scrape = new Map()
let troubled: Scrape = new Map()
let drained: Scrape = new Map()

const folder = mkdtempSync(join(tmpdir(), "cbr-alerts-"))
const servers: Array<Server | TcpServer> = []
let proxy: ChildProcess | undefined
afterAll(() => {
  proxy?.kill("SIGKILL")
  for (const server of servers) server.close()
  rmSync(folder, { recursive: true, force: true })
})

const portOf = async (server: Server | TcpServer) => {
  servers.push(server)
  await once(server.listen(0, "127.0.0.1"), "listening")
  return (server.address() as AddressInfo).port
}

/** What the cloud does with the next call. */
let answer: "fails" | "refuses" | "hangs" = "fails"

beforeAll(async () => {
  if ("skip" in needs("promtool")) return
  const cloud = createServer((_, response) => {
    if (answer === "hangs") return
    response.statusCode = answer === "fails" ? 503 : 401
    response.end(
      answer === "fails" ? "" : '{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information"}'
    )
  })
  // It takes connections and never says a word.
  const redis = createTcpServer((socket) => socket.on("error", () => undefined))
  const settings = {
    listen: { port: 0 },
    admin: { port: 0 },
    drain: { serve_seconds: 0, finish_seconds: 1, report_seconds: 30 },
    keys_file: "keys.json",
    callers: {
      billing: { keys: [{ sha256: createHash("sha256").update("key").digest("hex") }], projects: [project, other] }
    },
    credentials: { main: { type: "token", token: "t" }, more: { type: "token", token: "u" } },
    projects: {
      [project]: { region: "cn-north-4", credentials: ["main"] },
      [other]: { region: "cn-north-4", credentials: ["more"] }
    },
    regions: { "cn-north-4": { endpoint: `http://127.0.0.1:${await portOf(cloud)}` } },
    upstream: { retries: 0, circuit_failures: 0 },
    limits: { upstream_calls: 1, queue: 0 },
    quotas: { upstream_per_project_per_second: 2 },
    redis: { url: `redis://127.0.0.1:${await portOf(redis)}` }
  }
  const file = join(folder, "proxy.json")
  writeFileSync(file, JSON.stringify(settings))
  proxy = spawn(process.execPath, [main, "--config", file], { stdio: ["ignore", "pipe", "ignore"] })
  let line = ""
  for await (const chunk of proxy.stdout!.setEncoding("utf8")) if ((line += String(chunk)).includes("\n")) break
  const { admin, url } = JSON.parse(line) as { readonly admin: string; readonly url: string }
  const statusOf = async (path: string, init = withKey) => (await fetch(url + path, init)).status

  started = await scrapeOf(admin)
  for (let n = 0; n < 3; n++) await statusOf(backup(n))
  for (let n = 0; n < 2; n++) await statusOf(backup(n), { headers: { "x-api-key": "wrong" } })
  // One call hangs; others find no turn, and then no quota.
  answer = "hangs"
  const first = statusOf(backup(10))
  await Promise.all(Array.from({ length: 40 }, (_, n) => statusOf(backup(100 + n))))
  await first
  answer = "refuses"
  let refused = 429
  for (let n = 60; refused === 429; n++) refused = await statusOf(backup(n))
  writeFileSync(file, "callers: none\n")
  writeFileSync(join(folder, "keys.json"), "none\n")
  await fetch(`${admin}/reload`, { method: "POST" })
  await fetch(`${admin}/readyz`)
  troubled = await scrapeOf(admin)
  // The drain cuts off what hangs then.
  answer = "hangs"
  const socket = connect({ port: Number(new URL(url).port), host: "127.0.0.1" }).on("error", () => undefined)
  const asked = once(cloud, "request")
  socket.write(`GET ${backup(11, other)} HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: key\r\n\r\n`)
  await asked
  proxy.kill("SIGTERM")
  await once(socket, "close")
  drained = await scrapeOf(admin)
}, 300_000)

/** An input of promtool: what each series is, a value each minute. */
const inputOf = (series: ReadonlyMap<string, string>) =>
  [...series].map(([name, values]) => `      - { series: ${JSON.stringify(name)}, values: ${JSON.stringify(values)} }`)

const labelled = (name: string) =>
  name.includes("{") ? name.replace("{", '{instance="a",job="cbr-proxy",') : `${name}{instance="a",job="cbr-proxy"}`

/**
 * An hour in which each series is as at the start for ten minutes. What has
 * risen since rises on, as fast again each minute; what stood elsewhere stands
 * there.
 */
const hourOf = (now: Scrape): ReadonlyMap<string, string> => {
  const up = new Map([['up{instance="a",job="cbr-proxy"}', "1x60"]])
  for (const [name, value] of now) {
    const before = started.get(name)
    const grown = value - (before ?? 0)
    const isCounter = /_(?:total|count|sum|bucket)$/.test(name.replace(/\{.*/, ""))
    // A series that was not there at the start is not there for ten minutes.
    const first = before === undefined ? "_x9" : `${before}x9`
    up.set(labelled(name), isCounter ? `${first} ${value}+${grown * 60}x49` : `${first} ${value}x49`)
  }
  return up
}

/** Which alerts fire at the end of an hour, or of some minutes, by promtool. */
const firing = (series: ReadonlyMap<string, string>, alert: string, minutes = 60): boolean => {
  const rules = join(folder, "alerts.yaml")
  const test = join(folder, "test.yaml")
  writeFileSync(rules, textOf("prometheus/alerts.yaml"))
  writeFileSync(
    test,
    [
      "rule_files: [alerts.yaml]",
      "evaluation_interval: 1m",
      "tests:",
      "  - interval: 1m",
      "    input_series:",
      ...inputOf(series),
      "    alert_rule_test:",
      `      - { eval_time: ${minutes}m, alertname: ${alert}, exp_alerts: [] }`
    ].join("\n")
  )
  const { status, stderr, stdout } = spawnSync("promtool", ["test", "rules", test], { encoding: "utf8" })
  if (status === 0) return false
  assert.include(stdout + stderr, "got:[", stdout + stderr)
  return true
}

describe("an alert", needs("promtool"), () => {
  it("each alert reads a counter that the proxy exports at 0 from the start", () => {
    for (const series of [
      'cbr_proxy_denials_total{reason="Credential"}',
      'cbr_proxy_cut_requests_total{reason="drain"}',
      'cbr_proxy_cut_requests_total{reason="unread"}',
      'cbr_proxy_queued_calls_total{outcome="shed"}',
      'cbr_proxy_quota_refusals_total{quota="project"}',
      "cbr_proxy_log_lines_lost_total",
      'cbr_client_attempts_total{outcome="ok"}',
      'cbr_client_attempts_total{outcome="RateLimited"}'
    ]) {
      assert.strictEqual(started.get(series), 0, series)
    }
  })

  it.each(rules.map(({ alert }) => alert))("%s is silent while all is well", { timeout: 60_000 }, (alert) => {
    // As at the start, and a Redis that answers.
    const well = new Map([...hourOf(started)].filter(([name]) => !/redis_degraded|revocations/.test(name)))
    assert.isFalse(firing(well, alert))
  })

  const provoked = [
    "CbrProxyCredentialRefused",
    "CbrProxyErrors",
    "CbrProxyCloudIll",
    "CbrProxyConfigurationRejected",
    "CbrProxyRedisDegraded",
    "CbrProxyKeysRejected",
    "CbrProxyTurnsAway",
    "CbrProxyProjectQuota",
    "CbrProxyDenials"
  ]
  it.each(provoked)("%s fires of what the proxy measures when that is so", { timeout: 60_000 }, (alert) => {
    assert.isTrue(firing(hourOf(troubled), alert))
  })

  it("CbrProxyCutOff fires on the last scrape of a draining proxy, alone or among others", { timeout: 60_000 }, () => {
    const last = [...drained].map(([name, value]) => [labelled(name), `${started.get(name) ?? 0}x9 ${value}`] as const)
    assert.isTrue(firing(new Map(last), "CbrProxyCutOff", 12))
  })

  // What a test cannot bring about is written into the series that the proxy has for it.
  const written: ReadonlyArray<readonly [alert: string, series: string, values: string]> = [
    ["CbrProxyLogLost", "cbr_proxy_log_lines_lost_total", "0x9 0+60x49"],
    ["CbrProxyLate", "cbr_proxy_event_loop_delay_seconds", "0.001x9 0.3x49"],
    ["CbrProxyRevocationsUnread", "cbr_proxy_revocations_unread", "0x9 1x49"]
  ]
  it.each(written)("%s fires when %s says so", { timeout: 60_000 }, (alert, series, values) => {
    const found = [...troubled.keys()].find((name) => name.replace(/\{.*/, "") === series)
    assert.isDefined(found)
    assert.isTrue(firing(new Map([...hourOf(started), [labelled(found), values]]), alert))
  })

  it("CbrProxyCertificateEnds fires a week ahead, and CbrProxyDown fires when no replica is up", () => {
    const ends = (seconds: number) => new Map([[labelled("cbr_proxy_certificate_end_seconds"), `${seconds}x60`]])
    assert.isTrue(firing(ends(6 * 86_400), "CbrProxyCertificateEnds"))
    assert.isFalse(firing(ends(9 * 86_400), "CbrProxyCertificateEnds"))
    assert.isTrue(firing(new Map([['up{instance="a",job="cbr-proxy"}', "1x9 0x50"]]), "CbrProxyDown"))
  })

  it("every alert fires in one of these tests", () => {
    const others = [...written.map(([alert]) => alert), "CbrProxyCutOff", "CbrProxyCertificateEnds", "CbrProxyDown"]
    assert.sameMembers(
      [...provoked, ...others],
      rules.map(({ alert }) => alert)
    )
  })
})
