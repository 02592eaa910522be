import { execFileSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const root = join(import.meta.dirname, "..")

/** A project of its own, with the packed client and nothing of the workspace. */
export interface Project {
  readonly folder: string
  /** Adds packages of npm. */
  readonly add: (...packages: ReadonlyArray<string>) => void
}

const run = (command: string, words: ReadonlyArray<string>, cwd: string) =>
  execFileSync(command, words, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })

/** Packs domain and client as they would be published, and installs them with Effect into a new folder. */
export const makeProject = (): Project => {
  const folder = mkdtempSync(join(tmpdir(), "cbr-runtimes-"))
  const tarballs = join(folder, "tarballs")
  mkdirSync(tarballs)
  for (const name of ["domain", "client"]) {
    const from = join(root, "packages", name)
    run("npx", ["--yes", "pnpm@12.21.0", "run", "build"], from)
    run("npx", ["--yes", "pnpm@12.21.0", "pack", "--pack-destination", tarballs], from)
  }
  const fileOf = (name: string) => join(tarballs, readdirSync(tarballs).find((file) => file.includes(name)) ?? name)
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({
      private: true,
      type: "module",
      dependencies: {
        "@cbr/client": `file:${fileOf("client")}`,
        "@cbr/domain": `file:${fileOf("domain")}`,
        "@effect/platform-node": "4.1.0",
        effect: "4.1.0"
      },
      overrides: { "@cbr/domain": `file:${fileOf("domain")}` }
    })
  )
  const npm = (...words: ReadonlyArray<string>) => void run("npm", [...words, "--no-audit", "--no-fund"], folder)
  npm("install")
  cpSync(join(import.meta.dirname, "checks"), join(folder, "checks"), { recursive: true })
  return { folder, add: (...packages) => npm("install", "--no-save", ...packages) }
}
