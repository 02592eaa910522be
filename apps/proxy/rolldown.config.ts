import { fileURLToPath } from "node:url"
import { buildBoard } from "@cbr/board/build"
import type { RolldownPlugin } from "rolldown"
import { type Bundle, builtinsAsNamespaces, bundle, nodeGuard } from "../../rolldown.base.ts"
import { notices } from "../../rolldown.notices.ts"
import manifest from "./package.json" with { type: "json" }

/** V8 keeps a text in half the memory where every character is in Latin 1. */
const inAscii: RolldownPlugin = {
  name: "in-ascii",
  generateBundle(_, files) {
    for (const file of Object.values(files)) {
      if (file.type !== "chunk") continue
      file.code = file.code.replaceAll(
        /[^\0-\x7F]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
      )
    }
  }
}

const program = /\/src\/main\.ts$/
/** Files that are loaded when they are needed: the page of the API is as large as all else together. */
const redis = /\/NodeRedis\.ts$/
const page = /\/httpApiSwagger\.js$/
const board = /\/board\/dist\/assets\.js$/

const fileOf = (id: string): string =>
  program.test(id)
    ? "./program.mjs"
    : redis.test(id)
      ? "./redis.mjs"
      : page.test(id)
        ? "./documentation.mjs"
        : board.test(id)
          ? "./board.mjs"
          : id

/**
 * Empties the module by which a connection of Effect's HTTP client or server leaves HTTP: none does here. The client
 * imports it on demand, and so the bundler would wrap it, and the hundred modules of Effect that it imports, in
 * functions. Their constants would be variables, whose value V8 loads and checks at each use.
 */
const withoutUpgrades: RolldownPlugin = {
  name: "without-upgrades",
  load: {
    filter: { id: /\/platform-node\/dist\/internal\/upgrade\.js$/ },
    handler: () => "export const drainBody = undefined, frameBody = undefined, toSocket = undefined"
  }
}

/** One instance, so that the last bundle's file has what all of them contain. */
const thirdParty = notices("cbr-proxy")
const plugins = [thirdParty, inAscii]

// The page is a bundle of its own, whose files are in the program as text.
await buildBoard(thirdParty)

const bundles: ReadonlyArray<Bundle> = [
  bundle({
    input: { main: "src/start.ts" },
    external: program,
    plugins: [builtinsAsNamespaces],
    output: { format: "esm", cleanDir: true, paths: fileOf, intro: nodeGuard("cbr-proxy", manifest) }
  }),
  bundle({
    input: { redis: "src/store/NodeRedis.ts" },
    plugins,
    output: { format: "esm", entryFileNames: "redis.mjs" }
  }),
  bundle({
    input: {
      page: fileURLToPath(new URL("internal/httpApiSwagger.js", import.meta.resolve("effect/http-api/HttpApiSwagger")))
    },
    plugins,
    output: { format: "esm", entryFileNames: "documentation.mjs" }
  }),
  bundle({
    input: { board: fileURLToPath(import.meta.resolve("@cbr/board/assets")) },
    plugins,
    output: { format: "esm", entryFileNames: "board.mjs" }
  }),
  // One file: split chunks break the transport that the platform package loads by a dynamic import.
  bundle({
    input: { program: "src/main.ts" },
    external: [redis, page, board],
    plugins: [...plugins, withoutUpgrades],
    output: { format: "esm", entryFileNames: "program.mjs", paths: fileOf }
  })
]

export default bundles
