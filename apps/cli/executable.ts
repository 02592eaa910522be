// Makes one file that needs no Node, of the package's bundle and a Node: `node executable.ts [FOLDER [OUTPUT [NODE]]]`.
// FOLDER has the bundle (`dist`), OUTPUT is `cbr` in it, NODE the Node that runs this script. Another system's Node gives
// an executable for that system; it has to be of the same version as the one that runs this script.
import { execFileSync } from "node:child_process"
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
// @ts-expect-error It comes without types.
import { inject } from "postject"

const [folder = join(import.meta.dirname, "dist"), output = join(folder, "cbr"), node = process.execPath] =
  process.argv.slice(2)

/** The mark in Node's executable behind which the program begins. */
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2"

/** The injector warns of each section of Node whose name it does not find, which harms nothing. */
const { warn } = console
console.warn = (text: string) => {
  if (!text.includes("string offset for section name")) warn(text)
}

const workshop = mkdtempSync(join(tmpdir(), "cbr-executable-"))
try {
  const settings = {
    // Relative: the blob keeps this path, and is the same whichever folder the bundle is in.
    main: "main.cjs",
    assets: { "cbr.cjs": "cbr.cjs" },
    output: join(workshop, "blob"),
    disableExperimentalSEAWarning: true,
    // Either would be this system's alone.
    useCodeCache: false,
    useSnapshot: false
  }
  writeFileSync(join(workshop, "sea.json"), JSON.stringify(settings))
  execFileSync(process.execPath, ["--experimental-sea-config", join(workshop, "sea.json")], { cwd: folder })
  copyFileSync(node, output)
  chmodSync(output, 0o755)
  await inject(output, "NODE_SEA_BLOB", readFileSync(settings.output), { sentinelFuse: fuse })
  if (node === process.execPath) {
    console.log(`${output}: ${execFileSync(output, ["--version"], { encoding: "utf8" }).trim()}`)
  }
} finally {
  rmSync(workshop, { recursive: true })
}
