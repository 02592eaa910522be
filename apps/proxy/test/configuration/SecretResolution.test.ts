import { existsSync, readFileSync } from "node:fs"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { printedBy } from "../../src/configuration/SecretResolution.ts"
import { temporaryFolder } from "../TemporaryFolder.ts"

const run = (...command: ReadonlyArray<string>) =>
  Effect.flatMap(temporaryFolder, (folder) => printedBy(command, folder)).pipe(
    Effect.scoped,
    Effect.provide(NodeServices.layer)
  )

/** Until something outside of the test's clock is so. */
const until = (isSo: () => boolean) =>
  Effect.promise(async () => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10))
  })

describe("a command", () => {
  it.effect("gives what it prints, to the byte", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* run("printf", "a b\\n\\n"), "a b\n\n")
      assert.strictEqual(yield* run("printf", "%s", "$HOME; echo `id`"), "$HOME; echo `id`")
      assert.strictEqual(yield* run("cat"), "")
    })
  )

  const failing: ReadonlyArray<readonly [string, ReadonlyArray<string>, said: string]> = [
    ["fails", ["sh", "-c", "echo Canary; echo Canary >&2; exit 3"], "the command ended with code 3"],
    [
      "is not there",
      ["/nowhere/Canary"],
      "the command cannot be run: there is no such program; correct its name, or give its path"
    ],
    ["prints without end", ["sh", "-c", "while :; do echo Canary; done"], "the command printed too much"]
  ]
  it.effect.each(failing)("that %s says so, and nothing that it said", ([, command, said]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(run(...command))
      assert.strictEqual(error.message, said)
      assert.notInclude(JSON.stringify(error), "Canary")
    })
  )

  it.effect("that does not end is ended after ten seconds", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const command = ["sh", "-c", "echo Canary; echo $$ > pid; exec sleep 600"]
      const running = yield* Effect.forkChild(Effect.flip(printedBy(command, folder)), { startImmediately: true })
      const pidFile = `${folder}/pid`
      yield* until(() => existsSync(pidFile) && readFileSync(pidFile, "utf8").endsWith("\n"))
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* Fiber.join(running)).message, "the command did not end within 10 s")
      const pid = Number(readFileSync(pidFile, "utf8"))
      assert.throws(() => process.kill(pid, 0), /ESRCH/)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
