import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { commandLine } from "../../CommandLine.ts"

describe("cbr profiles", () => {
  it.effect.each(["use", "rm"])("profiles %s of an unknown profile makes no folder", (action) =>
    Effect.gen(function* () {
      const config = "/proc/.config/cbr"
      const { err, exitCode } = yield* commandLine(["profiles", action, "nope"], { config })
      assert.strictEqual(exitCode, 2)
      assert.match(err, /no such profile[^]*nope/)
    })
  )

  it.effect("cbr profiles names the file that it finds no folder for", () =>
    Effect.gen(function* () {
      const { err, exitCode } = yield* commandLine(["profiles"])
      assert.strictEqual(exitCode, 3)
      assert.match(err, /what: +profiles\.json\n +why: +this user has no home folder/)
    })
  )

  it.effect("profiles list is profiles ls", () =>
    Effect.gen(function* () {
      const config = "/nowhere"
      const listed = yield* commandLine(["profiles", "list"], { config })
      assert.deepStrictEqual(listed, yield* commandLine(["profiles", "ls"], { config }))
      assert.strictEqual(listed.exitCode, 0)
    })
  )
})
