import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { build } from "rolldown"

/** What the page may weigh in all, gzipped. */
const budget = 90_000

const here = import.meta.dirname
const source = (name: string) => readFileSync(join(here, "src", name), "utf8")

const { output } = await build({
  input: join(here, "src/page/main.tsx"),
  platform: "browser",
  cwd: here,
  write: false,
  output: { format: "esm", minify: true, codeSplitting: false },
  onLog: (level, log) => {
    if (level === "warn") throw new Error(log.message)
  }
})

/** Each file of the board by its name below the board's path; the page itself has none. */
const assets = {
  "": { type: "text/html; charset=utf-8", text: source("index.html").replaceAll(/>\s+</g, "><").trim() },
  "board.js": { type: "text/javascript; charset=utf-8", text: output[0].code },
  "board.css": {
    type: "text/css; charset=utf-8",
    text: source("board.css")
      .replaceAll(/\/\*[^]*?\*\//g, "")
      .replaceAll(/\s+/g, " ")
      .replaceAll(/ ?([{};,]) ?/g, "$1")
  },
  "icon.svg": { type: "image/svg+xml", text: source("icon.svg").trim() }
}

mkdirSync(join(here, "dist"), { recursive: true })
writeFileSync(join(here, "dist/assets.js"), `export const assets = ${JSON.stringify(assets)}\n`)

const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`.padStart(10)
let total = 0
for (const [name, { text }] of Object.entries(assets)) {
  const gzipped = gzipSync(text, { level: 9 }).length
  total += gzipped
  console.log(`${(name === "" ? "index.html" : name).padEnd(24)}${kB(Buffer.byteLength(text))}${kB(gzipped)}`)
}
console.log(`${"in all".padEnd(34)}${kB(total)}`)
console.log(`${"budget".padEnd(34)}${kB(budget)}`)
if (total > budget) process.exitCode = 1
