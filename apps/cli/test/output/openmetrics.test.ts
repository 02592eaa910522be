import { execFile, spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { promisify } from "node:util"
import { BackupResp, ShowBackupResponse } from "@cbr/domain"
import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Result, Schedule, Schema } from "effect"
import { needs } from "../../../../debian.ts"
import { openmetrics } from "../../src/output/openmetrics.ts"
import { commandLine, withAccessKey } from "../CommandLine.ts"
import { printed } from "./printed.ts"

const encode = Schema.encodeSync(BackupResp)
const body = (backup: BackupResp) => JSON.stringify({ backup: encode(backup) })
const failed = (id: string) => ({ _tag: "Failed", id, error: null }) as const

/** Name and labels of each sample. */
const seriesOf = (text: string) =>
  text
    .split("\n")
    .flatMap((line) => (line.startsWith("#") || line === "" ? [] : [line.slice(0, line.lastIndexOf(" "))]))

const isOnce = (series: ReadonlyArray<string>) => new Set(series).size === series.length

describe("openmetrics", () => {
  it.prop(
    "openmetrics has each series once, whatever ids are missing or asked for again",
    [Schema.Array(BackupResp), Schema.Array(Schema.String)],
    ([backups, ids]) => {
      const anonymous = backups.map(({ id: _, ...backup }) => backup)
      const items = [...backups, ...backups, ...anonymous].map(body)
      assert.isTrue(isOnce(seriesOf(printed(openmetrics, [...items, ...ids.map(failed), ...ids.map(failed)]))))
    }
  )

  it("openmetrics has the id that a backup was asked for by, where the answer has none", () => {
    const asked = "b0000000-0000-4000-8000-000000000010"
    const out = printed(openmetrics, [
      { _tag: "Backup", response: response({ status: "error" }), id: `cn-north-4/0123/${asked}` }
    ])
    assert.include(out, `cbr_backup_up{id="${asked}"} 1`)
    assert.include(out, `cbr_backup_health{id="${asked}",level="failed"} 1`)
  })

  it("openmetrics counts the last look at a backup that was asked for twice", () => {
    const id = "b0000000-0000-4000-8000-000000000010"
    const out = printed(openmetrics, [body({ id, status: "available" }), failed(id)])
    assert.deepStrictEqual(out.match(/^cbr_backup_up.*$/gm), [`cbr_backup_up{id="${id}"} 0`])
  })

  it("openmetrics has one status for each region that a backup was copied to", () => {
    const records = ["fail", "success"].map((status, hour) => ({
      destination_region: "cn-south-1",
      status,
      created_at: `2026-01-0${hour + 1}T00:00:00`
    }))
    const out = printed(openmetrics, [JSON.stringify({ backup: { id: "a", replication_records: records } })])
    assert.include(out, 'cbr_backup_replication_status{id="a",region="cn-south-1",status="success"} 1')
    assert.include(out, 'cbr_backup_replication_status{id="a",region="cn-south-1",status="fail"} 0')
  })

  it("openmetrics has no age of a backup whose time lies in the future", () => {
    const of = (created_at: string) => printed(openmetrics, [JSON.stringify({ backup: { id: "a", created_at } })])
    assert.include(of("2026-06-01T00:01:00Z"), 'cbr_backup_age_seconds{id="a"} 0')
    assert.notInclude(of("2026-06-01T00:05:00Z"), "cbr_backup_age_seconds{")
  })

  it("openmetrics has gauges alone, none with the name of a counter", () => {
    const out = printed(openmetrics, [body({ id: "a" })])
    const types = out.match(/^# TYPE .*$/gm) ?? []
    assert.isNotEmpty(types)
    for (const type of types) assert.match(type, /^# TYPE cbr_backup_\w+(?<!_total|_count|_sum|_bucket) gauge$/)
  })
})

const response = (backup: object) => {
  const read = ShowBackupResponse.read(JSON.stringify({ backup }))
  return Result.getOrThrow(read)
}

const run = promisify(execFile)

/** Prints all built-in backups, one of them twice, and one that is not there. */
const everything = Effect.gen(function* () {
  const { backups, faults } = yield* Simulator
  const words = ["show", ...Object.values(backups), backups.tree, faults.not_found, "-o", "openmetrics"]
  const { exitCode, out } = yield* commandLine(words, { env: yield* withAccessKey })
  assert.strictEqual(exitCode, 12)
  return { text: `${out}\n`, series: seriesOf(out), count: Object.keys(backups).length }
})

const piped = (command: string, words: ReadonlyArray<string>, text: string) =>
  Effect.promise(() => {
    const done = run(command, words)
    done.child.stdin?.end(text)
    return done
  })

layer(simulatorLayer(), { excludeTestServices: true })("the gauges of all built-in backups", (it) => {
  it.effect(
    "the gauges of all built-in backups are taken by promtool",
    () =>
      Effect.gen(function* () {
        const { text } = yield* everything
        const told = yield* piped("promtool", ["check", "metrics"], text)
        assert.deepStrictEqual({ stderr: told.stderr, stdout: told.stdout }, { stderr: "", stdout: "" })
      }),
    needs("promtool")
  )

  it.effect(
    "the gauges of all built-in backups are taken by prometheus_client's strict parser",
    () =>
      Effect.gen(function* () {
        const { series, text } = yield* everything
        const parse = [
          "import sys",
          "from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse",
          "print(sum(len(family.samples) for family in parse(sys.stdin.read())))"
        ].join("\n")
        const { stdout } = yield* piped("/usr/bin/python3", ["-c", parse], text)
        assert.strictEqual(Number(stdout), series.length)
      }),
    needs("/usr/lib/python3/dist-packages/prometheus_client")
  )

  it.effect(
    "the gauges of all built-in backups are scraped by a real Prometheus, every one",
    () =>
      Effect.gen(function* () {
        const { count, series, text } = yield* everything
        const target = yield* serving(text)
        const prometheus = yield* prometheusOf(target)
        const query = (expression: string) =>
          Effect.promise(async () => {
            const answer = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`)
            return ((await answer.json()) as Answer).data.result.map(({ value }) => Number(value[1]))
          }).pipe(Effect.catchDefect(() => Effect.succeed([])))
        const scraped = yield* query('count({__name__=~"cbr_backup_.+"})').pipe(
          Effect.repeat({ until: (values) => values.length > 0, schedule: Schedule.spaced("100 millis") })
        )
        assert.deepStrictEqual(scraped, [series.length])
        assert.deepStrictEqual(yield* query("count(cbr_backup_up)"), [count + 1])
        assert.deepStrictEqual(yield* query('count(cbr_backup_health{level="failed"} == 1)'), [3])
      }).pipe(Effect.scoped),
    needs("prometheus")
  )
})

interface Answer {
  readonly data: { readonly result: ReadonlyArray<{ readonly value: readonly [number, string] }> }
}

/** Where a text is served as OpenMetrics. */
const serving = (text: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer((_, answer) =>
        answer.setHeader("content-type", "application/openmetrics-text; version=1.0.0; charset=utf-8").end(text)
      )
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return server
    }),
    (server) => Effect.sync(() => server.close().closeAllConnections())
  ).pipe(Effect.map((server) => `127.0.0.1:${(server.address() as AddressInfo).port}`))

/** Address of a Prometheus that scrapes one target, until the scope closes. */
const prometheusOf = Effect.fnUntraced(function* (target: string) {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "cbr-prometheus-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
  const configuration = join(folder, "prometheus.yml")
  writeFileSync(
    configuration,
    `scrape_configs: [{job_name: cbr, scrape_interval: 1s, static_configs: [{targets: ["${target}"]}]}]\n`
  )
  const words = [
    `--config.file=${configuration}`,
    `--storage.tsdb.path=${folder}/data`,
    "--web.listen-address=127.0.0.1:0"
  ]
  const server = yield* Effect.acquireRelease(
    Effect.sync(() => spawn("prometheus", words, { stdio: ["ignore", "ignore", "pipe"] })),
    (process) =>
      Effect.promise(async () => {
        const ended = new Promise((resolve) => process.once("exit", resolve))
        process.kill("SIGKILL")
        await ended
      })
  )
  return yield* Effect.promise(async () => {
    for await (const line of createInterface(server.stderr)) {
      const [, address] = /msg="Listening on" address=(\S+)/.exec(line) ?? []
      if (address !== undefined) return `http://${address}`
    }
    throw new Error("Prometheus ended")
  }).pipe(Effect.tap(() => Effect.sync(() => server.stderr.resume())))
})
