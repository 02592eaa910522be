import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { jsonSchemaText } from "../../src/configuration/JsonSchema.ts"

describe("configuration.schema.json", () => {
  it("is what the code says: `pnpm --filter @cbr/proxy generate` writes it anew", () => {
    const published = fileURLToPath(new URL("../../configuration.schema.json", import.meta.url))
    assert.strictEqual(readFileSync(published, "utf8"), jsonSchemaText)
  })

  it("allows no setting that the proxy does not know", () => {
    const open: Array<string> = []
    const visit = (schema: unknown, at: string) => {
      if (typeof schema !== "object" || schema === null) return
      if ("properties" in schema && (schema as { additionalProperties?: unknown }).additionalProperties !== false) {
        open.push(at)
      }
      for (const [name, inner] of Object.entries(schema)) visit(inner, `${at}/${name}`)
    }
    visit(JSON.parse(jsonSchemaText), "")
    assert.isEmpty(open)
  })
})
