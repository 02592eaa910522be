#!/usr/bin/env node
import { enableCompileCache } from "node:module"
import { homedir } from "node:os"
import { join } from "node:path"
import manifest from "../package.json" with { type: "json" }

const words = process.argv.slice(2)
const [first] = words

/** Keeps the compiled program in the user's own cache: in a shared directory another user could put theirs in its place. */
const keepCompiled = () => {
  try {
    enableCompileCache(join(homedir(), ".cache", "cbr", "compiled"))
  } catch {
    // A user without a home directory waits a little longer.
  }
}

// What needs no library is answered without one.
if (words.length === 1 && (first === "--version" || first === "-v")) {
  console.log(manifest.version)
} else {
  keepCompiled()
  void import("./start.ts").then(({ start }) => start(words))
}
