import { existsSync } from "node:fs"
import { delimiter, isAbsolute, join } from "node:path"
import packages from "./debian.json" with { type: "json" }

/** A command, or the folder of a Python library, that one of Debian's packages brings. */
export type DebianTool = keyof typeof packages

declare module "vitest" {
  interface TaskMeta {
    /** Debian's packages that are missing where a test is skipped. */
    readonly needs?: string
  }
}

/**
 * Options of a test or a suite that needs tools of Debian's. It is skipped where one is missing, and the report names
 * the missing tool. In CI that
 * is an error, since `.ci/run` installs all of them.
 *
 * @example
 * ```ts
 * describe("completion in fish", needs("fish"), () => …)
 * ```
 */
export const needs = (...tools: ReadonlyArray<DebianTool>) => {
  const missing = tools.filter((tool) => !isThere(tool)).map((tool) => packages[tool])
  if (missing.length === 0) return {}
  const names = missing.join(" ")
  if (process.env["CI"] !== undefined) throw new Error(`CI lacks what tests need: apt-get install ${names}`)
  return { skip: true, meta: { needs: names } }
}

/** Debian keeps servers in /usr/sbin, which is not in every user's PATH. */
const folders = () => [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"]

const isThere = (tool: DebianTool): boolean =>
  isAbsolute(tool) ? existsSync(tool) : folders().some((folder) => existsSync(join(folder, tool)))
