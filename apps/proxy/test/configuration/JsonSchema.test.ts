import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { jsonSchemaText } from "../../src/configuration/JsonSchema.ts"
import { settingFacts, settingsPage } from "../../src/configuration/SettingFacts.ts"

describe("docs/proxy-settings.md", () => {
  it("is what the schema says: `pnpm --filter @cbr/proxy generate` writes it anew", () => {
    const page = fileURLToPath(new URL("../../../../docs/proxy-settings.md", import.meta.url))
    assert.strictEqual(readFileSync(page, "utf8"), settingsPage)
  })

  it("has a description of every setting, and when it applies as the proxy goes by it", () => {
    for (const { description, path } of settingFacts) assert.isNotEmpty(description, path.join("."))
    const atStart = settingFacts.filter(({ applies }) => applies === "at start").map(({ path }) => path[0])
    assert.sameMembers([...new Set(atStart)], ["listen", "admin", "drain", "telemetry", "cache", "limits", "redis"])
  })
})

describe("configuration.schema.json", () => {
  it("is what the code says: `pnpm --filter @cbr/proxy generate` writes it anew", () => {
    const published = fileURLToPath(new URL("../../configuration.schema.json", import.meta.url))
    assert.strictEqual(readFileSync(published, "utf8"), jsonSchemaText)
  })

  it("tells the form of every text that has one", () => {
    const forms = new Map<string, object>()
    const visit = (schema: unknown, name: string) => {
      if (typeof schema !== "object" || schema === null) return
      if ("pattern" in schema) forms.set(name, schema)
      for (const [inner, value] of Object.entries(schema))
        visit(value, Number.isNaN(Number(inner)) && inner !== "allOf" && inner !== "items" ? inner : name)
    }
    visit(JSON.parse(jsonSchemaText), "")
    assert.deepInclude(forms.get("expires_at"), { format: "date-time" })
    const found = [...forms.keys()].toSorted()
    const expected = [
      "ak",
      "endpoint",
      "expires_at",
      "iam_endpoint",
      "id",
      "jwks_url",
      "name",
      "nodes",
      "prefix",
      "public_hosts",
      "sha256",
      "traces_url",
      "url",
      "username"
    ]
    assert.deepStrictEqual(found, expected)
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
