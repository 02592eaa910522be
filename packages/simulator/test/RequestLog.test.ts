import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { Simulator } from "../src/index.ts"
import { running, withSignature, withToken } from "./Caller.ts"

describe("the request log", () => {
  it.effect("says what came, when, and how it was answered", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const { backups, project_id } = simulator
      yield* TestClock.setTime(5_000)
      const { headers } = yield* withToken(backups.available)
      yield* withToken("0f0f0f0f-0000-4000-8000-000000000000")
      const log = yield* simulator.requests
      assert.deepStrictEqual(
        log.map(({ status }) => status),
        [200, 404]
      )
      const [first] = log
      assert.strictEqual(first?.listener, "cbr")
      assert.strictEqual(first?.method, "GET")
      assert.strictEqual(first?.path, `/v3/${project_id}/backups/${backups.available}`)
      assert.strictEqual(first?.at.epochMilliseconds, 5_000)
      assert.strictEqual(first?.request_id, headers["x-request-id"])
      yield* simulator.clearRequests
      assert.isEmpty(yield* simulator.requests)
    }).pipe(Effect.provide(running()))
  )

  it.effect("keeps signatures apart from each other, and out of sight", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const now = yield* DateTime.now
      yield* withSignature(simulator.backups.available)
      yield* withSignature(simulator.backups.available, { date: DateTime.add(now, { seconds: 1 }) })
      const log = yield* simulator.requests
      const signatures = log.map(({ headers: { authorization } }) =>
        Redacted.isRedacted(authorization) ? Redacted.value(authorization) : authorization
      )
      assert.match(String(signatures[0]), /^SDK-HMAC-SHA256 Access=/)
      assert.notStrictEqual(signatures[0], signatures[1])
      assert.notInclude(inspect(log, { depth: 9 }) + JSON.stringify(log), "Signature=")
    }).pipe(Effect.provide(running()))
  )

  it.effect("has no status for what was never answered", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* Effect.exit(withToken(simulator.faults.reset))
      const [entry] = yield* simulator.requests
      assert.strictEqual(entry?.method, "GET")
      assert.notProperty(entry, "status")
    }).pipe(Effect.provide(running()))
  )
})
