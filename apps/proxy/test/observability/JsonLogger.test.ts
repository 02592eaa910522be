import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Logger, Redacted, Schema } from "effect"
import { TestClock } from "effect/testing"
import { jsonLines } from "../../src/observability/JsonLogger.ts"

/** The lines of both loggers for the same calls. */
const linesOf = (log: Effect.Effect<void>) => {
  const lines: { ours: Array<string>; effects: Array<string> } = { ours: [], effects: [] }
  return Effect.as(log, lines).pipe(
    Effect.provide(
      Logger.layer([
        Logger.map(jsonLines, (line) => void lines.ours.push(line)),
        Logger.map(Logger.formatJson, (line) => void lines.effects.push(line))
      ])
    )
  )
}

const Value = Schema.Union([
  Schema.String,
  Schema.Number,
  Schema.Boolean,
  Schema.Null,
  Schema.Record(Schema.String, Schema.Union([Schema.Finite, Schema.String])),
  Schema.Array(Schema.String)
])

describe("jsonLines", () => {
  it.effect.prop(
    "are those of Effect, to the byte, at any time",
    [
      Schema.String,
      Schema.Record(Schema.String, Value),
      Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4e12 }))
    ],
    ([message, annotations, time]) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(time)
        const log = Effect.andThen(Effect.logInfo(message), Effect.logWarning(message))
        const { effects, ours } = yield* linesOf(Effect.annotateLogs(log, annotations))
        assert.lengthOf(ours, 2)
        assert.deepStrictEqual(ours, effects)
      }).pipe(Effect.provide(TestClock.layer()))
  )

  it.effect("leave to Effect what is more than texts and numbers", () =>
    Effect.gen(function* () {
      const logs = [
        Effect.logError("failed", Cause.die(new Error("why"))),
        Effect.logInfo("two", "texts"),
        Effect.logInfo({ an: "object" }),
        Effect.logInfo("a secret").pipe(Effect.annotateLogs({ key: Redacted.make("Canary") })),
        Effect.logInfo("a secret").pipe(Effect.annotateLogs({ keys: { of: Redacted.make("Canary") } })),
        Effect.logInfo("a span").pipe(Effect.withLogSpan("span")),
        Effect.logInfo("nothing").pipe(Effect.annotateLogs({ nothing: undefined, nan: Number.NaN, big: 1n })),
        Effect.logInfo("own").pipe(Effect.annotateLogs({ ["__proto__"]: "x" }))
      ]
      for (const log of logs) {
        const { effects, ours } = yield* linesOf(log)
        assert.lengthOf(ours, 1)
        assert.deepStrictEqual(ours, effects)
        assert.notInclude(ours[0], "Canary")
      }
    })
  )
})
