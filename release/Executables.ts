import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { root } from "./Manifests.ts"
import { runtimeOf, type System } from "./NodeRuntime.ts"

/** Name of a system's executable. */
export const executableName = ({ name }: System, version: string): string =>
  `cbr-${version}-${name}${name.startsWith("win-") ? ".exe" : ""}`

/** Makes a system's executable of `cbr` in `out`: its path. */
export const makeExecutable = (system: System, version: string, out: string, cache: string): string => {
  const output = join(out, executableName(system, version))
  const cli = join(root, "apps/cli")
  execFileSync(process.execPath, [join(cli, "executable.ts"), join(cli, "dist"), output, runtimeOf(system, cache)], {
    stdio: ["ignore", "ignore", "inherit"]
  })
  return output
}
