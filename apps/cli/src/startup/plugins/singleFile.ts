import { createHash } from "node:crypto"
import type { RolldownPlugin } from "rolldown"
import { nameLength } from "../CodeCache.ts"
import { startupOptimizations } from "../StartupOptimizations.ts"

/** The file that all chunks come to stand in. */
export const program = "cbr.cjs"

/**
 * The chunk of the code that every command runs. Its modules share one scope; in a file of one chunk each would be wrapped, to
 * be run later.
 */
export const core = "core.cjs"

/** The export of the core that the starter calls. */
const entry = "start"

const exported =
  /\nObject\.defineProperty\(exports, "([^"]+)", \{\s*enumerable: true,\s*get: function \(\) \{\s*return [\w$]+;\s*\}\s*\}\);/g

/**
 * All chunks in one text for `CodeCache.ts`, each a function that is neither compiled nor run before it is asked for.
 * Named and put around it there, a megabyte would be read and copied twice.
 */
export const singleFile: RolldownPlugin = {
  name: "one-file",
  // Half a thousand exports are for other chunks alone: they are made for the first of those.
  renderChunk(code, { fileName }) {
    if (fileName !== core || !startupOptimizations.sharedExportsOnDemand) return undefined
    const all = Array.from(code.matchAll(exported), ([statement, name]) => ({ statement, isEntry: name === entry }))
    if (all.filter(({ isEntry }) => isEntry).length !== 1) this.error(`${core} exports in another way than before`)
    const statements = (isEntry: boolean) =>
      all.flatMap((each) => (each.isEntry === isEntry ? [each.statement] : [])).join("")
    return `${code.replace(exported, "")}${statements(true)}\nmodule.share = () => {${statements(false)}\n};`
  },
  generateBundle(_, files) {
    const chunks = Object.values(files).filter((file) => file.type === "chunk")
    const whole = chunks.find(({ fileName }) => fileName === program)
    if (whole === undefined) return this.error(`no chunk is called ${program}`)
    const others = chunks.filter((chunk) => chunk !== whole)
    const functions = others.map(({ code, fileName }) => `"./${fileName}":function(exports,require,module){${code}\n}`)
    const code = `const chunks={${functions.join(",\n")}},modules={};
const run=id=>{const module=modules[id]={exports:{},require:load};chunks[id](module.exports,load,module);return module};
const load=id=>{if(!Object.hasOwn(chunks,id))return require(id);const module=modules[id]??run(id);module.share?.();module.share=undefined;return module.exports};
exports.${entry}=run("./${core}").exports.${entry}`
    const name = createHash("sha256")
      .update(code)
      .digest("hex")
      .slice(0, nameLength - "/**/".length)
    whole.code = `/*${name}*/(function(exports,require,module,__filename){${code}\n})`
    for (const { fileName } of others) delete files[fileName]
  }
}
