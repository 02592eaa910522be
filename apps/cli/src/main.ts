#!/usr/bin/env node
import { readFileSync } from "node:fs"
import { homedir } from "node:os"
import { isAbsolute, join } from "node:path"
import manifest from "../package.json" with { type: "json" }
import { loadCompiled } from "./startup/CodeCache.ts"

const words = process.argv.slice(2)
const [first] = words

/** The program: its source, or all of it in one file, which is beside this one or inside the executable. */
const program = async (): Promise<typeof import("./app/start.ts")> => {
  if (import.meta.filename.endsWith(".ts")) return import("./app/start.ts")
  // Each command calls other functions; and the help of a command does not run it.
  const use = words.includes("--help") || first === undefined || !/^[a-z]+$/.test(first) ? "help" : first
  // In the user's own folder: in a shared one another user could put theirs in its place.
  // oxlint-disable-next-line no-restricted-properties -- needed before the program, and with it `Environment.ts`, is loaded
  const { XDG_CACHE_HOME: named = "" } = process.env
  const folder = join(isAbsolute(named) ? named : join(homedir(), ".cache"), "cbr", "compiled")
  const file = join(import.meta.dirname, "cbr.cjs")
  // Neither Bun nor Deno has this module of Node's.
  const sea = process.getBuiltinModule("node:sea") as typeof import("node:sea") | undefined
  const text = sea?.isSea() === true ? Buffer.from(sea.getRawAsset("cbr.cjs")) : readFileSync(file)
  return loadCompiled(file, text, folder, use) as typeof import("./app/start.ts")
}

// The version needs no library.
if (words.length === 1 && (first === "--version" || first === "-v")) {
  console.log(manifest.version)
} else {
  void program().then(({ start }) => start(words))
}
