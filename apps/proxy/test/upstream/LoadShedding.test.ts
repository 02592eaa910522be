import { Simulator } from "@cbr/simulator"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer } from "effect"
import { EventLoopDelay } from "../../src/observability/EventLoopDelay.ts"
import { get, pathOf, testProxyFor } from "../TestProxy.ts"

/** A proxy whose process is late when the test says so. */
const proxyWith = (lowClasses: ReadonlyArray<string>) => {
  const process = { isLate: false }
  const delay = { p99: () => Duration.millis(process.isLate ? 101 : 100) }
  return { process, layer: Layer.provide(testProxyFor({ lowClasses }), Layer.succeed(EventLoopDelay, delay)) }
}

describe("while the process has too much to do", () => {
  it.live("a low class has no call made to the cloud, and is answered from the cache", () => {
    const { layer, process } = proxyWith(["default"])
    return Effect.gen(function* () {
      const simulator = yield* Simulator
      const cached = yield* pathOf(simulator.backups.available)
      assert.strictEqual((yield* get(cached)).status, 200)
      process.isLate = true
      yield* simulator.clearRequests
      const refused = yield* get(yield* pathOf(simulator.backups.example))
      assert.strictEqual(refused.status, 503)
      assert.deepInclude(JSON.parse(refused.text), { error_code: "CbrProxy.Overloaded", retryable: true })
      assert.strictEqual(refused.headers["retry-after"], "1")
      assert.notInclude(refused.headers["cache-status"] ?? "", "collapsed")
      assert.strictEqual((yield* get(cached)).status, 200)
      assert.strictEqual((yield* get("/-/healthz")).status, 200)
      assert.lengthOf(yield* simulator.requests, 0)
      process.isLate = false
      assert.strictEqual((yield* get(yield* pathOf(simulator.backups.example))).status, 200)
    }).pipe(Effect.provide(layer))
  })

  it.live("any other class is served as ever", () => {
    const { layer, process } = proxyWith(["reports"])
    return Effect.gen(function* () {
      process.isLate = true
      assert.strictEqual((yield* get(yield* pathOf((yield* Simulator).backups.example))).status, 200)
    }).pipe(Effect.provide(layer))
  })
})
