import { execFileSync } from "node:child_process"
import { parse } from "node:path"
import { type Bundle, builtinsOnDemand, bundle, nodeGuard } from "../../rolldown.base.ts"
import { notices } from "../../rolldown.notices.ts"
import manifest from "./package.json" with { type: "json" }
import { httpOnDemand } from "./src/startup/plugins/httpOnDemand.ts"
import { segmenterOnDemand } from "./src/startup/plugins/segmenterOnDemand.ts"
import { core, program, singleFile } from "./src/startup/plugins/singleFile.ts"
import { startupOptimizations } from "./src/startup/StartupOptimizations.ts"

/** The commit of the sources; of a changed tree it says so. Absent where there is no repository. */
const commit = ((): string | undefined => {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"]
    }).trim()
  } catch {
    return undefined
  }
})()

const bundles: ReadonlyArray<Bundle> = [
  // The starter: it runs the program as it was left compiled, and `--version` loads none of it.
  bundle({
    input: "src/main.ts",
    external: /\/start\.ts$/,
    output: {
      format: "cjs",
      entryFileNames: "main.cjs",
      paths: (id) => (id.endsWith("/start.ts") ? `./${program}` : id),
      dynamicImportInCjs: false,
      banner: nodeGuard("cbr", manifest),
      cleanDir: true
    }
  }),
  // The program, one file: a part that is not asked for is read, yet neither compiled nor run. As CommonJS it loads
  // faster than as a module, for which Node evaluates every export of its own modules, even those made on demand.
  bundle({
    input: "src/app/start.ts",
    plugins: [
      startupOptimizations.httpOnDemand && httpOnDemand,
      startupOptimizations.builtinsOnDemand && builtinsOnDemand,
      startupOptimizations.segmenterOnDemand && segmenterOnDemand,
      notices("cbr"),
      singleFile
    ],
    // A bundler for browsers would set this.
    transform: { define: { "import.meta.env": "undefined", builtCommit: JSON.stringify(commit) ?? "undefined" } },
    // In a text of one byte a character, as the code cache reads it.
    output: {
      format: "cjs",
      entryFileNames: program,
      chunkFileNames: "[name].cjs",
      minifyInternalExports: false,
      charset: "ascii",
      codeSplitting: { groups: [{ name: parse(core).name, test: /\/src\/app\/start\.ts$/ }] }
    }
  })
]

export default bundles
