import { randomUUID } from "node:crypto"
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { build, type RolldownPluginOption } from "rolldown"
import type { Asset } from "./assets.d.ts"

const here = import.meta.dirname
const source = (name: string) => readFileSync(join(here, "src", name), "utf8")

/**
 * Builds the page into `dist/assets.js`: each file by its name below the board's path; the page itself has none.
 *
 * @param plugins further plugins, such as a collector of licences
 */
export const buildBoard = async (plugins: RolldownPluginOption = []): Promise<Readonly<Record<string, Asset>>> => {
  const { output } = await build({
    input: join(here, "src/page/main.tsx"),
    platform: "browser",
    cwd: here,
    write: false,
    plugins,
    output: { format: "esm", minify: true, codeSplitting: false },
    onLog: (level, log) => {
      if (level === "warn") throw new Error(log.message)
    }
  })
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
  // In one step: tests of several packages build it side by side, and read it.
  const written = join(here, `dist/assets.${randomUUID()}`)
  writeFileSync(written, `export const assets = ${JSON.stringify(assets)}\n`)
  renameSync(written, join(here, "dist/assets.js"))
  return assets
}
