import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Property tests and real servers share two cores with other packages in CI.
    testTimeout: 60_000,
    // The report holds the totals that `.ci/run` adds up.
    reporters: ["default", ["json", { outputFile: "test-report.json" }]]
  }
})
