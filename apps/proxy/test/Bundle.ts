import { existsSync } from "node:fs"
import { mkdir, rename } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"
import { inject } from "vitest"
import config from "../rolldown.config.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

/**
 * The proxy as it is published, to run with Node. The first test of a run that
 * asks for it makes it, and the others wait: it starts in a third of the time
 * that the sources take.
 */
export const bundled = async (): Promise<string> => {
  const folder = inject("runFolder")
  const made = join(folder, "made")
  const isFirst = await mkdir(join(folder, "making")).then(
    () => true,
    () => false
  )
  if (isFirst) {
    for (const { output, ...input } of config) {
      const bundle = await rolldown({ ...input, cwd: root })
      await bundle.write({ ...output, dir: join(folder, "making", "bundle") })
      await bundle.close()
    }
    await rename(join(folder, "making", "bundle"), made)
  }
  while (!existsSync(made)) await sleep(20)
  return join(made, "main.js")
}

/** Where Node keeps what it has compiled of it. */
export const compiled = (): string => join(inject("runFolder"), "compiled")
