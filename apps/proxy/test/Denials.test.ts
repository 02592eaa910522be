import { NodeCrypto } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Layer, Redacted } from "effect"
import { HttpBody, HttpClient } from "effect/http"
import * as ApiKey from "../src/callers/ApiKey.ts"
import { Authenticator } from "../src/callers/Authenticator.ts"
import { ipRanges } from "../src/net/IpRanges.ts"
import { Listener } from "../src/server/Server.ts"
import { callerOf } from "./callerOf.ts"
import { get, LogLines, pathOf, testProxyFor } from "./TestProxy.ts"

const known = {
  stranger: callerOf("stranger", { projects: new Set() }),
  batcher: callerOf("batcher", { projects: new Set() }),
  elsewhere: callerOf("elsewhere", { addresses: ipRanges(["192.0.2.0/24"]) }),
  reader: callerOf("reader", {}),
  readerOnce: callerOf("reader", { expires_at: DateTime.makeUnsafe(0) }),
  readerElsewhere: callerOf("reader", { addresses: ipRanges(["192.0.2.0/24"]) })
}

const callers = Layer.effect(
  Authenticator,
  Effect.map(
    Effect.forEach(Object.entries(known), ([key, each]) =>
      Effect.map(ApiKey.hashOf(Redacted.make(key)), (hash) => [hash, each] as const)
    ),
    (hashes) => {
      const byHash = new Map(hashes)
      return Authenticator.make({ ApiKey: ApiKey.verifier(byHash) })
    }
  )
).pipe(Layer.provide(NodeCrypto.layerDigest))

const slow = { perSecond: 1 / 3_600, burst: 3 }
const quotas = { callers: { default: slow }, project: { perSecond: 100, burst: 100 }, failedSignIns: slow }

/** The status of a batch that a caller asks for. */
const batchBy = Effect.fnUntraced(function* (key: keyof typeof known) {
  const { url } = yield* Listener
  const body = HttpBody.text("[]", "application/json")
  const { status } = yield* HttpClient.post(`${url}/-/v1/backups:batchGet`, { headers: { "x-api-key": key }, body })
  return status
})

/** Lines of the audit log that an effect adds. */
const audited = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const lines = yield* LogLines
    const before = lines.length
    const statuses = yield* effect
    return { statuses, audits: lines.slice(before).filter((line) => line.includes('"audit":"denied"')).length }
  })

const five = [1, 2, 3, 4, 5]

layer(testProxyFor({ callers, quotas }), { excludeTestServices: true })("a caller that is denied", (it) => {
  const times = Effect.fnUntraced(function* (key: keyof typeof known) {
    const path = yield* pathOf("6df2b54c-dd62-4059-a07c-1b8f24f2725d")
    return yield* Effect.forEach(five, () => Effect.map(get(path, { "x-api-key": key }), ({ status }) => status))
  })

  it.effect("pays for it like for any request, and can fill no log", () =>
    Effect.gen(function* () {
      const { audits, statuses } = yield* audited(times("stranger"))
      assert.deepStrictEqual(statuses, [403, 403, 403, 429, 429])
      assert.strictEqual(audits, 3)
    })
  )

  it.effect("pays for a batch as well, of which no item is looked at", () =>
    Effect.gen(function* () {
      const { audits, statuses } = yield* audited(Effect.forEach(five, () => batchBy("batcher")))
      assert.deepStrictEqual(statuses, [403, 403, 403, 429, 429])
      assert.strictEqual(audits, 3)
    })
  )

  it.effect("for its address takes nothing of the caller whose key it has: the address pays", () =>
    Effect.gen(function* () {
      const { audits, statuses } = yield* audited(times("elsewhere"))
      assert.deepStrictEqual(statuses, [403, 403, 403, 429, 429])
      assert.strictEqual(audits, 3)
      const path = yield* pathOf("6df2b54c-dd62-4059-a07c-1b8f24f2725d")
      const { headers, status } = yield* get(path, { "x-api-key": "reader" })
      assert.strictEqual(status, 200, "others at that address are served")
      assert.match(headers["ratelimit"] ?? "", /r=2;/)
    })
  )
})

layer(testProxyFor({ callers, quotas }), { excludeTestServices: true })("a thief of a caller's key", (it) => {
  it.effect("that has expired, or is good elsewhere, takes nothing of the caller, whatever is asked for", () =>
    Effect.gen(function* () {
      const path = yield* pathOf("6df2b54c-dd62-4059-a07c-1b8f24f2725d")
      const expired = Effect.map(get(path, { "x-api-key": "readerOnce" }), ({ status }) => status)
      const elsewhere = batchBy("readerElsewhere")
      assert.deepStrictEqual(yield* Effect.all([expired, elsewhere, expired, elsewhere]), [403, 403, 403, 429])
      const { headers, status } = yield* get(path, { "x-api-key": "reader" })
      assert.strictEqual(status, 200)
      assert.match(headers["ratelimit"] ?? "", /r=2;/)
    })
  )
})
