import { RateLimited, ServiceUnavailable } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Result } from "effect"
import type { FetchError } from "../../src/cache/CacheResult.ts"
import { pollIntervalOf, maxAgeOf, nextPollDelay } from "../../src/live/PollInterval.ts"
import { nextWatchState, type WatchState, initialWatchState } from "../../src/live/WatchState.ts"
import { defaultLivePolicy as rules } from "../../src/policy/LivePolicy.ts"
import { ProxyError } from "../../src/problems/ProxyError.ts"
import { entryOf } from "./entryOf.ts"

const standingOf = (fields: object) => nextWatchState(initialWatchState, Result.succeed(entryOf(fields)))
const seconds = (state: WatchState, age = 0, chance = 0) =>
  Duration.toSeconds(nextPollDelay(state, Duration.seconds(age), chance, rules))
const troubled = (
  times: number,
  error: FetchError = new ServiceUnavailable({ detail: { code: "other", message: "ill" } })
): WatchState =>
  Array.from({ length: times }).reduce<WatchState>(
    (before) => nextWatchState(before, Result.fail(error)),
    initialWatchState
  )

describe("the pace of looks", () => {
  it("is 3 s while anything moves, is unknown or is on its way out, and 30 s at rest", () => {
    const paces = [
      { status: "available" },
      { status: "error" },
      { status: "restoring" },
      { status: "deleting" },
      { status: "brand-new" },
      {},
      { status: "available", children: [{ status: "protecting" }] },
      { status: "available", replication_records: [{ status: "replicating" }] }
    ].map((fields) => Duration.toSeconds(pollIntervalOf(standingOf(fields), rules)))
    assert.deepStrictEqual(paces, [30, 30, 3, 3, 3, 3, 3, 3])
  })

  it("counts from the service's answer, whichever caller asked for it", () => {
    const atRest = standingOf({ status: "available" })
    assert.deepStrictEqual(
      [0, 12, 30, 100].map((age) => seconds(atRest, age)),
      [30, 18, 3, 3]
    )
  })

  it("leaves an answer that another look brought in the meantime good enough", () => {
    const atRest = standingOf({ status: "available" })
    // Replicas are late by a twentieth at most, so the first answer of a round is younger than this for all others.
    assert.isBelow(maxAgeOf(atRest, rules), seconds(atRest))
    assert.isAbove(maxAgeOf(atRest, rules), seconds(atRest) / 20)
    assert.strictEqual(seconds(atRest, 0, 1), 31.5)
  })

  it("slows down with each failure in a row, to that of rest, and waits for Retry-After within 15 minutes", () => {
    assert.deepStrictEqual(
      [1, 2, 3, 4, 5, 50].map((times) => seconds(troubled(times))),
      [3, 6, 12, 24, 30, 30]
    )
    const limited = (retry_after: number) =>
      troubled(1, new RateLimited({ detail: { code: "other", message: "slow down" }, retry_after }))
    assert.deepStrictEqual(
      [1, 100, 86_400].map((after) => seconds(limited(after))),
      [3, 100, 900]
    )
    const own = new ProxyError({ reason: "QuotaExceeded", message: "used up", headers: { "retry-after": "7" } })
    assert.strictEqual(seconds(nextWatchState(initialWatchState, Result.fail(own))), 7)
  })
})
