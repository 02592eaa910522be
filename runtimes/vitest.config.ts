import { mergeConfig } from "vitest/config"
import base from "../vitest.base.ts"

// Each file installs packages and starts programs: one after the other.
export default mergeConfig(base, { test: { fileParallelism: false, testTimeout: 300_000, hookTimeout: 600_000 } })
