import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { commandLine, withAccessKey } from "../CommandLine.ts"

const id = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"

layer(simulatorLayer(), { excludeTestServices: true })("openmetrics of a command", (it) => {
  const run = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    return yield* commandLine(words, { env: yield* withAccessKey })
  })

  it.effect("openmetrics has a figure for a backup that cannot be shown, under its id", () =>
    Effect.gen(function* () {
      const { cbr, faults, project_id } = yield* Simulator
      for (const word of [faults.not_found, `cn-north-4/${project_id}/${faults.not_found}`]) {
        const { err, exitCode, out } = yield* run("show", word, "-o", "openmetrics", "--endpoint", cbr)
        assert.strictEqual(exitCode, 5)
        assert.match(out, new RegExp(`^cbr_backup_up\\{id="${faults.not_found}"\\} 0\n# EOF$`, "m"))
        assert.match(err, /^cbr: backup not found \(exit 5\)/)
      }
    })
  )

  it.effect.each([
    ["check", id, "--status", "available"],
    ["show", id, "--query", "backup.id"],
    ["show", id, "--dry-run"],
    ["diff", id, id],
    ["drift", id],
    ["doctor"],
    ["whoami", "--verify"],
    ["explain", "status"]
  ])("is wrong use for %s, before anything is sent", (words) =>
    Effect.gen(function* () {
      const { requests } = yield* Simulator
      const before = (yield* requests).length
      const { err, exitCode, out } = yield* run(...words, "-o", "openmetrics")
      assert.deepStrictEqual({ exitCode, out }, { exitCode: words[0] === "check" ? 3 : 2, out: "" })
      assert.match(err, /what: +-o openmetrics\n[^]*openmetrics works on whole backups only/)
      assert.strictEqual((yield* requests).length, before)
      const { err: told } = yield* run(...words, "-o", "openmetrics", "--lang", "zh")
      assert.include(told, "只针对整个备份")
    })
  )
})
