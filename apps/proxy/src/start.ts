#!/usr/bin/env node
import * as nodeModule from "node:module"
import { join } from "node:path"
import { setFlagsFromString } from "node:v8"

// Starts the program with as little memory as it needs while it is idle, which Node does not do by itself:
// - Compiled code is read from a cache that an earlier start has written. To parse the whole program takes some 20 MB,
//   which the allocator keeps. The cache is in `CACHE_DIRECTORY`, as systemd names it, or else in the user's own folder:
//   Node runs what it finds there. Without a folder to write to, each start parses.
// - Until the program has started, V8's young generation stays as small as it begins. It never shrinks in an idle
//   process. Under load it grows as usual.

/** After so many milliseconds the program has started. */
const started = 2_000

const { CACHE_DIRECTORY, HOME, XDG_CACHE_HOME = HOME && join(HOME, ".cache") } = process.env
const folder = CACHE_DIRECTORY ?? (XDG_CACHE_HOME && join(XDG_CACHE_HOME, "cbr-proxy"))

// Deno has no such cache.
const { enableCompileCache, flushCompileCache }: Partial<typeof nodeModule> = nodeModule

// V8 reads a cache only under the flags under which it was written.
setFlagsFromString("--semi-space-growth-factor=1")
if (folder !== undefined && folder !== "") enableCompileCache?.(folder)
setTimeout(() => {
  flushCompileCache?.()
  setFlagsFromString("--semi-space-growth-factor=2")
}, started).unref()
await import("./main.ts")
