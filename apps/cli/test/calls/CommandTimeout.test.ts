import { join } from "node:path"
import { Fault, layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, FileSystem, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import { probeRef } from "../../src/calls/CredentialCheck.ts"
import { entry, finished } from "../CliProcess.ts"
import { commandLine, type CommandLineOptions, withToken } from "../CommandLine.ts"

layer(Layer.merge(simulatorLayer(), NodeServices.layer), { excludeTestServices: true })(
  "the time of a command",
  (it) => {
    /** A command line whose clock stands still until so many requests have come, and is then set forward. */
    const after = Effect.fnUntraced(
      function* (
        requests: number,
        times: ReadonlyArray<Parameters<typeof TestClock.adjust>[0]>,
        words: ReadonlyArray<string>,
        options: CommandLineOptions = {}
      ) {
        yield* TestClock.setTime(Date.now())
        const simulator = yield* Simulator
        yield* simulator.clearRequests
        // A token, whose life is longer than any test's; a signature has a quarter of an hour.
        const env = { ...(yield* withToken), ...options.env }
        const running = yield* Effect.forkChild(commandLine(words, { ...options, env }))
        const wait = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 5)))
        while ((yield* simulator.requests).length < requests) yield* wait
        // The answers to them have come as well.
        for (let turn = 0; turn < 40; turn++) yield* wait
        const ended: Array<boolean> = []
        for (const time of times) {
          ended.push(running.pollUnsafe() !== undefined)
          yield* TestClock.adjust(time)
        }
        return { ...(yield* Fiber.join(running)), ended }
      },
      (effect) => Effect.provide(effect, TestClock.layer())
    )

    it.effect("the time limit ends a wait at --timeout, apart from the limit of a call", () =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const told = yield* after(1, ["3 seconds"], ["wait", backups.available, "--for", "deleted", "--timeout", "3s"])
        assert.deepStrictEqual([told.exitCode, told.out, told.ended], [10, "", [false]])
        assert.include(told.err, "deleted did not come true within 3s")
        assert.include(told.err, "next:  wait again, or allow more time with --timeout")
      })
    )

    it.effect("the time limit is half an hour for wait by default", () =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const told = yield* after(
          1,
          ["29 minutes", "1 minute"],
          ["wait", backups.available, "--for", "deleted", "--interval", "24h"]
        )
        assert.deepStrictEqual([told.exitCode, told.ended], [10, [false, false]])
        assert.include(told.err, "within 30m")
      })
    )

    it.effect("a wait whose time ends prints the backups that met the condition, and reports each other one", () =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const ids = [backups.protecting, backups.available, backups.restoring]
        const told = yield* after(3, ["9 seconds"], ["wait", ...ids, "--for", "status=available", "--timeout", "9s"])
        assert.strictEqual(told.exitCode, 10)
        assert.match(told.out, new RegExp(`^${backups.available}  status=available is met  healthy`))
        assert.lengthOf(told.out.split("\n"), 1)
        assert.deepStrictEqual(
          [...told.err.matchAll(/^ {2}what: {2}(\S+)$/gm)].map(([, id]) => id),
          [backups.protecting, backups.restoring]
        )
      })
    )

    it.effect("the time limit ends a batch with a whole document, also behind a call that hangs", () =>
      Effect.gen(function* () {
        const { backups, faults } = yield* Simulator
        const ids = [backups.available, faults.hang, backups.tree]
        const told = yield* after(3, ["1 minute"], ["show", "-", "-o", "json", "--timeout", "9s"], {
          stdin: ids.join("\n")
        })
        assert.strictEqual(told.exitCode, 10)
        const shown = JSON.parse(told.out) as ReadonlyArray<Record<string, Record<string, string>>>
        assert.deepStrictEqual(
          shown.map(({ backup, error }) => backup?.["id"] ?? error?.["kind"]),
          [backups.available, "timed-out", backups.tree]
        )
        assert.include(told.err, "within 9s (--timeout); 2 backups were answered by then")
      })
    )

    it.effect("the time limit ends a watch with a whole document", () =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const words = ["watch", backups.available, "-o", "json", "--timeout", "9s", "--interval", "24h"]
        const told = yield* after(1, ["9 seconds"], words)
        assert.strictEqual(told.exitCode, 10)
        assert.lengthOf(JSON.parse(told.out) as ReadonlyArray<unknown>, 1)
      })
    )

    it.effect("the time limit makes a check UNKNOWN for backups without an answer, and keeps the others", () =>
      Effect.gen(function* () {
        const { backups, faults } = yield* Simulator
        const words = ["check", backups.available, faults.hang, "--status", "available", "--timeout", "9s"]
        const told = yield* after(2, ["9 seconds"], words)
        assert.strictEqual(told.exitCode, 3)
        assert.match(told.out, /^CBR UNKNOWN - .*within 9s/)
        assert.match(told.out, new RegExp(`^OK +${backups.available}`, "m"))
        assert.strictEqual((yield* after(2, ["9 seconds"], [...words, "--exit-style", "cli"])).exitCode, 10)
      })
    )

    it.effect.each([
      { command: "show", words: [] },
      { command: "tree", words: [] },
      { command: "drift", words: [] },
      { command: "watch", words: [] },
      { command: "wait", words: ["--for", "restorable"] },
      { command: "diff", words: ["-"] }
    ])("ends $command while it hangs", ({ command, words }) =>
      Effect.gen(function* () {
        const { faults } = yield* Simulator
        const told = yield* after(1, ["9 seconds"], [command, faults.hang, ...words, "--timeout", "9s"])
        assert.strictEqual(told.exitCode, 10)
        assert.match(told.err, /within 9s/)
      })
    )

    it.effect.each([{ words: ["whoami", "--verify"] }, { words: ["doctor"] }])(
      "ends $words while it hangs",
      ({ words }) =>
        Effect.gen(function* () {
          const simulator = yield* Simulator
          yield* simulator.inject(Fault.Hang(), { on: { backup_id: probeRef.backup_id } })
          const told = yield* after(1, ["9 seconds"], [...words, "--timeout", "9s"])
          yield* simulator.clearFaults
          assert.strictEqual(told.exitCode, 10)
          assert.match(told.err + told.out, /within 9s/)
        })
    )

    it.effect("the time limit has no default for other commands, and is not the limit of a call", () =>
      Effect.gen(function* () {
        const { backups, faults } = yield* Simulator
        const told = yield* after(1, ["7 seconds"], ["show", faults.hang, "--call-timeout", "7s"])
        assert.strictEqual(told.exitCode, 10)
        assert.include(told.err, "no backup within the call timeout of 7 s")
        const watched = yield* after(
          1,
          ["3 hours", "1 hour"],
          ["watch", backups.available, "--timeout", "4h", "--interval", "24h"]
        )
        assert.deepStrictEqual([watched.exitCode, watched.ended], [10, [false, false]])
      })
    )

    it.effect(
      "the time limit comes from the flag, from a profile that is named, from CBR_TIMEOUT, or else from the profile in use",
      () =>
        Effect.gen(function* () {
          const { faults } = yield* Simulator
          const files = yield* FileSystem.FileSystem
          const config = yield* files.makeTempDirectoryScoped()
          const profiles = { own: { timeout: "3s", call_timeout: "4s" }, wrong: { timeout: "soon" } }
          yield* files.writeFileString(join(config, "profiles.json"), JSON.stringify({ default: "own", profiles }), {
            mode: 0o600
          })
          const told = (env: Record<string, string>, ...words: ReadonlyArray<string>) =>
            after(1, ["9 seconds"], ["show", faults.hang, ...words], { config, env })
          assert.include((yield* told({})).err, "within 3s (profile own)")
          assert.include((yield* told({ CBR_TIMEOUT: "2s" })).err, "within 2s (CBR_TIMEOUT)")
          assert.include((yield* told({ CBR_TIMEOUT: "2s" }, "--profile", "own")).err, "within 3s (profile own)")
          assert.include((yield* told({ CBR_TIMEOUT: "2s" }, "--timeout", "1s")).err, "within 1s (--timeout)")
          const wrong = yield* after(0, [], ["show", faults.hang, "--profile", "wrong"], { config })
          assert.strictEqual(wrong.exitCode, 2)
          assert.match(wrong.err, /profile cannot be used.*wrong.*its timeout is soon/s)
        }).pipe(Effect.scoped)
    )

    it.effect("the time limit ends a program whose standard input or named pipe stays open", () =>
      Effect.gen(function* () {
        const files = yield* FileSystem.FileSystem
        const pipe = join(yield* files.makeTempDirectoryScoped(), "pipe")
        assert.strictEqual((yield* finished("mkfifo", [pipe])).exitCode, 0)
        const endless = { env: yield* withToken, stdin: Stream.never }
        for (const words of [
          ["show", "-"],
          ["show", "--from", "-"],
          ["show", "--from", pipe]
        ]) {
          const told = yield* finished(process.execPath, [entry, ...words, "--timeout", "100ms"], endless)
          assert.strictEqual(told.exitCode, 10, told.err)
          assert.include(told.err, "within 100ms (--timeout)")
        }
      }).pipe(Effect.scoped)
    )
  }
)
