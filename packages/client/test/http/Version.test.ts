import { version } from "@cbr/client"
import { assert, it } from "@effect/vitest"
import manifest from "../../package.json" with { type: "json" }

it("the version is the manifest's", () => {
  assert.strictEqual(version, manifest.version)
})
