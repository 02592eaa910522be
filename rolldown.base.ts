import { isBuiltin } from "node:module"
import type { InputOptions, OutputOptions, RolldownPlugin } from "rolldown"

/** The first words of a bundle. On a Node that is too old they say so, in the place of a stack trace. */
export const nodeGuard = (name: string, { engines: { node } }: { readonly engines: { readonly node: string } }) => {
  const [, major, minor] = /^>=(\d+)\.(\d+)$/.exec(node) ?? []
  if (major === undefined || minor === undefined) throw new Error(`engines.node is not of the form >=22.19: ${node}`)
  return `{
  const [major, minor] = process.versions.node.split(".").map(Number)
  if (major < ${major} || (major === ${major} && minor < ${minor})) {
    console.error("${name}: needs Node ${major}.${minor} or later; this is Node " + process.versions.node + "; install a newer Node, or the Debian package, which has its own")
    process.exit(3)
  }
}`
}

/** The options of one rolldown build, which has one output. */
export type Bundle = InputOptions & { readonly output: OutputOptions }

/** One file without dependencies, for Node. */
export const bundle = (options: Bundle): Bundle => ({
  platform: "node",
  ...options,
  output: { dir: "dist", minify: true, codeSplitting: false, ...options.output }
})

const named = /^import\s*\{([^}]*)\}\s*from\s*(["'])(node:[\w/]+)\2;?/gm

/**
 * Node's own modules as namespaces, of which a name that an older Node lacks is undefined. An import by name would end
 * that Node with a stack trace, before the bundle can say that Node is too old.
 */
export const builtinsAsNamespaces: RolldownPlugin = {
  name: "builtins-as-namespaces",
  transform: {
    filter: { code: named },
    handler: (code) => {
      let count = 0
      return code.replace(named, (_, names: string, _quote, id: string) => {
        const taken = names
          .split(",")
          .map((name) => name.trim())
          .filter((name) => name !== "" && !name.startsWith("type "))
          .map((name) => name.replace(/ as /, ": "))
        const module = `builtin${count++}`
        return `import * as ${module} from ${JSON.stringify(id)}; const { ${taken.join(", ")} } = ${module};`
      })
    }
  }
}

const builtin = "\0builtin:"

const namespace = /^import \* as (\w+) from (["'])((?:node:)?[\w/]+)\2;?$/gm

const onDemand = (whole: string) => `const load = () => ${whole}
module.exports = new Proxy({}, {
  get: (_, name) => load()[name],
  has: (_, name) => name in load(),
  ownKeys: () => Reflect.ownKeys(load()),
  getOwnPropertyDescriptor: (_, name) => ({ ...Reflect.getOwnPropertyDescriptor(load(), name), configurable: true })
})`

/**
 * Node's own modules, each loaded when something of it is first used, rather than all as the bundle begins: `node:tls`
 * alone reads every root certificate, and `node:crypto` is some forty files.
 */
export const builtinsOnDemand: RolldownPlugin = {
  name: "builtins-on-demand",
  resolveId: (id, importer) =>
    importer !== undefined && isBuiltin(id) ? builtin + id.replace(/^(?:node:)?/, "node:") : undefined,
  load: (id) => {
    if (!id.startsWith(builtin)) return undefined
    const name = id.slice(builtin.length)
    const whole = `process.getBuiltinModule(${JSON.stringify(name)})`
    // One that is a class itself, as `node:events` is, has to be there to be extended.
    return typeof process.getBuiltinModule(name) === "function" ? `module.exports = ${whole}` : onDemand(whole)
  },
  // The bundler copies what is imported as a namespace, member by member, and the copy would load it.
  transform: {
    filter: { code: namespace },
    handler: (code) =>
      code.replace(namespace, (statement, name: string, _, id: string) =>
        isBuiltin(id) ? `const ${name} = require(${JSON.stringify(id)});` : statement
      )
  }
}
