import { defineConfig } from "rolldown"

export default defineConfig({
  input: "src/main.ts",
  platform: "node",
  // One file: split chunks break the transport that the platform package loads by a dynamic import.
  output: { dir: "dist", format: "esm", minify: true, cleanDir: true, codeSplitting: false }
})
