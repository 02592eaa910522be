import { globSync, readFileSync } from "node:fs"
import { ErrorTable } from "@cbr/client"
import { ServiceError, ServiceErrors } from "@cbr/simulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { commandLine } from "../../CommandLine.ts"

/** The code in a body, as the client reads it. */
const codeIn = (refusal: ServiceError): string =>
  /"(?:error_)?code":"?([^",]+)/.exec(refusal.body("0"))?.[1] ?? assert.fail(refusal.body("0"))

const ofSimulator = Object.values(ServiceErrors)
  .map((each): unknown =>
    each === ServiceError || typeof each !== "function" ? each : (each as (text: string) => unknown)("")
  )
  .filter((each) => each instanceof ServiceError)
  .map(codeIn)

const root = new URL("../../../../../", import.meta.url)

const inDocumentation = globSync(["*.md", "docs/**/*.{md,svg}", "{apps,packages,deploy}/**/README.md"], {
  cwd: root,
  exclude: (name) => name.includes("node_modules")
}).flatMap(
  (file) =>
    readFileSync(new URL(file, root), "utf8").match(/\b(?:BackupService|SYS|API[CGW]{1,2}|CbrProxy)\.\w+/g) ?? []
)

describe("cbr explain", () => {
  it("cbr explain has codes of the simulator and of the documentation to explain", () => {
    assert.includeMembers(ofSimulator, ["APIGW.0301", "BackupService.6200", "SYS.0409", "401"])
    assert.includeMembers(inDocumentation, ["APIGW.0301", "BackupService.6200"])
  })

  it.effect.each([...new Set([...ofSimulator, ...inDocumentation])])(
    "knows %s, which the simulator or the documentation prints, in both languages",
    (code) =>
      Effect.gen(function* () {
        for (const lang of ["en", "zh"]) {
          const { err, exitCode, out } = yield* commandLine(["explain", code, "--lang", lang])
          assert.strictEqual(exitCode, 0, err)
          assert.include(out, code)
        }
      })
  )

  it.effect("cbr explain tells each meaning of a code, with its exit code", () =>
    Effect.gen(function* () {
      const { out } = yield* commandLine(["explain", "401"])
      for (const kind of ["AuthenticationFailed", "PermissionDenied", "RequestRefused"] as const) {
        assert.include(out, `${ErrorTable[kind].title.en} (exit 4)`)
      }
    })
  )

  it.effect("explains a field, a value and an error offline, in both languages", () =>
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
