#!/usr/bin/env node
import { enableCompileCache } from "node:module"
import manifest from "../package.json" with { type: "json" }

const words = process.argv.slice(2)
const [first] = words

// What needs no library is answered without one.
if (words.length === 1 && (first === "--version" || first === "-v")) {
  console.log(manifest.version)
} else {
  enableCompileCache()
  const { start } = await import("./start.ts")
  start(words)
}
