import { SdkHmacSha256 } from "@cbr/client/signing"
import { Simulator } from "@cbr/simulator"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, it, layer } from "@effect/vitest"
import { DateTime, Effect, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { rejectReplay } from "../../src/callers/ReplayProtection.ts"
import type { Signed } from "../../src/callers/RequestCredential.ts"
import type { RequestHead } from "../../src/http/RequestHead.ts"
import { Listener } from "../../src/server/Server.ts"
import * as MemoryStore from "../../src/store/MemoryStore.ts"
import { Store } from "../../src/store/Store.ts"
import { issued, layerOf } from "../ConfiguredProxy.ts"
import { head, rawExchange, statusesOf } from "../RawExchange.ts"
import { LogLines, pathOf } from "../TestProxy.ts"

/** Of a caller that may not call from here. */
const unfit = { ak: "ELSEWHEREKEY0001", sk: issued.sk }

const settings = {
  callers: {
    sdk: { access_keys: [issued], projects: "*", scopes: ["read", "batch", "purge"] },
    elsewhere: { access_keys: [unfit], projects: "*", scopes: ["purge"], addresses: ["192.0.2.0/24"] }
  },
  quotas: { failed_sign_ins_per_minute: 10_000 }
}

const ownKey = { ak: issued.ak, sk: Redacted.make(issued.sk) }

let signings = 0

/** A signed request as bytes. */
const signed = Effect.fnUntraced(
  function* (method: string, path: string, body = "", accessKey = ownKey) {
    // Two that are signed in one second are alike but for this.
    const headers = yield* SdkHmacSha256.sign(
      {
        method,
        path,
        query: "",
        headers: { host: "localhost", "x-signing": String(++signings), "content-type": "application/json" },
        body: new TextEncoder().encode(body)
      },
      { accessKey, date: yield* DateTime.now }
    )
    const fields = Object.entries({ ...headers, ...(body === "" ? {} : { "content-length": String(body.length) }) })
    return (
      head(`${method} ${path} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`), "connection: close") +
      body
    )
  },
  Effect.provide([NodeCrypto.layerMac, NodeCrypto.layerDigest])
)

const sent = (...requests: ReadonlyArray<string>) =>
  Effect.flatMap(Listener, ({ url }) =>
    Effect.forEach(requests, (request) => Effect.map(rawExchange(url, request), (answer) => statusesOf(answer)[0]))
  )

const purging = Effect.map(
  Simulator,
  ({ backups, project_id }) => `/-/v1/projects/${project_id}/backups/${backups.example}/cache`
)

layer(layerOf(settings), { excludeTestServices: true })("a signature", (it) => {
  it.effect("opens a write once", () =>
    Effect.gen(function* () {
      const request = yield* signed("DELETE", yield* purging)
      assert.deepStrictEqual(yield* sent(request, request, request), [204, 401, 401])
      assert.deepStrictEqual(yield* sent(yield* signed("DELETE", yield* purging)), [204], "another is another")
      assert.include((yield* LogLines).join(), "Replayed")
    })
  )

  it.effect("in capitals opens nothing, so one signature has one name", () =>
    Effect.gen(function* () {
      const request = yield* signed("DELETE", yield* purging)
      const inCapitals = request.replace(/(?<=Signature=)[0-9a-f]+/, (hex) => hex.toUpperCase())
      assert.notStrictEqual(inCapitals, request)
      assert.deepStrictEqual(yield* sent(inCapitals, request), [401, 204])
    })
  )

  it.effect("that may not be used from here is not used up by the try, and costs its caller nothing", () =>
    Effect.gen(function* () {
      const elsewhere = { ak: unfit.ak, sk: Redacted.make(unfit.sk) }
      const request = yield* signed("DELETE", yield* purging, "", elsewhere)
      assert.deepStrictEqual(yield* sent(request, request), [403, 403])
    })
  )

  it.effect("opens a write once of many that come together", () =>
    Effect.gen(function* () {
      const request = yield* signed("DELETE", yield* purging)
      const statuses = yield* Effect.all(
        Array.from({ length: 20 }, () => sent(request)),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(
        statuses.flat().toSorted((a, b) => a! - b!),
        [204, ...Array<number>(19).fill(401)]
      )
    })
  )

  it.effect("opens a read as often as it comes", () =>
    Effect.gen(function* () {
      const { backups, project_id } = yield* Simulator
      const read = yield* signed("GET", yield* pathOf(backups.example))
      assert.deepStrictEqual(yield* sent(read, read, read), [200, 200, 200])
      const items = JSON.stringify({ backups: [{ project_id, backup_id: backups.example }] })
      const batch = yield* signed("POST", "/-/v1/backups:batchGet", items)
      const statuses = yield* sent(batch, batch)
      assert.strictEqual(statuses[0], statuses[1])
      assert.notStrictEqual(statuses[1], 401)
    })
  )
})

layer(layerOf({ ...settings, signatures: { replay: "refuse" } }), { excludeTestServices: true })(
  "a signature, where reads may not be replayed",
  (it) => {
    it.effect("opens a read once as well, in the cache or not", () =>
      Effect.gen(function* () {
        const { backups, project_id } = yield* Simulator
        const path = yield* pathOf(backups.available)
        const read = yield* signed("GET", path)
        assert.deepStrictEqual(yield* sent(read, read), [200, 401])
        const hit = yield* signed("GET", path)
        assert.deepStrictEqual(yield* sent(hit, hit, read), [200, 401, 401])
        const items = JSON.stringify({ backups: [{ project_id, backup_id: backups.example }] })
        const batch = yield* signed("POST", "/-/v1/backups:batchGet", items)
        const [first, second] = yield* sent(batch, batch)
        assert.notStrictEqual(first, 401)
        assert.strictEqual(second, 401)
      })
    )
  }
)

describe("the name of a used signature", () => {
  const shown = (signature: string): Signed => ({
    _tag: "SdkSignature",
    head: {
      method: "DELETE",
      target: "/",
      fields: [["authorization", `SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=${signature}`]]
    } as unknown as RequestHead,
    body: new Uint8Array()
  })
  const passes = Effect.map(
    Store,
    (store) => (signature: string) => Effect.isSuccess(rejectReplay(store, shown(signature), "allow", Effect.void))
  )
  const lower = "a".repeat(64)

  it.effect("is remembered for as long as it may be good, 15 minutes ahead and 15 behind", () =>
    Effect.gen(function* () {
      const pass = yield* passes
      assert.isTrue(yield* pass(lower))
      yield* TestClock.adjust("1799 seconds")
      assert.isFalse(yield* pass(lower))
      yield* TestClock.adjust("1 second")
      assert.isTrue(yield* pass(lower))
    }).pipe(Effect.provide(MemoryStore.layer))
  )

  it.effect("is the same in either case of its digits", () =>
    Effect.gen(function* () {
      const pass = yield* passes
      assert.isTrue(yield* pass(lower))
      assert.isFalse(yield* pass(lower.toUpperCase()))
    }).pipe(Effect.provide(MemoryStore.layer))
  )
})
