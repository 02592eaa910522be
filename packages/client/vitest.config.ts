import { mergeConfig } from "vitest/config"
import base from "../../vitest.base.ts"

// Tests that run at once are those that wait for a server's faults.
export default mergeConfig(base, { test: { maxConcurrency: 20 } })
