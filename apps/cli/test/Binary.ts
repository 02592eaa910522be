import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Context, Effect, Layer } from "effect"
import { rolldown } from "rolldown"
import bundles from "../rolldown.config.ts"
import { finished } from "./CliProcess.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

/** The command line as it is published, bundled for these tests alone: a path to run with Node. */
export class Binary extends Context.Service<Binary, { readonly path: string }>()("test/Binary") {
  static readonly layer = Layer.effect(
    Binary,
    Effect.acquireRelease(
      Effect.promise(async () => {
        const dir = await mkdtemp(join(tmpdir(), "cbr-"))
        for (const { output, ...input } of bundles) {
          const made = await rolldown({ ...input, cwd: root })
          await made.write({ ...output, dir, cleanDir: false })
          await made.close()
        }
        return { dir, path: join(dir, "main.cjs") }
      }),
      ({ dir }) => Effect.promise(() => rm(dir, { recursive: true }))
    )
  )
}

type Options = Parameters<typeof finished>[2]

/** Runs the binary. */
export const cbr = (words: ReadonlyArray<string>, options?: Options) =>
  Binary.use(({ path }) => finished(process.execPath, [path, ...words], options))

/** Runs a line of bash in which `cbr` is the binary. */
export const bash = (line: string, options?: Options) =>
  Binary.use(({ path }) =>
    finished("bash", ["-c", `cbr() { "${process.execPath}" "${path}" "$@"; }; set -o pipefail; ${line}`], options)
  )

/** Runs the binary in a pseudo-terminal of so many columns; what it wrote to either stream is `out`. */
export const inTerminal = (words: ReadonlyArray<string>, options?: Options & { readonly columns?: number }) =>
  Binary.use(({ path }) => {
    const quoted = [process.execPath, path, ...words].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`)
    const size = `stty cols ${options?.columns ?? 80} rows 40`
    return finished("script", ["-qefc", `${size}; ${quoted.join(" ")}`, "/dev/null"], options)
  })
