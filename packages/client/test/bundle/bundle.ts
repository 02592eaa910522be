import { fileURLToPath } from "node:url"
import { build } from "rolldown"

/** One module, minified, with all that it imports. */
export interface Bundle {
  readonly code: string
  /** Modules that the bundle imports at run time. */
  readonly imports: ReadonlyArray<string>
}

/** Bundles an entry, given as source text, for a platform. Warnings of an unresolved import are errors. */
export const bundle = async (source: string, platform: "browser" | "node"): Promise<Bundle> => {
  const entry = "\0entry"
  const { output } = await build({
    input: entry,
    platform,
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    write: false,
    output: { format: "esm", minify: true, codeSplitting: false },
    plugins: [
      {
        name: "entry",
        resolveId: (id, importer) =>
          id === entry ? { id: entry, moduleSideEffects: true } : importer === entry ? undefined : null,
        load: (id) => (id === entry ? source : null)
      }
    ],
    onLog: (_level, log) => {
      if (log.code === "UNRESOLVED_IMPORT") throw new Error(log.message)
    }
  })
  const [chunk] = output
  return { code: chunk.code, imports: [...chunk.imports, ...chunk.dynamicImports] }
}
