import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import manifest from "../../../package.json" with { type: "json" }
import { commandLine } from "../../CommandLine.ts"

describe("cbr version", () => {
  it.effect("tells version, commit and runtime, in each language", () =>
    Effect.gen(function* () {
      const { exitCode, out } = yield* commandLine(["version"])
      assert.strictEqual(exitCode, 0)
      assert.strictEqual(out, `cbr ${manifest.version}, from source, node ${process.versions.node}`)
      const chinese = yield* commandLine(["version", "--lang", "zh"])
      assert.strictEqual(chinese.out, `cbr ${manifest.version}, 源代码, node ${process.versions.node}`)
    })
  )
})
