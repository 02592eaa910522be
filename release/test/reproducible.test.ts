import { execFileSync } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { root } from "../Manifests.ts"

const sumsIn = (folder: string): ReadonlyArray<string> =>
  readFileSync(join(folder, "SHA256SUMS"), "utf8").trim().split("\n")

const isClean = (): boolean =>
  execFileSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" }).trim() === ""

// It installs and builds everything once more; what is not in the commit cannot be built from it.
describe.skipIf(process.env["CI"] === undefined || !isClean())("a second build (CI, of a commit)", () => {
  it("the commit gives the same bytes in another folder, with another umask, time zone and language", () => {
    const work = mkdtempSync(join(tmpdir(), "cbr-second-build-"))
    const folder = join(work, "elsewhere")
    const git = (...words: ReadonlyArray<string>) => execFileSync("git", words, { cwd: root, stdio: "pipe" })
    try {
      git("worktree", "add", "--detach", folder, "HEAD")
      cpSync(join(root, "release/.cache"), join(folder, "release/.cache"), { recursive: true })
      const pnpm = "npx --yes pnpm@12.21.0"
      execFileSync("sh", ["-c", `umask 077; ${pnpm} install --frozen-lockfile --prefer-offline && ${pnpm} release`], {
        cwd: folder,
        env: { ...process.env, TZ: "Asia/Shanghai", LC_ALL: "zh_CN.UTF-8", LANG: "zh_CN.UTF-8" },
        stdio: "pipe"
      })
      assert.deepStrictEqual(sumsIn(join(folder, "release/dist")), sumsIn(join(root, "release/dist")))
    } finally {
      git("worktree", "remove", "--force", folder)
      rmSync(work, { recursive: true })
    }
  }, 900_000)
})
