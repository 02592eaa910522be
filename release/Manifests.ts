import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"

/** The repository's folder. */
export const root = join(import.meta.dirname, "..")

/** The published packages, by their folder. */
export const packages = ["packages/domain", "packages/client", "apps/cli", "apps/proxy"] as const

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license: string
}

/** The `package.json` in a folder of the repository. */
export const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest

/** The version of all packages; fails where they differ. */
export const version = (): string => {
  const versions = new Set(packages.map((folder) => manifestOf(folder).version))
  const [only] = versions
  if (only === undefined || versions.size > 1) {
    throw new Error(`the packages have ${versions.size} versions (${[...versions].join(", ")}): release one`)
  }
  return only
}

/** The time of the commit in epoch seconds, which every file of a release has: two builds of one commit are alike. */
export const commitTime = (): string =>
  execFileSync("git", ["log", "-1", "--format=%ct"], { cwd: root, encoding: "utf8" }).trim()
