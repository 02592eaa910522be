import { existsSync, globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { defineConfig } from "vitest/config"

/** Matches a test that starts a process or a server (Node's ways, Effect's, a browser, the simulated cloud) or may take minutes. */
const starter =
  /from "(?:node:(?:child_process|worker_threads|https?|http2|net|tls)|effect\/process|playwright-core|@cbr\/simulator)"|NodeHttpServer|\bSimulator\b|timeout: \d{3,}_000/

/** Whether a test file, or what it imports of other tests' code, does any of that. */
const isSlow = (file: string, seen = new Set<string>()): boolean => {
  if (seen.has(file) || !existsSync(file)) return false
  seen.add(file)
  const text = readFileSync(file, "utf8")
  const imported = Array.from(text.matchAll(/from "(\.[^"]+\.ts)"/g), ([, path]) => join(dirname(file), path ?? ""))
  return starter.test(text) || imported.some((path) => !path.startsWith("src/") && isSlow(path, seen))
}

const system = globSync("test/**/*.test.ts").filter((file) => isSlow(file))
const include = ["test/**/*.test.ts"]

export default defineConfig({
  test: {
    // Property tests and real servers share two cores with other packages in CI.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Most files take longer to import than to run: those of one worker share the modules.
    isolate: false,
    // The report holds the totals that `test.ts` and `.ci/run` add up.
    reporters: ["default", ["json", { outputFile: "test-report.json" }]],
    // `test:unit` runs the first alone.
    projects: [
      { extends: true, test: { name: "unit", include, exclude: system } },
      { extends: true, test: { name: "system", include: system } }
    ]
  }
})
