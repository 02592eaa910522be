import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, assert, describe, it, vi } from "vitest"
import packages from "../../debian.json" with { type: "json" }
import { needs } from "../../debian.ts"

const textOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")

describe("a test that needs a tool of Debian's", () => {
  afterEach(() => void vi.unstubAllEnvs())

  it("runs where the tool is there", () => {
    const folder = mkdtempSync(join(tmpdir(), "cbr-tools-"))
    try {
      writeFileSync(join(folder, "zsh"), "")
      vi.stubEnv("PATH", `/nowhere:${folder}`)
      assert.deepStrictEqual(needs("zsh"), {})
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it("is skipped where the tool is missing, and says what brings it", () => {
    vi.stubEnv("CI", undefined)
    vi.stubEnv("PATH", "/nowhere")
    assert.deepStrictEqual(needs("fish", "redis-cli"), { skip: true, meta: { needs: "fish redis-tools" } })
  })

  it("is an error in CI where the tool is missing", () => {
    vi.stubEnv("CI", "true")
    vi.stubEnv("PATH", "/nowhere")
    assert.throws(() => needs("fish"), /apt-get install fish/)
  })
})

it("the development container has every package of Debian's that a test needs", () => {
  const installed = textOf(".devcontainer/Dockerfile").split(/\s+/)
  assert.includeMembers(installed, Object.values(packages))
})
