import { mergeConfig } from "vitest/config"
import base from "../../vitest.base.ts"

// The tests serve the page as it is built of the sources beside them.
export default mergeConfig(base, { test: { globalSetup: "test/build.ts" } })
