import { JsonText } from "@cbr/domain"
import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer, Schedule } from "effect"
import { ChildProcess } from "effect/process"
import manifest from "../package.json" with { type: "json" }
import { entry, finished } from "./CliProcess.ts"
import { withAccessKey, withToken } from "./CommandLine.ts"

const node = process.execPath
const cbr = (words: ReadonlyArray<string>, options?: Parameters<typeof finished>[2]) =>
  finished(node, [entry, ...words], options)

layer(Layer.merge(simulatorLayer(), NodeServices.layer), { excludeTestServices: true })("cbr as a process", (it) => {
  it.effect("--version prints the version alone", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* cbr(["--version"]), { exitCode: 0, out: `${manifest.version}\n`, err: "" })
    })
  )

  it.effect("-o json leaves one JSON value on stdout and nothing on stderr, by key and by token", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const signed = yield* cbr(["show", backups.example, "-o", "json"], { env: yield* withAccessKey })
      assert.strictEqual(signed.exitCode, 0)
      assert.strictEqual(signed.err, "")
      assert.strictEqual(JSON.parse(signed.out).backup.status, "available")
      assert.isTrue(signed.out.endsWith("}\n"))
      const token = yield* cbr(["show", backups.example, "-o", "json"], { env: yield* withToken })
      assert.deepStrictEqual(token, signed)
    })
  )

  it.effect("a failure prints a headline and its reasons on stderr, and sets the exit code", () =>
    Effect.gen(function* () {
      const { faults } = yield* Simulator
      const { err, exitCode, out } = yield* cbr(["show", faults.not_found], { env: yield* withAccessKey })
      assert.strictEqual(exitCode, 5)
      assert.strictEqual(out, "")
      assert.match(
        err,
        /^cbr: backup not found \(exit 5\)\n {2}what: [^\n]+\n {2}why: [^\n]+\n {2}next: [^\n]+\n {2}ids: [^\n]+\n$/
      )
    })
  )

  it.effect("an empty environment exits 3", () =>
    Effect.gen(function* () {
      const { err, exitCode } = yield* cbr(["show", "6df2b54c-dd62-4059-a07c-1b8f24f2725d"])
      assert.strictEqual(exitCode, 3)
      assert.include(err, "HUAWEICLOUD_SDK_AK")
    })
  )

  it.effect("standard input is read to its end", () =>
    Effect.gen(function* () {
      const body = `{"backup":{"name":"${"x".repeat(300_000)}"}}`
      const { err, exitCode, out } = yield* cbr(["show", "--from", "-", "-o", "json"], { stdin: body })
      assert.strictEqual(err, "")
      assert.strictEqual(exitCode, 0)
      assert.strictEqual(out, `${JsonText.indent(body)}\n`)
    })
  )

  const large = Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const path = yield* files.makeTempFileScoped({ suffix: ".json" })
    const body = `{"backup":{"tags":${JSON.stringify(Array.from({ length: 100_000 }, (_, index) => `tag-${index}`))}}}`
    yield* files.writeFileString(path, body)
    return { path, body }
  })

  it.effect("a reader that closes the pipe early ends it quietly, with 0", () =>
    Effect.gen(function* () {
      const { path } = yield* large
      const { err, exitCode, out } = yield* finished("bash", [
        "-c",
        `set -o pipefail; "$0" "$1" show --from "$2" -o json | head -c1`,
        node,
        entry,
        path
      ])
      assert.deepStrictEqual({ exitCode, out, err }, { exitCode: 0, out: "{", err: "" })
    })
  )

  it.effect("a reader that is slow gets all of it", () =>
    Effect.gen(function* () {
      const { body, path } = yield* large
      const { out } = yield* finished("bash", [
        "-c",
        `"$0" "$1" show --from "$2" -o json | (sleep 1; cat)`,
        node,
        entry,
        path
      ])
      assert.strictEqual(out, `${JsonText.indent(body)}\n`)
    })
  )

  it.effect("Ctrl-C while the service hangs exits 130 and prints nothing", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      const handle = yield* ChildProcess.make(node, [entry, "show", simulator.faults.hang], {
        env: yield* withAccessKey,
        stdin: "ignore"
      })
      yield* Effect.repeat(simulator.requests, {
        until: (requests) => requests.length > 0,
        schedule: Schedule.spaced("20 millis")
      })
      yield* Effect.sync(() => process.kill(Number(handle.pid), "SIGINT"))
      assert.strictEqual(Number(yield* handle.exitCode), 130)
    })
  )
})
