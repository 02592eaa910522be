import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { commands } from "../src/commands/commands.ts"
import { commandLine } from "./CommandLine.ts"

const introduction = `# Command reference

What \`cbr --help\` and \`cbr help\` say, written by a test from the tree of commands. After a change:
\`npx pnpm@12.21.0 --filter @cbr/cli test reference -u\`. The help is in Chinese with \`--lang zh\`.
`

const section = (title: string, text: string) => `## ${title}\n\n\`\`\`text\n${text}\n\`\`\`\n`

const said = (words: ReadonlyArray<string>) => Effect.map(commandLine(words), ({ out }) => out)

const reference = Effect.gen(function* () {
  const sections = [
    section("cbr", yield* said(["--help"])),
    ...(yield* Effect.forEach(Object.keys(commands), (name) =>
      Effect.map(said([name, "--help"]), (text) => section(`cbr ${name}`, text))
    )),
    ...(yield* Effect.forEach(["exit-codes", "environment", "output", "auth"], (topic) =>
      Effect.map(said(["help", topic]), (text) => section(`cbr help ${topic}`, text))
    ))
  ]
  return [introduction, ...sections].join("\n")
})

describe("the command reference in docs/", () => {
  it("is what the commands say of themselves", async ({ expect }) => {
    // The file is the expectation: CI fails when it is stale.
    await expect(await Effect.runPromise(reference)).toMatchFileSnapshot("../../../docs/cli.md")
  })

  it.effect("every command says in Chinese what it does", () =>
    Effect.gen(function* () {
      for (const name of Object.keys(commands)) {
        const { exitCode, out } = yield* commandLine([name, "--help", "--lang", "zh"])
        assert.strictEqual(exitCode, 0)
        assert.match(out, /^\S*\p{Script=Han}/mu)
        assert.include(out, "用法")
      }
    })
  )
})
