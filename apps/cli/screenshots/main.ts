// Makes the pictures of `docs/screens`: real runs of the built `cbr` in a terminal, against the simulator. With
// `--check` it writes nothing, and fails where a picture is not what a run shows now.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { screenOf } from "./Screen.ts"
import { svg } from "./svg.ts"

const available = "b0000000-0000-4000-8000-000000000001"
const protecting = "b0000000-0000-4000-8000-000000000002"
const expired = "b0000000-0000-4000-8000-00000000000b"
const tree = "b0000000-0000-4000-8000-000000000009"
const replicated = "b0000000-0000-4000-8000-00000000000a"
const replicating = "b0000000-0000-4000-8000-000000000014"
const missing = "fa000000-0000-4000-8000-000000000404"

const screens = {
  show: { words: ["show", tree] },
  several: { words: ["show", available, protecting, tree, replicated, expired] },
  tree: { words: ["tree", replicated, tree] },
  check: {
    words: ["check", tree, "--healthy", "--max-age", "1h", "--encrypted"]
  },
  watch: { words: ["watch", replicating, tree], seconds: 4 },
  doctor: { words: ["doctor"] },
  error: { words: ["show", missing] }
} satisfies Readonly<Record<string, { readonly words: ReadonlyArray<string>; readonly seconds?: number }>>

const folder = fileURLToPath(new URL("../../../docs/screens/", import.meta.url))
mkdirSync(folder, { recursive: true })
for (const [name, { words, ...more }] of Object.entries(screens)) {
  for (const lang of ["en", "zh"]) {
    for (const columns of [80, 120]) {
      const screen = await screenOf(words, { columns, lang, ...more })
      const file = `${folder}${name}-${columns}.${lang}.svg`
      const picture = svg(screen, columns, `cbr ${words.join(" ")}`)
      if (!process.argv.includes("--check")) writeFileSync(file, picture)
      else if (!existsSync(file) || readFileSync(file, "utf8") !== picture) {
        console.error(`${file} is not what \`cbr ${words.join(" ")}\` shows`)
        process.exitCode = 1
      }
    }
  }
}
