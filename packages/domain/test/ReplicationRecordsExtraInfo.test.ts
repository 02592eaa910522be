import { assert, describe, it } from "@effect/vitest"
import { destinationVaultId, failureReasons } from "../src/index.ts"

describe("destinationVaultId", () => {
  it.each([
    [{}, undefined],
    [{ destinatio_vault_id: "misspelt" }, "misspelt"],
    [{ destination_vault_id: "well-spelt" }, "well-spelt"],
    [{ destinatio_vault_id: "misspelt", destination_vault_id: "well-spelt" }, "well-spelt"]
  ] as const)("reads %j", (info, vault) => {
    assert.strictEqual(destinationVaultId(info), vault)
  })
})

describe("failureReasons", () => {
  it.each([
    [undefined, []],
    [{}, []],
    [{ fail_code: "", fail_reason: "" }, []],
    [{ fail_code: "BackupService.1" }, ["BackupService.1"]],
    [{ fail_code: "", fail_reason: "no quota" }, ["no quota"]],
    [{ fail_reason: "no quota", fail_code: "BackupService.1" }, ["BackupService.1", "no quota"]]
  ] as const)("reads %j", (info, reasons) => {
    assert.deepStrictEqual(failureReasons(info), reasons)
  })
})
