import { defineConfig } from "rolldown"
import { builtinsAsNamespaces, bundle, nodeGuard } from "../../rolldown.base.ts"
import { notices } from "../../rolldown.notices.ts"
import manifest from "./package.json" with { type: "json" }

export default defineConfig(
  // One file: split chunks break the transport that the platform package loads by a dynamic import.
  bundle({
    input: "src/main.ts",
    plugins: [builtinsAsNamespaces, notices("cbr-proxy")],
    output: { format: "esm", cleanDir: true, intro: nodeGuard("cbr-proxy", manifest) }
  })
)
