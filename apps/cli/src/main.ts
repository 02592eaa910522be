#!/usr/bin/env node
import { homedir } from "node:os"
import { isAbsolute, join } from "node:path"
import { getRawAsset, isSea } from "node:sea"
import manifest from "../package.json" with { type: "json" }
import { loadCompiled, readWhole } from "./startup/CodeCache.ts"

const words = process.argv.slice(2)
const [first] = words

/** The program: its source, or all of it in one file, which is beside this one or inside the executable. */
const program = async (): Promise<typeof import("./app/start.ts")> => {
  if (import.meta.filename.endsWith(".ts")) return import("./app/start.ts")
  // Each command calls other functions; and what tells of a command does not run it.
  const use = words.includes("--help") || first === undefined || !/^[a-z]+$/.test(first) ? "help" : first
  // In the user's own folder: in a shared one another user could put theirs in its place.
  // oxlint-disable-next-line no-restricted-properties -- needed before the program, and with it `Environment.ts`, is loaded
  const { XDG_CACHE_HOME: named = "" } = process.env
  const folder = join(isAbsolute(named) ? named : join(homedir(), ".cache"), "cbr", "compiled")
  const file = join(import.meta.dirname, "cbr.cjs")
  const text = isSea() ? () => Buffer.from(getRawAsset("cbr.cjs")) : (memory: Buffer) => readWhole(file, memory)
  return loadCompiled(file, text, folder, use) as typeof import("./app/start.ts")
}

// Whoever wants a fault's stack asks for it: the engine reads the whole program once more to tell a line of it.
if (!words.includes("--debug")) Error.stackTraceLimit = 0

// What needs no library is answered without one.
if (words.length === 1 && (first === "--version" || first === "-v")) {
  console.log(manifest.version)
} else {
  void program().then(({ start }) => start(words))
}
