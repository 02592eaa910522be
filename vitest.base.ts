import { existsSync, globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { defineConfig } from "vitest/config"

/** What begins another process: Node's own way, Effect's, a browser. */
const starter = /from "(?:node:child_process|node:worker_threads|effect\/process|playwright-core)"/

/** Whether a test file, or what it imports of other tests' code, begins another process. */
const startsProcess = (file: string, seen = new Set<string>()): boolean => {
  if (seen.has(file) || !existsSync(file)) return false
  seen.add(file)
  const text = readFileSync(file, "utf8")
  const imported = Array.from(text.matchAll(/from "(\.[^"]+\.ts)"/g), ([, path]) => join(dirname(file), path ?? ""))
  return starter.test(text) || imported.some((path) => !path.startsWith("src/") && startsProcess(path, seen))
}

const files = globSync("test/**/*.test.ts")
const slow = files.filter((file) => startsProcess(file))
const include = ["test/**/*.test.ts"]

export default defineConfig({
  test: {
    // Property tests and real servers share two cores with other packages in CI.
    testTimeout: 60_000,
    // The report holds the totals that `test.ts` and `.ci/run` add up.
    reporters: ["default", ["json", { outputFile: "test-report.json" }]],
    // `test:unit` runs the first alone.
    projects: [
      { extends: true, test: { name: "unit", include, exclude: slow } },
      { extends: true, test: { name: "process", include: slow } }
    ]
  }
})
