import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { commandLine } from "../../CommandLine.ts"

describe("cbr completion", () => {
  it.effect.each(["bash", "zsh", "fish", "powershell"])("completion %s knows the commands", (shell) =>
    Effect.gen(function* () {
      const { exitCode, out } = yield* commandLine(["completion", shell])
      assert.strictEqual(exitCode, 0)
      assert.include(out, "doctor")
      assert.include(out, "until-stable")
    })
  )
})
