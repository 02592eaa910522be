import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Logger, Schema } from "effect"
import { TestClock } from "effect/testing"
import { type Answer, answerReport } from "../../src/observability/AccessLogWriter.ts"
import { emptyRecord } from "../../src/observability/ExchangeAnnotations.ts"
import { LogOutput } from "../../src/observability/LogOutput.ts"

const Time = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1e5 }))
const Known = Schema.Struct({
  caller: Schema.UndefinedOr(Schema.String),
  route: Schema.UndefinedOr(Schema.String),
  cache: Schema.UndefinedOr(Schema.String),
  request_id: Schema.UndefinedOr(Schema.String),
  failure: Schema.UndefinedOr(Schema.Struct({ problem: Schema.String, error: Schema.String })),
  status: Schema.Literals([200, 304, 404, 500, 503]),
  total: Time,
  stages: Schema.Record(Schema.Literals(["authenticate", "upstream"]), Time)
})

const rounded = (milliseconds: number) => Math.round(milliseconds * 1e3) / 1e3

describe("answerReport", () => {
  it.effect.prop(
    "writes the line that Effect's own logger makes of the same, to the byte",
    [Known, Schema.Struct({ replica: Schema.optionalKey(Schema.Int) })],
    ([{ cache, caller, failure, request_id, route, stages, status, total }, shared]) =>
      Effect.gen(function* () {
        const written: Array<string> = []
        const answer: Answer = {
          status,
          bytes: 1_806,
          proxy_request_id: "0b5e5e0c-4f0e-4a52-9c7e-000000000000",
          request_id
        }
        const record = { ...emptyRecord(), route, cache, failure }
        record.caller = caller === undefined ? undefined : { id: caller, quota_class: "default" }
        Object.assign(record.stages, stages)
        const report = Effect.map(answerReport, (report) => report("GET", record, answer, total))

        const level = status < 500 ? Effect.logInfo("answered") : Effect.logWarning("answered")
        const log = Effect.annotateLogs(level, {
          proxy_request_id: answer.proxy_request_id,
          ...(request_id === undefined ? {} : { request_id }),
          ...(caller === undefined ? {} : { caller }),
          method: "GET",
          ...(route === undefined ? {} : { route }),
          ...(cache === undefined ? {} : { cache }),
          status,
          bytes: 1_806,
          ms: { total: rounded(total), ...Object.fromEntries(Object.entries(stages).map(([k, v]) => [k, rounded(v)])) },
          ...failure
        })
        yield* Effect.andThen(report, log).pipe(
          Effect.annotateLogs(shared),
          Effect.provideContext(Context.make(LogOutput, (line) => void written.push(line))),
          Effect.provide(Logger.layer([Logger.map(Logger.formatJson, (line) => void written.push(line))]))
        )
        assert.lengthOf(written, 2)
        assert.strictEqual(written[0], written[1])
      }).pipe(Effect.provide(TestClock.layer()))
  )
})
