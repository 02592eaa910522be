import { assert, describe, it } from "@effect/vitest"
import { destinationVaultId } from "../src/index.ts"

describe("destinationVaultId", () => {
  it.each([
    [{}, undefined],
    [{ destinatio_vault_id: "misspelt" }, "misspelt"],
    [{ destination_vault_id: "well-spelt" }, "well-spelt"],
    [{ destinatio_vault_id: "misspelt", destination_vault_id: "well-spelt" }, "well-spelt"]
  ] as const)("%j", (info, vault) => {
    assert.strictEqual(destinationVaultId(info), vault)
  })
})
