import { gzipSync } from "node:zlib"
import { buildBoard } from "./build.ts"

// Builds the page, and tells what it weighs.

/** Maximum bytes of the whole page, gzipped. */
const budget = 90_000

const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`.padStart(10)

let total = 0
for (const [name, { text }] of Object.entries(await buildBoard())) {
  const gzipped = gzipSync(text, { level: 9 }).length
  total += gzipped
  console.log(`${(name === "" ? "index.html" : name).padEnd(24)}${kB(Buffer.byteLength(text))}${kB(gzipped)}`)
}
console.log(`${"in all".padEnd(34)}${kB(total)}`)
console.log(`${"budget".padEnd(34)}${kB(budget)}`)
if (total > budget) process.exitCode = 1
