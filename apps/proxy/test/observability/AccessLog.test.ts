import { Simulator } from "@cbr/simulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Logger, Metric, Schema } from "effect"
import { TestClock } from "effect/testing"
import { accessLog } from "../../src/observability/AccessLog.ts"
import { emptyRecord } from "../../src/observability/ExchangeAnnotations.ts"
import { LogOutput } from "../../src/observability/LogOutput.ts"
import * as Metrics from "../../src/observability/Metrics.ts"
import { keys, layer as configuredProxy } from "../ConfiguredProxy.ts"
import { get, LogLines, pathOf } from "../TestProxy.ts"

interface Line {
  readonly message: unknown
  readonly level: string
  readonly annotations: Readonly<Record<string, unknown>>
}

/** What the proxy logs while an effect runs. */
const logged = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const lines = yield* LogLines
  lines.length = 0
  const answer = yield* effect
  return { answer, lines: lines.map((line) => JSON.parse(line) as Line) }
})

const asOwner = { "x-auth-token": keys.owner }
const asReader = { "x-auth-token": keys.reader }

layer(configuredProxy, { excludeTestServices: true })("the access log", (it) => {
  it.effect("has one line for a request, which says whose it was and what became of it", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { answer, lines } = yield* logged(get(yield* pathOf(backups.available), asOwner))
      assert.lengthOf(lines, 1)
      const [{ annotations, level, message }] = lines as [Line]
      assert.deepStrictEqual([message, level], ["answered", "INFO"])
      assert.deepInclude(annotations, {
        caller: "owner",
        method: "GET",
        route: "/v3/:project_id/backups/:backup_id",
        status: 200,
        bytes: Buffer.byteLength(answer.text),
        proxy_request_id: answer.headers["x-cbr-proxy-request-id"],
        request_id: answer.headers["x-request-id"]
      })
      assert.hasAllKeys(annotations["ms"], ["total", "authenticate", "upstream"])
    })
  )

  it.effect("says why a request failed, in words that the caller did not get", () =>
    Effect.gen(function* () {
      const { faults } = yield* Simulator
      const { answer, lines } = yield* logged(get(yield* pathOf(faults.server_error), asOwner))
      assert.lengthOf(lines, 1)
      const [{ annotations, level }] = lines as [Line]
      assert.strictEqual(level, "WARN")
      assert.deepInclude(annotations, {
        status: answer.status,
        problem: "service-unavailable",
        error_code: "BackupService.9910"
      })
    })
  )

  const denials: ReadonlyArray<readonly [string, Readonly<Record<string, string>>, status: number, string]> = [
    ["a project that is not the caller's", asReader, 403, "Project"],
    ["a key that has ended", { "x-auth-token": keys.expired }, 403, "Expired"],
    ["a key that no caller has", { "x-auth-token": "cbrk_unknown" }, 401, "Credential"],
    ["no key", {}, 401, "Credential"]
  ]

  it.effect.each(denials)("has a line more for %s, and the answer does not say why", ([, headers, status, reason]) =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { answer, lines } = yield* logged(get(yield* pathOf(backups.available), headers))
      assert.strictEqual(answer.status, status)
      assert.notInclude(answer.text, reason)
      const audits = lines.filter(({ annotations }) => annotations["audit"] === "denied")
      assert.lengthOf(audits, 1)
      const proxy_request_id = answer.headers["x-cbr-proxy-request-id"]
      assert.isDefined(proxy_request_id)
      assert.deepInclude(audits[0]?.annotations, { reason, address: "127.0.0.1", proxy_request_id })
      assert.lengthOf(lines, 2)
    })
  )

  it.effect("a denial is the same whether the backup exists, and whether the project does", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      const texts = new Set<string>()
      for (const path of [
        yield* pathOf(simulator.backups.available),
        yield* pathOf(simulator.faults.not_found),
        `/v3/ffffffffffffffffffffffffffffffff/backups/${simulator.backups.available}`
      ]) {
        const { text } = yield* get(path, asReader)
        texts.add(text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID"))
      }
      assert.strictEqual(texts.size, 1)
      assert.isEmpty(yield* simulator.requests)
    })
  )
})

const Time = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1e5 }))
const Known = Schema.Struct({
  message: Schema.Literals(["answered", "the caller left before the answer"]),
  caller: Schema.UndefinedOr(Schema.String),
  route: Schema.UndefinedOr(Schema.String),
  cache: Schema.UndefinedOr(Schema.String),
  request_id: Schema.UndefinedOr(Schema.String),
  failure: Schema.UndefinedOr(Schema.Struct({ problem: Schema.String, error: Schema.String })),
  denied: Schema.Boolean,
  status: Schema.Literals([200, 304, 404, 500, 503]),
  stages: Schema.Record(Schema.Literals(["authenticate", "upstream"]), Time)
})
const rounded = (milliseconds: number) => Math.round(milliseconds * 1e3) / 1e3
const proxy_request_id = "0b5e5e0c-4f0e-4a52-9c7e-000000000000"

