// Makes `dist/cbr`, one file that needs no Node, of the package's bundle and the Node that runs this script.
import { execFileSync } from "node:child_process"
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
// @ts-expect-error It comes without types.
import { inject } from "postject"

/** Where the bundle is, and where the executable goes. */
const folder = process.argv[2] ?? join(import.meta.dirname, "dist")
const dist = (name: string) => join(folder, name)

/** What marks the place in Node where an executable's own program begins. */
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2"

const workshop = mkdtempSync(join(tmpdir(), "cbr-executable-"))
try {
  const settings = {
    main: dist("main.cjs"),
    assets: { "cbr.cjs": dist("cbr.cjs") },
    output: join(workshop, "blob"),
    disableExperimentalSEAWarning: true
  }
  writeFileSync(join(workshop, "sea.json"), JSON.stringify(settings))
  execFileSync(process.execPath, ["--experimental-sea-config", join(workshop, "sea.json")])

  const executable = dist("cbr")
  copyFileSync(process.execPath, executable)
  chmodSync(executable, 0o755)
  await inject(executable, "NODE_SEA_BLOB", readFileSync(settings.output), { sentinelFuse: fuse })
  console.log(`${executable}: ${execFileSync(executable, ["--version"], { encoding: "utf8" }).trim()}`)
} finally {
  rmSync(workshop, { recursive: true })
}
