import { BackupClient } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as RetryBudget from "../../src/resilience/RetryBudget.ts"
import { inMemory } from "../InMemoryTransport.ts"
import { clientLayer, request, timed } from "../TestClient.ts"

describe("a retry budget", () => {
  it.prop(
    "grants no more than its reserve and its part of the calls, in whatever order they come",
    [Schema.Array(Schema.Boolean), Schema.Literals([0, 0.05, 0.1, 0.5, 1]), Schema.Literals([0, 1, 3, 10])],
    ([steps, ratio, reserve]) => {
      const tokens = RetryBudget.make({ ratio, reserve })
      let calls = 0
      let granted = 0
      for (const isCall of steps) {
        if (isCall) {
          calls++
          tokens.earn()
        } else if (tokens.spend()) granted++
      }
      assert.isAtMost(granted, reserve + calls * ratio + 1e-6)
    }
  )

  it("earns a whole retry with ten calls at a tenth", () => {
    const tokens = RetryBudget.make({ ratio: 0.1, reserve: 1 })
    assert.deepStrictEqual([tokens.spend(), tokens.spend()], [true, false])
    for (let call = 0; call < 10; call++) tokens.earn()
    assert.deepStrictEqual([tokens.spend(), tokens.spend()], [true, false])
  })

  it("saves up no more than its reserve", () => {
    const tokens = RetryBudget.make({ ratio: 1, reserve: 2 })
    for (let call = 0; call < 100; call++) tokens.earn()
    assert.deepStrictEqual([tokens.spend(), tokens.spend(), tokens.spend()], [true, true, false])
  })

  it("without a budget every retry is granted", () => {
    const tokens = RetryBudget.make(undefined)
    for (let retry = 0; retry < 1000; retry++) assert.isTrue(tokens.spend())
  })
})

it.effect("a client in trouble adds a tenth to its load, however many retries its policy allows", () =>
  Effect.gen(function* () {
    const calls = 1000
    const transport = inMemory(() => ({ status: 503 }))
    yield* timed(
      BackupClient.use((client) =>
        Effect.forEach(Array.from({ length: calls }), () => Effect.flip(client.showBackup(request)))
      ).pipe(Effect.provide(clientLayer({ http: transport.layer, policy: { circuit: undefined } })))
    )
    assert.isAtMost(transport.sent.length, calls * 1.1 + 10)
    assert.isAtLeast(transport.sent.length, calls * 1.09)
  })
)
