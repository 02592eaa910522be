import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { makeSeal, sealingKeyBytes } from "../../src/crypto/Encryption.ts"

describe("sealed text", () => {
  it.effect("opens at the place that it was sealed for, and at no other", () =>
    Effect.gen(function* () {
      const { close, open } = yield* makeSeal([
        { id: "one", key: Redacted.make(new Uint8Array(sealingKeyBytes).fill(7)) }
      ])
      const sealed = yield* close("text", "a")
      assert.notInclude(sealed, "text")
      assert.strictEqual(yield* open(sealed, "a"), "text")
      assert.isUndefined(yield* open(sealed, "b"))
    }).pipe(Effect.provide(Layer.mergeAll(NodeCrypto.layerAead, NodeCrypto.layerSecureRandom)))
  )
})
