import { writeFile } from "node:fs/promises"
import { Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { HttpClient } from "effect/http"
import { AdminServer } from "../../src/admin/AdminServer.ts"
import { body, cloud } from "../ConfiguredProcess.ts"
import { configuration, ConfigurationPath, keys, layer as configuredProxy } from "../ConfiguredProxy.ts"
import { get, pathOf } from "../TestProxy.ts"

layer(configuredProxy, { excludeTestServices: true })("a reload", (it) => {
  it.effect("that changes nothing but a region's endpoint leaves nothing of what the old one answered", () =>
    Effect.gen(function* () {
      const path = yield* pathOf((yield* Simulator).backups.available)
      const shown = Effect.map(get(path, { "x-auth-token": keys.owner }), ({ headers, text }) => ({
        isHit: headers["cache-status"]?.startsWith("cbr-proxy; hit"),
        text
      }))
      const first = yield* shown
      assert.deepStrictEqual(yield* shown, { isHit: true, text: first.text })

      const endpoint = yield* cloud((response) => response.end(body))
      const text = JSON.stringify({ ...(yield* configuration), regions: { "cn-north-4": { endpoint } } })
      const file = yield* ConfigurationPath
      yield* Effect.promise(() => writeFile(file, text))
      yield* HttpClient.post(`${(yield* AdminServer).url}/reload`)
      assert.deepStrictEqual(yield* shown, { isHit: false, text: body })
      assert.deepStrictEqual(yield* shown, { isHit: true, text: body })
    })
  )
})
