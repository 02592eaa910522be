import { gzipSync } from "node:zlib"
import { bundle } from "./bundle.ts"

/** Most bytes of the promise client in a browser, minified and gzipped: Effect, lists and the sentence of every failure in it. */
const budget = 110_000

const rows = [
  { name: "@cbr/client/promise", platform: "browser", source: `export * from "@cbr/client/promise"` },
  {
    // The official core does not load in a browser. This is what makes one call with it, without any service's client.
    name: "official core",
    platform: "node",
    source: `
      export { ClientBuilder } from "@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js"
      export { BasicCredentials } from "@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js"`
  }
] as const

const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`.padStart(10)

console.log(`${"minified".padStart(34)}${"gzipped".padStart(10)}`)
let heaviest = 0
for (const { name, platform, source } of rows) {
  const { code } = await bundle(source, platform)
  const gzipped = gzipSync(code, { level: 9 }).length
  if (platform === "browser") heaviest = Math.max(heaviest, gzipped)
  console.log(`${name.padEnd(24)}${kB(code.length)}${kB(gzipped)}`)
}
console.log(`${"budget".padEnd(34)}${kB(budget)}`)
if (heaviest > budget) process.exitCode = 1
