import type { RolldownPlugin } from "rolldown"
import { type Bundle, builtinsOnDemand, bundle, nodeGuard } from "../../rolldown.base.ts"
import { notices } from "./notices.ts"
import manifest from "./package.json" with { type: "json" }

const segmenter = /new Intl\.Segmenter\(undefined, (\{[^}]*\})\)/

/**
 * The command library makes a segmenter as it loads, for a layout of help that is not ours. That reads the rules of
 * every language for half the time in which Node starts; so it is made at its first use.
 */
const segmenterOnDemand: RolldownPlugin = {
  name: "segmenter-on-demand",
  transform: {
    filter: { id: /\/effect\/dist\/cli\/CliOutput\.js$/ },
    handler(code) {
      if (!segmenter.test(code)) this.error("effect/cli/CliOutput makes its segmenter in another way than before")
      return code.replace(segmenter, "{ segment: (text) => new Intl.Segmenter(undefined, $1).segment(text) }")
    }
  }
}

const bundles: ReadonlyArray<Bundle> = [
  // The starter, so that the compile cache is on before the program is compiled, and `--version` compiles none of it.
  bundle({
    input: "src/main.ts",
    external: /\/start\.ts$/,
    output: {
      format: "cjs",
      entryFileNames: "main.cjs",
      paths: (id) => (id.endsWith("/start.ts") ? "./cbr.cjs" : id),
      dynamicImportInCjs: false,
      banner: nodeGuard("cbr", manifest),
      cleanDir: true
    }
  }),
  // The program, one file: a part that is not asked for is read, yet neither compiled nor run. As CommonJS it loads
  // faster than as a module, for which Node evaluates every export of its own modules, even those made on demand.
  bundle({
    input: "src/start.ts",
    plugins: [builtinsOnDemand, segmenterOnDemand, notices],
    // What a bundler for browsers would put there.
    transform: { define: { "import.meta.env": "undefined" } },
    output: { format: "cjs", entryFileNames: "cbr.cjs" }
  })
]

export default bundles
