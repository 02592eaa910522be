import { readFileSync } from "node:fs"
import { format } from "node:util"
import { assert, it, vi } from "@effect/vitest"

const text = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8")

const block = (language: string) => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(text("../README.md"))?.[1]

it("README's example is the one that runs, and prints what README says", async () => {
  assert.strictEqual(block("ts"), text("readme-example.ts"))
  const printed: Array<string> = []
  const log = vi.spyOn(console, "log").mockImplementation((...values) => {
    printed.push(`${format(...values)}\n`)
  })
  try {
    await import("./readme-example.ts")
  } finally {
    log.mockRestore()
  }
  assert.strictEqual(printed.join(""), block("text"))
})
