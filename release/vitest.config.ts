import { mergeConfig } from "vitest/config"
import base from "../vitest.base.ts"

// A file is a step of its own on the artefacts, and two of them change the machine's packages.
export default mergeConfig(base, { test: { fileParallelism: false, testTimeout: 300_000, hookTimeout: 300_000 } })
