import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, assert, describe, it, vi } from "vitest"
import packages from "../../debian.json" with { type: "json" }
import { needs } from "../../debian.ts"

const textOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")

describe("a test that needs a tool of Debian's", () => {
  afterEach(() => void vi.unstubAllEnvs())

  it("a test runs where its Debian tool is installed", () => {
    const folder = mkdtempSync(join(tmpdir(), "cbr-tools-"))
    try {
      writeFileSync(join(folder, "zsh"), "")
      vi.stubEnv("PATH", `/nowhere:${folder}`)
      assert.deepStrictEqual(needs("zsh"), {})
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it("a test without its Debian tool is skipped and names the package", () => {
    vi.stubEnv("CI", undefined)
    vi.stubEnv("PATH", "/nowhere")
    assert.deepStrictEqual(needs("fish", "redis-cli"), { skip: true, meta: { needs: "fish redis-tools" } })
  })

  it("a test without its Debian tool fails in CI", () => {
    vi.stubEnv("CI", "true")
    vi.stubEnv("PATH", "/nowhere")
    assert.throws(() => needs("fish"), /apt-get install fish/)
  })
})

it("the development container has every package of Debian's that a test needs", () => {
  const installed = textOf(".devcontainer/Dockerfile").split(/\s+/)
  assert.includeMembers(installed, Object.values(packages))
})
