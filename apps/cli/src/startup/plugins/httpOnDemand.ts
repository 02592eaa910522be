import { readFileSync } from "node:fs"
import type { RolldownPlugin } from "rolldown"

const platformHttp = /require\("(node:https?)"\)/g

/**
 * The platform package loads `node:http` and `node:https` past the bundler: here they are imported as any other module.
 */
export const httpOnDemand: RolldownPlugin = {
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
