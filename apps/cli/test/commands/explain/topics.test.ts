import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { commandLine } from "../../CommandLine.ts"

describe("cbr explain, offline", () => {
  it.effect("explain explains a field, a value and an error in both languages", () =>
    Effect.gen(function* () {
      const said = (...words: ReadonlyArray<string>) => Effect.map(commandLine(["explain", ...words]), ({ out }) => out)
      assert.match(yield* said("backup.children[0].status"), /^status {2}text {2}Where the backup stands/)
      assert.include(yield* said("waiting_protect", "--lang", "zh"), "等待保护")
      for (const word of [
        "backup-not-found",
        "BackupNotFound",
        "backup not found",
        "备份不存在",
        "BackupService.6200"
      ]) {
        assert.match(yield* said(word), /exit 5\): check the backup id/, word)
      }
      const refusal = yield* said("APIGW.0301")
      for (const part of ["key is locked", "machine's clock", "new token", "exit 4"]) assert.include(refusal, part)
      assert.strictEqual((yield* commandLine(["explain", "APIGW.9999"])).exitCode, 2)
      assert.strictEqual((yield* commandLine(["explain", "nothing-like-it"])).exitCode, 2)
    })
  )
})
