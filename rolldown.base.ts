import { isBuiltin } from "node:module"
import type { InputOptions, OutputOptions, RolldownPlugin } from "rolldown"

/** The first words of a bundle: on a Node that is too old they say so, where a stack trace would else be all there is. */
export const nodeGuard = (name: string, { engines: { node } }: { readonly engines: { readonly node: string } }) => {
  const [, major, minor] = /^>=(\d+)\.(\d+)$/.exec(node) ?? []
  if (major === undefined || minor === undefined) throw new Error(`engines.node is not of the form >=22.19: ${node}`)
  return `{
  const [major, minor] = process.versions.node.split(".").map(Number)
  if (major < ${major} || (major === ${major} && minor < ${minor})) {
    console.error("${name}: needs Node ${major}.${minor} or later; this is Node " + process.versions.node)
    process.exit(3)
  }
}`
}

/** What rolldown builds: always one output. */
export type Bundle = InputOptions & { readonly output: OutputOptions }

/** One file without dependencies, for Node. */
export const bundle = (options: Bundle): Bundle => ({
  platform: "node",
  ...options,
  output: { dir: "dist", minify: true, codeSplitting: false, ...options.output }
})

/** Node's own modules, each loaded where the first module that needs it begins, rather than all as the bundle begins. */
export const builtinsOnDemand: RolldownPlugin = {
  name: "builtins-on-demand",
  resolveId: (id, importer) =>
    importer !== undefined && isBuiltin(id) ? `\0${id.replace(/^(?:node:)?/, "node:")}` : undefined,
  load: (id) =>
    id.startsWith("\0node:") ? `module.exports = process.getBuiltinModule(${JSON.stringify(id.slice(1))})` : undefined
}