describe("the lines of the access log", () => {
  it.effect("have the status, cache, route and method of their own answer, and the bytes that went out", () =>
    Effect.gen(function* () {
      const written: Array<string> = []
      const { answered } = yield* Effect.provideService(accessLog, LogOutput, (line) => void written.push(line))
      const caller = { id: "owner", quota_class: "default" }
      const answers = [
        { status: 200, cache: "miss", route: "/a", method: "GET" },
        { status: 200, cache: "hit", route: "/a", method: "GET" },
        { status: 200, cache: "hit", route: "/b", method: "GET" },
        { status: 200, cache: "hit", route: "/b", method: "HEAD" },
        { status: 304, cache: "hit", route: "/b", method: "HEAD" }
      ]
      for (const { cache, method, route, status } of answers) {
        const record = { ...emptyRecord(), caller, cache, route }
        const request = { method, address: undefined, proxy_request_id, start: performance.now(), record }
        answered(request, { status, bytes: 7, request_id: undefined })
      }
      for (const [index, line] of written.entries()) {
        const own = answers[index]!
        assert.deepInclude((JSON.parse(line) as Line).annotations, { ...own, bytes: own.method === "HEAD" ? 0 : 7 })
      }
      assert.lengthOf(written, answers.length)
    })
  )

  it.effect("hold no project id of a form that no project has, and each denial is counted by its reason", () =>
    Effect.gen(function* () {
      const written: Array<string> = []
      const counts = () =>
        Effect.all([Metric.value(Metrics.denials.Project), Metric.value(Metrics.denials.Credential)]).pipe(
          Effect.map((states) => states.map(({ count }) => count))
        )
      const before = yield* counts()
      const { answered, left } = yield* Effect.provideService(
        accessLog,
        LogOutput,
        (line: string) => void written.push(line)
      )
      const denied = (project_id: string) => {
        const record = emptyRecord()
        record.denials.push({ reason: "Project", project_id })
        return { method: "GET", address: undefined, proxy_request_id, start: performance.now(), record }
      }
      answered(denied("a".repeat(64)), { status: 403, bytes: 0, request_id: undefined })
      left(denied("a".repeat(65)))
      left(denied("Canary\n"))
      answered(denied('Canary"'), { status: 401, bytes: 0, request_id: undefined })
      assert.include(written[1], `"project_id":"${"a".repeat(64)}"`)
      assert.lengthOf(
        written.filter((line) => line.includes("project_id")),
        1
      )
      assert.notInclude(written.join("\n"), "Canary")
      const [projects, credentials] = yield* counts()
      assert.deepStrictEqual([projects! - before[0]!, credentials! - before[1]!], [4, 1])
    })
  )

  it.effect.prop(
    "are those that Effect's own logger makes of the same, to the byte",
    [Known, Schema.Struct({ replica: Schema.optionalKey(Schema.Int) })],
    ([{ cache, caller, denied, failure, message, request_id, route, stages, status }, shared]) =>
      Effect.gen(function* () {
        const written: Array<string> = []
        const isAnswered = message === "answered"
        const record = { ...emptyRecord(), route, cache, failure }
        record.caller = caller === undefined ? undefined : { id: caller, quota_class: "default" }
        Object.assign(record.stages, stages)
        if (denied) record.denials.push({ reason: "Scope", scope: "purge", project_id: "p" })
        const request = { method: "GET", address: undefined, proxy_request_id, start: performance.now(), record }
        const own = Effect.map(accessLog, ({ answered, left }) =>
          isAnswered ? answered(request, { status, bytes: 1_806, request_id }) : left(request)
        )
        const effects = Effect.suspend(() => {
          const { ms } = (JSON.parse(written[0]!) as Line).annotations
          const told = Effect.annotateLogs(
            isAnswered && status >= 500 ? Effect.logWarning(message) : Effect.logInfo(message),
            {
              ...(isAnswered ? { proxy_request_id } : {}),
              ...(isAnswered && request_id !== undefined ? { request_id } : {}),
              ...(caller === undefined ? {} : { caller }),
              method: "GET",
              ...(route === undefined ? {} : { route }),
              ...(cache === undefined ? {} : { cache }),
              ...(isAnswered ? { status, bytes: 1_806 } : {}),
              ms: {
                total: (ms as { readonly total: number }).total,
                ...Object.fromEntries(Object.entries(stages).map(([name, time]) => [name, rounded(time)]))
              },
              ...(isAnswered ? failure : {})
            }
          )
          const audited = Effect.annotateLogs(Effect.logWarning("denied"), {
            audit: "denied",
            ...(isAnswered ? { proxy_request_id } : {}),
            reason: "Scope",
            ...(caller === undefined ? {} : { caller }),
            scope: "purge",
            project_id: "p"
          })
          return denied ? Effect.andThen(told, audited) : told
        })
        yield* Effect.andThen(own, effects).pipe(
          Effect.annotateLogs(shared),
          Effect.provideContext(Context.make(LogOutput, (line) => void written.push(line))),
          Effect.provide(Logger.layer([Logger.map(Logger.formatJson, (line) => void written.push(line))]))
        )
        assert.lengthOf(written, denied ? 4 : 2)
        assert.deepStrictEqual(written.slice(0, written.length / 2), written.slice(written.length / 2))
      }).pipe(Effect.provide(TestClock.layer()))
  )
})
