import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { commandLine, withAccessKey } from "../../CommandLine.ts"

layer(simulatorLayer(), { excludeTestServices: true })("cbr watch of many", (it) => {
  const watched = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    return yield* commandLine(["watch", "--until-stable", ...words], { env: yield* withAccessKey })
  })

  it.effect("cbr watch reports a missing backup, and watches the others", () =>
    Effect.gen(function* () {
      const { backups, faults } = yield* Simulator
      const { exitCode, out } = yield* watched(faults.not_found, backups.available, backups.error)
      assert.strictEqual(exitCode, 12)
      const told = out.split("\n").map((line) => {
        const { backup, error, id } = JSON.parse(line) as {
          readonly backup?: { readonly id: string }
          readonly error?: { readonly kind: string }
          readonly id?: string
        }
        return `${backup?.id ?? id} ${error?.kind ?? ""}`
      })
      assert.sameMembers(told, [`${backups.available} `, `${backups.error} `, `${faults.not_found} backup-not-found`])
    })
  )

  it.effect("cbr watch writes the failure to stderr beside lines", () =>
    Effect.gen(function* () {
      const { backups, faults } = yield* Simulator
      const { err, exitCode, out } = yield* watched(faults.not_found, backups.available, "-o", "table")
      assert.strictEqual(exitCode, 12)
      assert.match(out, new RegExp(`^\\S+  ${backups.available}  available`))
      assert.match(err, /^cbr: backup not found \(exit 5\)/)
    })
  )

  it.effect("cbr watch writes a whole array as JSON", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { exitCode, out } = yield* watched(backups.available, backups.error, "-o", "json")
      assert.strictEqual(exitCode, 0)
      const shown = JSON.parse(out) as ReadonlyArray<{ readonly backup: { readonly id: string } }>
      assert.sameMembers(
        shown.map(({ backup }) => backup.id),
        [backups.available, backups.error]
      )
    })
  )

  it.effect("cbr watch ends with the code of the failure for a single backup", () =>
    Effect.gen(function* () {
      const { faults } = yield* Simulator
      const { err, exitCode, out } = yield* watched(faults.not_found)
      assert.deepStrictEqual({ exitCode, out }, { exitCode: 5, out: "" })
      assert.match(err, /^cbr: backup not found \(exit 5\)/)
    })
  )
})
