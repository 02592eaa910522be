import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { commandLine } from "../CommandLine.ts"

describe("the environment of a command line", () => {
  it.effect.each([
    { words: ["show"], env: { CBR_ENDPOINT: "me:canary@cbr.example" }, what: "CBR_ENDPOINT: ***@cbr.example" },
    { words: ["show", "--endpoint", "cbr.example"], env: {}, what: "--endpoint: cbr.example" },
    {
      words: ["show", "--endpoint", "http://127.0.0.1:1"],
      env: { CBR_IAM_ENDPOINT: "iam" },
      what: "CBR_IAM_ENDPOINT: iam"
    }
  ])("an invalid address is reported with its setting: $what", ({ env, what, words }) =>
    Effect.gen(function* () {
      const id = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"
      const { err, exitCode } = yield* commandLine([...words, id], { env })
      assert.strictEqual(exitCode, 2)
      assert.include(err, `  what:  ${what}\n`)
      assert.notInclude(err, "canary")
    })
  )

  it.effect("a variable stands in for its flag, and the flag overrides it", () =>
    Effect.gen(function* () {
      const stdin = `{"backup":{"status":"available"}}`
      const env = { CBR_FROM: "-", CBR_OUTPUT: "value", CBR_QUERY: "backup.status", CBR_LANG: "zh" }
      assert.strictEqual((yield* commandLine(["show"], { env, stdin })).out, "available")
      assert.strictEqual((yield* commandLine(["show", "-o", "json"], { env, stdin })).out, `"available"`)
      assert.include((yield* commandLine(["show", "--frm"], { env })).err, "用法错误")
    })
  )
})
