import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import manifest from "../../../package.json" with { type: "json" }
import { commandLine, type CommandLineOptions } from "../../CommandLine.ts"

/** A server that answers with a text, or never; a profile that names it, or another address; and how often it was asked. */
const world = (answer: string | undefined, key: object = {}) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const asked: Array<() => void> = []
      let count = 0
      const server = createServer((_, response) => {
        count++
        for (const tell of asked.splice(0)) tell()
        if (answer !== undefined) response.end(answer)
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      const version_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/latest`
      const config = mkdtempSync(join(tmpdir(), "cbr-version-"))
      const profile = { version_url, ...key }
      writeFileSync(join(config, "profiles.json"), JSON.stringify({ profiles: { default: profile } }), { mode: 0o600 })
      const options: CommandLineOptions = { config, typed: [], stdoutIsTerminal: true }
      return {
        config,
        count: () => count,
        whenAsked: new Promise<void>((resolve) => asked.push(resolve)),
        run: (other: CommandLineOptions = {}, ...words: ReadonlyArray<string>) =>
          commandLine(["version", ...words], { ...options, ...other }),
        close: () => {
          server.close().closeAllConnections()
          rmSync(config, { recursive: true })
        }
      }
    }),
    ({ close }) => Effect.sync(close)
  )

const newest = JSON.stringify({ name: "@cbr/cli", version: "10.0.0" })

describe("cbr version", () => {
  it.effect("cbr version tells version, commit and runtime, in each language", () =>
    Effect.gen(function* () {
      const { exitCode, out } = yield* commandLine(["version"])
      assert.strictEqual(exitCode, 0)
      assert.strictEqual(out, `cbr ${manifest.version}, from source, node ${process.versions.node}`)
      const chinese = yield* commandLine(["version", "--lang", "zh"])
      assert.strictEqual(chinese.out, `cbr ${manifest.version}, 源代码, node ${process.versions.node}`)
    })
  )

  it.effect("version tells of a newer one in each language, and asks once a day", () =>
    Effect.gen(function* () {
      const { count, run } = yield* world(newest)
      assert.strictEqual((yield* run()).err, "cbr 10.0.0 is there, which is newer")
      yield* TestClock.adjust("23 hours")
      assert.strictEqual((yield* run()).err, "")
      assert.strictEqual(count(), 1)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual((yield* run({}, "--lang", "zh")).err, "已有更新的版本：cbr 10.0.0")
      assert.strictEqual(count(), 2)
    })
  )

  it.effect("version asks nothing in CI, in a pipe, or where the profile names no address", () =>
    Effect.gen(function* () {
      const { count, run } = yield* world(newest)
      assert.strictEqual((yield* run({ env: { CI: "true" } })).err, "")
      assert.strictEqual((yield* run({ stdoutIsTerminal: false })).err, "")
      const silent = yield* world(newest, { version_url: undefined })
      assert.strictEqual((yield* silent.run()).err, "")
      assert.deepStrictEqual([count(), silent.count()], [0, 0])
    })
  )

  const others: ReadonlyArray<readonly [what: string, answer: string]> = [
    ["the same version", JSON.stringify({ version: manifest.version })],
    ["an older version", JSON.stringify({ version: "0.0.9" })],
    ["a version with control characters", JSON.stringify({ version: "9.0.0\u001b[2J" })],
    ["a page", "<html></html>"],
    ["a body that has no end", JSON.stringify({ version: "9.0.0", more: "x".repeat(1e6) })]
  ]
  for (const [what, answer] of others) {
    it.effect(`version says nothing of ${what}`, () =>
      Effect.gen(function* () {
        const { count, run } = yield* world(answer)
        const { err, exitCode, out } = yield* run()
        assert.deepStrictEqual([exitCode, err, count()], [0, "", 1])
        assert.include(out, manifest.version)
      })
    )
  }

  it.effect("version says nothing of an address that cannot be asked, and of a profile that is not there", () =>
    Effect.gen(function* () {
      const { run } = yield* world(newest, { version_url: "http://127.0.0.1:1/" })
      assert.deepStrictEqual(yield* Effect.map(run(), ({ err, exitCode }) => [exitCode, err]), [0, ""])
      const { exitCode, err } = yield* run({}, "--profile", "none")
      assert.deepStrictEqual([exitCode, err], [0, ""])
    })
  )

  it.effect("version ends after a second without an answer", () =>
    Effect.gen(function* () {
      const { run, whenAsked } = yield* world(undefined)
      const running = yield* Effect.forkChild(run())
      yield* Effect.promise(() => whenAsked)
      yield* TestClock.adjust("1 second")
      const { err, exitCode, out } = yield* Fiber.join(running)
      assert.deepStrictEqual([exitCode, err], [0, ""])
      assert.include(out, manifest.version)
    })
  )
})
