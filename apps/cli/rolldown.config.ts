import { readFileSync } from "node:fs"
import { parse } from "node:path"
import type { RolldownPlugin } from "rolldown"
import { type Bundle, builtinsOnDemand, bundle, nodeGuard } from "../../rolldown.base.ts"
import { notices } from "../../rolldown.notices.ts"
import manifest from "./package.json" with { type: "json" }
import { core, singleFile, program } from "./singleFilePlugin.ts"

const segmenter = /new Intl\.Segmenter\(undefined, (\{[^}]*\})\)/
const lettersOfWidth = /const (zeroWidthCodePoints|emojiPresentation) = (\/.*\/g?u);/g

/**
 * The command library makes a segmenter and tables of letters as it loads, for a layout of help that is not ours. That
 * reads the rules of every language for half the time in which Node starts; so they are made at their first use.
 */
const segmenterOnDemand: RolldownPlugin = {
  name: "segmenter-on-demand",
  transform: {
    filter: { id: /\/effect\/dist\/cli\/CliOutput\.js$/ },
    handler(code) {
      if (!segmenter.test(code) || Array.from(code.matchAll(lettersOfWidth)).length !== 2)
        this.error("effect/cli/CliOutput makes its segmenter in another way than before")
      return code
        .replace(segmenter, "{ segment: (text) => new Intl.Segmenter(undefined, $1).segment(text) }")
        .replace(
          lettersOfWidth,
          "const $1 = { test: (text) => $2.test(text), [Symbol.replace]: (text, by) => text.replace($2, by) };"
        )
    }
  }
}

/** What a file of the command library imports for a command line that has a question asked or a file read. */
const seldomUsed: ReadonlyArray<readonly [file: string, names: ReadonlyArray<string>]> = [
  ["Command.js", ["Prompt", "Wizard"]],
  ["GlobalFlag.js", ["Completions_"]],
  ["Param.js", ["Prompt"]],
  ["Primitive.js", ["Ini", "Toml", "Yaml"]]
]

/** Modules of the command library that most command lines never come to: each is set up at its first use. */
const seldomUsedOnDemand: RolldownPlugin = {
  name: "seldom-used-on-demand",
  transform: {
    filter: { id: /\/effect\/dist\/cli\// },
    async handler(code, id) {
      const [, names = []] = seldomUsed.find(([file]) => id.endsWith(`/dist/cli/${file}`)) ?? []
      let rest = code
      for (const name of names) {
        const imported = new RegExp(`^import \\* as ${name} from "(.*)";$`, "m")
        const [statement, path] = imported.exec(rest) ?? []
        const found = path === undefined ? undefined : await this.resolve(path, id)
        if (statement === undefined || !found) this.error(`${id} imports ${name} in another way than before`)
        const fileName = `${name}.cjs`
        this.emitFile({ type: "chunk", id: found.id, fileName })
        rest = rest
          .replaceAll(new RegExp(`(?<![\\w$."'\`/])${name}\\.(?=\\w)`, "g"), `(${name}()).`)
          .replace(statement, `const ${name} = () => module.require("./${fileName}");`)
      }
      return rest
    }
  }
}

const platformHttp = /require\("(node:https?)"\)/g

/** The platform package loads `node:http` and `node:https` past the bundler: here they are imported as any other module. */
const httpOnDemand: RolldownPlugin = {
  name: "http-on-demand",
  load: {
    filter: { id: /\/@effect\/platform-node\/dist\/internal\/http\.js$/ },
    handler(id) {
      const found = Array.from(readFileSync(id, "utf8").matchAll(platformHttp), ([, name]) => name)
      if (found.join() !== "node:http,node:https")
        this.error("@effect/platform-node loads node:http in another way than before")
      return `exports.http = require("node:http"); exports.https = require("node:https")`
    }
  }
}

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
    plugins: [httpOnDemand, builtinsOnDemand, segmenterOnDemand, seldomUsedOnDemand, notices("cbr"), singleFile],
    // What a bundler for browsers would put there.
    transform: { define: { "import.meta.env": "undefined" } },
    // Only what is called is compiled, and then kept.
    optimization: { pifeForModuleWrappers: false },
    // In a text of one byte a character.
    output: {
      format: "cjs",
      entryFileNames: program,
      chunkFileNames: "[name].cjs",
      minifyInternalExports: false,
      // As modules are. Without it, each call of a function that counts its arguments makes them one with its parameters.
      strict: true,
      charset: "ascii",
      codeSplitting: { groups: [{ name: parse(core).name, test: /\/src\/app\/start\.ts$/ }] }
    }
  })
]

export default bundles
