import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { defaultLimitsPolicy } from "../../src/policy/LimitsPolicy.ts"
import { deadlineOf } from "../../src/policy/RequestDeadline.ts"

const limitOf = (...fields: ReadonlyArray<readonly [string, string]>) => {
  const head = { method: "GET", target: "/", authority: undefined, version: "1.1", fields, connection: {} }
  return Result.getOrElse(
    Effect.runSync(Effect.result(deadlineOf(head, defaultLimitsPolicy))),
    (refusal) => refusal.reason
  )
}

describe("timeLimitOf", () => {
  const own = "x-cbr-timeout-ms"
  const envoy = "x-envoy-expected-rq-timeout-ms"
  const rows: ReadonlyArray<readonly [ReadonlyArray<readonly [string, string]>, number | string]> = [
    [[], 10_000],
    [[[own, "250"]], 250],
    [[[own, "0"]], 0],
    [[[own, "60001"]], 60_000],
    [[[own, "999999999"]], 60_000],
    [[[envoy, "3000"]], 3_000],
    [
      [
        [envoy, "3000"],
        [own, "4000"]
      ],
      4_000
    ],
    [[[envoy, "soon"]], 10_000],
    [[[own, ""]], "BadRequest"],
    [[[own, "-1"]], "BadRequest"],
    [[[own, "1e3"]], "BadRequest"],
    [[[own, "9999999999"]], "BadRequest"],
    [
      [
        [own, "5"],
        [own, "5"]
      ],
      "BadRequest"
    ]
  ]

  it.each(rows)("%j", (fields, expected) => {
    assert.strictEqual(limitOf(...fields), expected)
  })
})
