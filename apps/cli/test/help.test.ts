import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { commands } from "../src/commands/commands.ts"
import { commandLine } from "./CommandLine.ts"

describe("the help of every command", () => {
  it.effect("says in Chinese what it does", () =>
    Effect.gen(function* () {
      for (const name of Object.keys(commands)) {
        const { exitCode, out } = yield* commandLine([name, "--help", "--lang", "zh"])
        assert.strictEqual(exitCode, 0)
        assert.match(out, /^\S*\p{Script=Han}/mu)
        assert.include(out, "用法")
        if (name !== "help") {
          assert.strictEqual((yield* commandLine(["--lang", "zh", "help", name])).out, out)
        }
      }
    })
  )
})
