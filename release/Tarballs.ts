import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { packages, root } from "./Manifests.ts"

/** Packs each published package as `pnpm publish` would, into `out`. */
export const packTarballs = (out: string): void => {
  for (const folder of packages) {
    execFileSync("npx", ["--yes", "pnpm@12.21.0", "pack", "--pack-destination", out], {
      cwd: join(root, folder),
      stdio: ["ignore", "ignore", "inherit"]
    })
  }
}
