import { mergeConfig } from "vitest/config"
import base from "../../vitest.base.ts"

// What a call does is the same whether it begins at once or not: the tests of it run in both ways.
export default mergeConfig(base, {
  test: {
    // Tests that run at once are those that wait for a server's faults.
    maxConcurrency: 20,
    projects: [
      {
        extends: true,
        test: {
          name: "whole policy",
          // The setup file changes a module.
          isolate: true,
          include: [
            "test/calls/BackupClient.test.ts",
            "test/credentials/SigningClock.test.ts",
            "test/{faults,resilience}/*.test.ts"
          ],
          setupFiles: ["test/wholePolicy.ts"]
        }
      }
    ]
  }
})
