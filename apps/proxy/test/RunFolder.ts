import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestProject } from "vitest/node"

declare module "vitest" {
  interface ProvidedContext {
    readonly runFolder: string
  }
}

/** A folder for what all files of a run share. */
export default async (project: TestProject) => {
  const folder = await mkdtemp(join(tmpdir(), "cbr-proxy-run-"))
  project.provide("runFolder", folder)
  return () => rm(folder, { recursive: true, force: true })
}
