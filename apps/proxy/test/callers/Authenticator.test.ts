import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Layer, Redacted } from "effect"
import * as ApiKey from "../../src/callers/ApiKey.ts"
import { Authenticator } from "../../src/callers/Authenticator.ts"
import { requestCredential } from "../../src/callers/RequestCredential.ts"

const now = DateTime.makeUnsafe(0)

/** The credential of a request with a key. */
const shown = (key: string) =>
  requestCredential({
    method: "GET",
    target: "/",
    authority: undefined,
    version: "1.1",
    fields: [["x-api-key", key]],
    connection: {}
  })

layer(Layer.merge(NodeCrypto.layerDigest, NodeCrypto.layerSecureRandom))("callers", (it) => {
  it.effect("a key is known by its hash, and no other key is", () =>
    Effect.gen(function* () {
      const key = yield* ApiKey.generate
      const authenticator = yield* Authenticator.pipe(Effect.provide(Authenticator.layerSingle(key)))
      const caller = yield* authenticator.authenticate(yield* shown(Redacted.value(key)), now)
      assert.strictEqual(caller.id, "default")
      for (const wrong of [`${Redacted.value(key)}x`, Redacted.value(key).slice(0, -1), yield* ApiKey.hashOf(key)]) {
        const refusal = yield* Effect.flip(authenticator.authenticate(yield* shown(wrong), now))
        assert.strictEqual(refusal.reason, "Unauthenticated")
        assert.notInclude(refusal.message, wrong)
      }
    })
  )

  it.effect("a new key is one word that a header can carry, and never the same", () =>
    Effect.gen(function* () {
      const [first, second] = [yield* ApiKey.generate, yield* ApiKey.generate]
      assert.match(Redacted.value(first), /^cbrk_[\w-]{43}$/)
      assert.notStrictEqual(Redacted.value(first), Redacted.value(second))
    })
  )

  it.effect("the hash is SHA-256 in hex", () =>
    Effect.gen(function* () {
      // `printf abc | sha256sum`
      assert.strictEqual(
        yield* ApiKey.hashOf(Redacted.make("abc")),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
      )
    })
  )
})
