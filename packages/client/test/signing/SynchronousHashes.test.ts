import { SdkHmacSha256 } from "@cbr/client/signing"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { hashes } from "../../src/signing/Hashes.node.ts"
import { synchronousSigner } from "../../src/signing/SynchronousHashes.ts"
import { NodeHashes } from "./NodeHashes.ts"
import { accessKeyOf, onWire, randomRequest } from "./RandomRequest.ts"

layer(NodeHashes)("signing without a fiber", (it) => {
  it.effect.prop(
    "gives the headers that sign gives, whatever the request, the key and the time",
    [randomRequest],
    ([random]) =>
      Effect.gen(function* () {
        const [request, options] = [onWire(random), { accessKey: accessKeyOf(random), date: random.date }]
        assert.deepStrictEqual(synchronousSigner(hashes)(request, options), yield* SdkHmacSha256.sign(request, options))
      })
  )
})
