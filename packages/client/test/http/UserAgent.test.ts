import { version } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { userAgent, userAgentOf } from "../../src/http/UserAgent.ts"

describe("the user agent", () => {
  it("names this version and this runtime", () => {
    assert.strictEqual(userAgent, `cbr/${version} node/${process.versions.node}`)
  })

  const cases: ReadonlyArray<readonly [name: string, runtime: object, expected: string | undefined]> = [
    [
      "Node, which has a navigator too",
      { process: { versions: { node: "24.1.0" } }, navigator: { userAgent: "Node.js/24" } },
      "node/24.1.0"
    ],
    ["Bun, which says that it is a Node", { process: { versions: { node: "26.3.0", bun: "1.4.5" } } }, "bun/1.4.5"],
    ["Deno, which says that it is a Node", { process: { versions: { node: "26.3.0", deno: "2.9.6" } } }, "deno/2.9.6"],
    ["an edge runtime", { navigator: { userAgent: "Cloudflare-Workers" } }, "Cloudflare-Workers"],
    ["a name that no header can carry", { navigator: { userAgent: "a\r\nX-B: c" } }, "a-X-B:-c"],
    ["an empty name", { navigator: { userAgent: "" } }, ""],
    ["nothing", {}, ""],
    ["a process without versions", { process: {} }, ""]
  ]
  for (const [name, runtime, expected] of cases) {
    it(`of ${name}`, () => {
      assert.strictEqual(userAgentOf(runtime), `cbr/${version} ${expected}`.trimEnd())
    })
  }

  it("is left to a browser, which has its own", () => {
    assert.isUndefined(userAgentOf({ document: {}, navigator: { userAgent: "Mozilla/5.0" } }))
  })
})
