import { BackupClient } from "@cbr/client"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, layer } from "@effect/vitest"
import { DateTime, Deferred, Effect, Layer, Redacted } from "effect"
import { HttpBody, HttpClient } from "effect/http"
import * as ApiKey from "../src/callers/ApiKey.ts"
import { Authenticator } from "../src/callers/Authenticator.ts"
import { scopes } from "../src/rights/Caller.ts"
import { Listener } from "../src/server/Server.ts"
import { responseOf } from "./cache/backupOf.ts"
import { callerOf } from "./callerOf.ts"
import { get, proxyOver } from "./TestProxy.ts"

const slow = { perSecond: 1 / 3_600, burst: 3 }
const quotas = { callers: { default: slow }, project: { perSecond: 100, burst: 100 }, failedSignIns: slow }

const path = "/v3/p/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d"
const batch = (text: string) => ({ path: "/-/v1/backups:batchGet", body: HttpBody.text(text, "application/json") })

interface Asked {
  readonly path: string
  readonly body?: HttpBody.HttpBody
  readonly headers?: Readonly<Record<string, string>>
}

/** Requests that show no backup, each by a caller of its own. */
const cases: ReadonlyArray<readonly [string, Asked, status: number]> = [
  ["discovery", { path: "/v3/projects" }, 200],
  ["discovery by what is no name", { path: "/v3/projects?nam=x" }, 400],
  ["a batch that is no JSON", batch("{"), 400],
  [
    "a batch of too many",
    batch(JSON.stringify({ items: Array.from({ length: 101 }, () => ({ project_id: "p", backup_id: "b" })) })),
    413
  ],
  ["a batch of nothing", batch('{"items":[]}'), 200],
  ["a batch of another type", { ...batch("{}"), body: HttpBody.text("{}", "text/plain") }, 415],
  ["a batch with no time limit", { ...batch('{"items":[]}'), headers: { "x-cbr-timeout-ms": "soon" } }, 400],
  ["a parameter that nothing takes", { path: `${path}?x=1` }, 400],
  ["a time limit that is none", { path, headers: { "x-cbr-timeout-ms": "soon" } }, 400],
  ["a parameter for a stream", { path: `/-/v1/projects/p/backups/b/events?x=1` }, 400]
]

const known = new Map(
  [...cases.map(([name]) => name), "batcher"].map((name) => [
    name.replaceAll(" ", "-"),
    callerOf(name, { scopes: new Set(scopes) })
  ])
)
const expired = callerOf("discovery", { expires_at: DateTime.makeUnsafe(0) })

const callers = Layer.effect(
  Authenticator,
  Effect.gen(function* () {
    const byHash = new Map<string, typeof expired>()
    for (const [key, each] of [...known, ["expired", expired] as const]) {
      byHash.set(yield* ApiKey.hashOf(Redacted.make(key)), each)
    }
    return Authenticator.make({ ApiKey: ApiKey.verifier(byHash) })
  })
).pipe(Layer.provide(NodeCrypto.layerDigest))

/** What the first backup of a batch waits for. */
const gate = Deferred.makeUnsafe<void>()
const first = "00000000-0000-4000-8000-000000000000"

const client = Layer.succeed(
  BackupClient,
  BackupClient.of({
    ...({} as BackupClient["Service"]),
    showBackup: ({ backup_id }) =>
      Effect.gen(function* () {
        // Until the other one is answered.
        if (backup_id === first) yield* Effect.andThen(Deferred.await(gate), Effect.sleep("50 millis"))
        else yield* Deferred.succeed(gate, undefined)
        return responseOf({ status: "available" })
      })
  })
)

const ask = Effect.fnUntraced(function* ({ body, headers = {}, path }: Asked, key: string) {
  const options = { headers: { "x-api-key": key.replaceAll(" ", "-"), ...headers } }
  if (body === undefined) return yield* get(path, options.headers)
  const response = yield* HttpClient.post((yield* Listener).url + path, { ...options, body })
  return { status: response.status, headers: response.headers, text: yield* response.text }
})

const proxy = Layer.merge(proxyOver(client, { callers, quotas }), NodeHttpClient.layerUndici)

layer(proxy, { excludeTestServices: true })("a request of a caller", (it) => {
  it.effect.each(cases)("is one of its quota, also for %s", ([name, asked, status]) =>
    Effect.gen(function* () {
      for (const left of [2, 1, 0]) {
        const { headers, ...answer } = yield* ask(asked, name)
        assert.strictEqual(answer.status, status)
        assert.strictEqual(headers["ratelimit-policy"], '"caller";q=3;w=10800')
        assert.include(headers["ratelimit"], `"caller";r=${left};`)
      }
      const { headers, ...answer } = yield* ask(asked, name)
      assert.strictEqual(answer.status, 429)
      assert.include(headers["ratelimit"], '"caller";r=0;')
    })
  )

  it.effect("with a key that has expired is one of its address, and tells nothing of the quota", () =>
    Effect.gen(function* () {
      const answers = yield* Effect.forEach([1, 2, 3, 4], () => ask({ path: "/v3/projects" }, "expired"))
      assert.deepStrictEqual(
        answers.map(({ status }) => status),
        [200, 200, 200, 429]
      )
      for (const { headers } of answers) assert.notProperty(headers, "ratelimit")
    })
  )

  it.effect("is as many as a batch has items, and the answer says what the last of them left", () =>
    Effect.gen(function* () {
      const items = [first, first.replace("00", "10")].map((backup_id) => ({ project_id: "p", backup_id }))
      const { headers } = yield* ask(batch(JSON.stringify({ items })), "batcher")
      assert.include(headers["ratelimit"], '"caller";r=1;')
    })
  )
})
