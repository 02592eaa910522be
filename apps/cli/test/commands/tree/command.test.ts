import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { commandLine, withAccessKey } from "../../CommandLine.ts"

layer(simulatorLayer(), { excludeTestServices: true })("cbr tree", (it) => {
  const run = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    return yield* commandLine(words, { env: yield* withAccessKey })
  })

  it.effect("tree prints what show -o tree prints", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const tree = yield* run("tree", backups.tree)
      assert.match(
        tree.out,
        /^✗ autobk_server_orders {2}available.*\n│ failed: 1 of 3 disks is in error \(ecs-orders-0001-volume-0002\)\n├─ ✓ .*\n├─ ✓ .*\n└─ ✗ .* {2}error/
      )
      for (const disk of ["0000", "0001", "0002"]) {
        assert.match(tree.out, new RegExp(`^.─ . ecs-orders-0001-volume-${disk} `, "m"))
      }
      assert.deepStrictEqual(yield* run("show", backups.tree, "-o", "tree"), tree)
      assert.strictEqual((yield* run("tree", "no-id")).exitCode, 2)
    })
  )
})
