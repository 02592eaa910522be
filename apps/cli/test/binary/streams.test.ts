import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { bash, Binary, cbr, inTerminal } from "../Binary.ts"
import { withAccessKey } from "../CommandLine.ts"

const escape = "\u001b"
const missing = "fa000000-0000-4000-8000-000000000404"
const example = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"

layer(Layer.mergeAll(simulatorLayer(), NodeServices.layer, Binary.layer), {
  excludeTestServices: true,
  timeout: "2 minutes"
})("terminals, pipes and files, on the built binary", (it) => {
  const home = Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    return yield* files.makeTempDirectoryScoped()
  })

  it.effect("show exits 0 when its reader closes the pipe early", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { err, exitCode, out } = yield* bash(`cbr show ${backups.tree} -o json | head -c1`, {
        env: yield* withAccessKey
      })
      assert.deepStrictEqual({ err, exitCode, out }, { err: "", exitCode: 0, out: "{" })
    })
  )

  it.effect("show escapes an escape sequence in a name on a terminal, and keeps it in JSON", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const env = { ...(yield* withAccessKey), TERM: "xterm", NO_COLOR: "1" }
      const shown = yield* inTerminal(["show", backups.hostile_text], { env })
      assert.strictEqual(shown.exitCode, 0)
      assert.include(shown.out, String.raw`\u001b[31mred`)
      assert.notInclude(shown.out, escape)
      const json = yield* cbr(["show", backups.hostile_text, "-o", "json"], { env })
      assert.include(JSON.parse(json.out).backup.name, `${escape}[31mred`)
    })
  )

  it.effect(
    "show colours its output on a terminal and with CLICOLOR_FORCE, but not with NO_COLOR, TERM=dumb or in a pipe",
    () =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const env = { ...(yield* withAccessKey), TERM: "xterm" }
        const words = ["show", backups.available]
        assert.include((yield* inTerminal(words, { env })).out, `${escape}[32mavailable`)
        for (const plain of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
          assert.notInclude((yield* inTerminal(words, { env: { ...env, ...plain } })).out, escape)
        }
        assert.notInclude((yield* cbr([...words, "-o", "table"], { env })).out, escape)
        assert.include((yield* cbr(words, { env: { ...env, CLICOLOR_FORCE: "1" } })).out, escape)
      })
  )

  it.effect.each([
    { signal: "INT", exitCode: 130 },
    { signal: "TERM", exitCode: 143 }
  ])("watch ends its live view with $exitCode at SIG$signal, and restores the terminal", ({ exitCode, signal }) =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { path } = yield* Binary
      const env = { ...(yield* withAccessKey), TERM: "xterm" }
      const watching = `timeout --foreground --preserve-status -s ${signal} 3 '${process.execPath}' '${path}' watch ${backups.protecting}`
      const told = yield* bash(
        `cd "$HOME"; script -qefc "stty -a > before; ${watching}; code=\\$?; stty -a > after; exit \\$code" /dev/null; code=$?; diff before after && exit $code`,
        {
          env: { ...env, HOME: yield* home }
        }
      )
      assert.strictEqual(told.exitCode, exitCode, told.out)
      assert.include(told.out, "protecting")
      assert.isAbove(told.out.lastIndexOf(`${escape}[?25h`), told.out.lastIndexOf(`${escape}[?25l`))
    })
  )

  it.effect("cbr reports a full disk as a failure", () =>
    Effect.gen(function* () {
      const env = yield* withAccessKey
      for (const words of [`show ${example} -o json`, "explain", "help"]) {
        const { err, exitCode } = yield* bash(`cbr ${words} > /dev/full`, { env })
        assert.strictEqual(exitCode, 1)
        assert.match(err, /standard output cannot be written \(exit 1\)\n {2}why: {3}ENOSPC, the disk is full/)
      }
      // To a monitoring system 1 would be a warning of the backup.
      const check = `cbr check ${example} --status available`
      const told = yield* bash(`${check} > /dev/full`, { env })
      assert.strictEqual(told.exitCode, 3)
      assert.match(told.err, /cannot be written \(exit 3\)/)
      assert.strictEqual((yield* bash(`${check} --exit-style cli > /dev/full`, { env })).exitCode, 1)
    })
  )

  it.effect("watch ends when its reader closes the pipe, before the next change", () =>
    Effect.gen(function* () {
      const env = yield* withAccessKey
      for (const format of ["ndjson", "table"]) {
        // Without, the time limit of the test would end it.
        const told = yield* bash(`cbr watch ${example} -o ${format} | head -n 1; echo "\${PIPESTATUS[0]}"`, { env })
        assert.match(told.out, /available.*\n0\n$/)
        assert.strictEqual(told.err, "")
      }
    })
  )

  it.effect("watch goes on if it may not start a program", () =>
    Effect.gen(function* () {
      const { path } = yield* Binary
      const env = { ...(yield* withAccessKey), NODE: process.execPath, CBR: path }
      // Since it came, the network must be allowed too.
      const network = process.allowedNodeEnvironmentFlags.has("--allow-net") ? "--allow-net" : ""
      const node = `"$NODE" --permission --allow-fs-read='*' ${network} "$CBR"`
      const told = yield* bash(`${node} watch ${example} --until-stable -o ndjson | cat`, { env })
      assert.strictEqual(told.exitCode, 0, told.err)
      assert.include(told.out, "available")
    })
  )

  it.effect("check keeps its exit code when its reader closes the pipe", () =>
    Effect.gen(function* () {
      const env = yield* withAccessKey
      const line = `cbr check ${example} --status error | true; echo "\${PIPESTATUS[0]}"`
      assert.strictEqual((yield* bash(line, { env })).out, "2\n")
    })
  )

  it.effect("show --from reads a named pipe, and the pipe of standard input", () =>
    Effect.gen(function* () {
      const env = { HOME: yield* home }
      const query = "--query backup.status -o value"
      const answer = `echo '{"backup":{"status":"available"}}'`
      for (const line of [
        `${answer} | cbr show --from /dev/stdin ${query}`,
        `cbr show --from <(${answer}) ${query}`,
        `mkfifo "$HOME/pipe"; ${answer} > "$HOME/pipe" & cbr show --from "$HOME/pipe" ${query}`
      ]) {
        assert.deepStrictEqual(yield* bash(line, { env }), { exitCode: 0, out: "available\n", err: "" })
      }
    })
  )

  it.effect("cbr prints no line longer than a terminal of 80 columns, in either language", () =>
    Effect.gen(function* () {
      const env = { ...(yield* withAccessKey), TERM: "xterm", NO_COLOR: "1" }
      const { backups } = yield* Simulator
      for (const words of [
        ["show", backups.tree],
        ["tree", backups.tree],
        ["show", missing],
        ["explain"],
        ["doctor"]
      ]) {
        for (const lang of ["en", "zh"]) {
          const { out } = yield* inTerminal([...words, "--lang", lang], { env, columns: 80 })
          for (const line of out.split(/\r?\n/)) assert.isAtMost(columnsOf(line), 80, line)
        }
      }
    })
  )
})

/** Wide characters take two. */
const columnsOf = (line: string): number =>
  Array.from(line).reduce(
    (sum, character) =>
      sum +
      (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/.test(character) ? 2 : 1),
    0
  )
