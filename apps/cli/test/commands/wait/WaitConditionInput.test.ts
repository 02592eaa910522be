import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { commandLine, withAccessKey } from "../../CommandLine.ts"

layer(simulatorLayer(), { excludeTestServices: true })("a condition of cbr wait", (it) => {
  const run = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    return yield* commandLine(words, { env: yield* withAccessKey })
  })

  it.effect.each([
    { condition: "query='backup.status'", says: /uses no field/ },
    { condition: "query=backup.status", says: /gives "available", which is neither true nor false/ },
    { condition: "query=backup.[", says: /it ends too early/ },
    {
      condition: "query=length(backup.children[?status = 'nonsense']) > `0`",
      says: /= cannot stand at character 32; values are compared with ==/
    },
    { condition: "'status=available'", says: /is not a condition; did you mean status/ }
  ])("wait --for $condition is a usage error, not an endless wait", ({ condition, says }) =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { err, exitCode } = yield* run("wait", backups.example, "--for", condition)
      assert.strictEqual(exitCode, 2)
      assert.match(err, says)
    })
  )
})
