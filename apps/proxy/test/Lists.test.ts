import { Fault, Simulator } from "@cbr/simulator"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { HttpClient } from "effect/http"
import * as ApiKey from "../src/callers/ApiKey.ts"
import { Authenticator } from "../src/callers/Authenticator.ts"
import { Listener } from "../src/server/Server.ts"
import { callerOf } from "./callerOf.ts"
import { openStream } from "./live/Streaming.ts"
import { get, key, LogLines, testProxyFor, whereAllWaits } from "./TestProxy.ts"

/** Path of the simulated account's list. */
const listPath = (query = "") => Effect.map(Simulator, ({ project_id }) => `/v3/${project_id}/backups${query}`)

const listed = Effect.fnUntraced(function* (query?: string, headers: Readonly<Record<string, string>> = {}) {
  return yield* get(yield* listPath(query), { "x-auth-token": key, ...headers })
})

const idsIn = (text: string) =>
  (JSON.parse(text) as { backups: ReadonlyArray<{ id: string }> }).backups.map(({ id }) => id)

const answering = [
  { by: "at once", proxyFor: testProxyFor },
  { by: "after a wait", proxyFor: whereAllWaits }
]

describe.each(answering)("a list, answered $by,", ({ proxyFor }) => {
  layer(proxyFor(), { excludeTestServices: true })((it) => {
    it.effect("is the cloud's, to the byte, and is cached with its tag", () =>
      Effect.gen(function* () {
        const { cbr, clearRequests, issueToken, requests } = yield* Simulator
        const query = "?limit=3&offset=1&sort=created_at%3Adesc"
        const own = yield* HttpClient.get(`${cbr}${yield* listPath(query)}`, {
          headers: { "x-auth-token": Redacted.value(yield* issueToken) }
        })
        const text = yield* own.text
        yield* clearRequests
        const first = yield* listed(query)
        assert.strictEqual(first.status, 200)
        assert.strictEqual(first.text, text)
        assert.lengthOf(idsIn(first.text), 3)
        assert.strictEqual(first.headers["content-type"], "application/json")
        assert.strictEqual(first.headers["cache-status"], "cbr-proxy; fwd=uri-miss; fwd-status=200; stored")
        const again = yield* listed("?sort=created_at:desc&offset=1&limit=3")
        assert.match(again.headers["cache-status"] ?? "", /^cbr-proxy; hit; ttl=\d$/)
        assert.strictEqual(again.text, text)
        assert.strictEqual(again.headers["x-request-id"], first.headers["x-request-id"])
        const known = yield* listed(query, { "if-none-match": first.headers["etag"] ?? "" })
        assert.deepStrictEqual([known.status, known.text], [304, ""])
        const { url } = yield* Listener
        const head = yield* HttpClient.head(`${url}${yield* listPath(query)}`, { headers: { "x-auth-token": key } })
        assert.deepStrictEqual([head.status, head.headers["etag"]], [200, first.headers["etag"]])
        assert.lengthOf(yield* requests, 1)
        assert.include((yield* LogLines).join("\n"), '"route":"/v3/:project_id/backups"')
      })
    )

    it.effect("names the stream of the project's events", () =>
      Effect.gen(function* () {
        const { project_id } = yield* Simulator
        const { headers } = yield* listed("?limit=1")
        assert.strictEqual(
          headers["link"],
          `</-/v1/projects/${project_id}/backups/events>; rel="monitor"; type="text/event-stream"`
        )
      })
    )

    it.effect("takes every parameter of the page, Chinese and repeated ones too", () =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const { text } = yield* listed("?status=error&status=available&name=%E5%A4%9C%E9%97%B4&show_replication=true")
        assert.deepStrictEqual(idsIn(text), [])
        const all = yield* listed("?status=error&status=available")
        assert.include(idsIn(all.text), backups.available)
        assert.notInclude(idsIn(all.text), backups.restoring ?? "none")
      })
    )

    it.effect("is refused, and the cloud not asked, for a query that is not of ListBackups in its one form", () =>
      Effect.gen(function* () {
        const { clearRequests, requests } = yield* Simulator
        yield* clearRequests
        const refused = [
          ["?limit", "not name=value"],
          ["?limit=1&", "not name=value"],
          ["?name=a+b", "a + is %2B"],
          ["?name=%E5%A4", "not name=value"],
          ["?a=b=c", "not name=value"],
          ["?foo=1", "no query parameter foo"],
          ["?limit=1&limit=2", "the query parameter limit once"],
          ["?limit=01", "this value of the query parameter limit"],
          ["?limit=1001&offset=-1&status=fine", "this value of the query parameter offset"],
          ["?name=", "this value of the query parameter name"],
          ["?incremental=True", "this value of the query parameter incremental"],
          ["?start_time=2018-02-30T12:00:00Z", "this value of the query parameter start_time"],
          ["?sort=size", "this value of the query parameter sort"],
          ["?Limit=1", "no query parameter Limit (did you mean limit?)"],
          ["?%3Cscript%3E=1", "whose name is not a word"],
          ["?__proto__=1", "no query parameter __proto__"]
        ] as const
        for (const [query, why] of refused) {
          const { status, text } = yield* listed(query)
          assert.strictEqual(status, 400, query)
          const problem = JSON.parse(text) as { error_code: string; detail: string }
          assert.strictEqual(problem.error_code, "CbrProxy.BadRequest")
          assert.include(problem.detail, why, query)
        }
        const { status } = yield* get(`/v3/${"0".repeat(200)}/backups`)
        assert.strictEqual(status, 400)
        assert.lengthOf(yield* requests, 0)
      })
    )

    it.effect("is what the cloud answers, where it refuses or is ill", () =>
      Effect.gen(function* () {
        const { clearFaults, inject } = yield* Simulator
        yield* inject(Fault.Answer({ status: 503 }), { on: "cbr", times: Infinity })
        const { status, text } = yield* listed("?limit=7")
        yield* clearFaults
        assert.strictEqual(status, 503)
        assert.strictEqual((JSON.parse(text) as { retryable: boolean }).retryable, true)
        assert.strictEqual((yield* listed("?limit=7")).status, 200)
      })
    )

    it.effect("answers GET and HEAD alone", () =>
      Effect.gen(function* () {
        const { url } = yield* Listener
        const response = yield* HttpClient.post(`${url}${yield* listPath()}`, { headers: { "x-auth-token": key } })
        assert.deepStrictEqual([response.status, response.headers["allow"]], [405, "GET, HEAD"])
      })
    )
  })
})

const project = "4229d7a45436489f8c3dc2b1d35d4987"
const shared = "0123456789abcdef0123456789abcdef"

const known = {
  reader: callerOf("reader", {}),
  lister: callerOf("lister", { projects: new Set([project]), scopes: new Set(["list"]) }),
  both: callerOf("both", { projects: new Set([project, shared]), scopes: new Set(["list", "watch"]) }),
  watcher: callerOf("watcher", { projects: new Set([project]), scopes: new Set(["list", "watch"]) }),
  looker: callerOf("looker", { scopes: new Set(["watch", "read"]) }),
  all: callerOf("all", { scopes: new Set(["list"]) }),
  elsewhere: callerOf("elsewhere", { projects: new Set([shared]), scopes: new Set(["list", "watch", "read"]) })
}

const callers = Layer.effect(
  Authenticator,
  Effect.map(
    Effect.forEach(Object.entries(known), ([name, each]) =>
      Effect.map(ApiKey.hashOf(Redacted.make(name)), (hash) => [hash, each] as const)
    ),
    (hashes) => Authenticator.make({ ApiKey: ApiKey.verifier(new Map(hashes)) })
  )
).pipe(Layer.provide(NodeCrypto.layerDigest))

layer(testProxyFor({ callers }), { excludeTestServices: true })("the right to a list", (it) => {
  const by = (name: keyof typeof known, query = "") =>
    Effect.flatMap(listPath(query), (path) => get(path, { "x-api-key": name }))

  it.effect("is the scope list for the project; the scope read is not enough, nor another project", () =>
    Effect.gen(function* () {
      const { clearRequests, requests } = yield* Simulator
      yield* clearRequests
      for (const name of ["reader", "elsewhere"] as const) {
        assert.strictEqual((yield* by(name)).status, 403, name)
      }
      assert.lengthOf(yield* requests, 0)
      assert.strictEqual((yield* by("lister")).status, 200)
      assert.notProperty((yield* by("lister")).headers, "link")
      assert.property((yield* by("both")).headers, "link")
      const events = `/-/v1/projects/${project}/backups/events`
      for (const name of ["reader", "lister", "looker", "elsewhere"] as const) {
        assert.strictEqual((yield* get(events, { "x-api-key": name })).status, 403, name)
      }
    })
  )

  it.effect("ends at the projects of the caller: no list is shown that has a backup of another", () =>
    Effect.gen(function* () {
      const { put } = yield* Simulator
      const body = JSON.stringify({
        backup: {
          id: "0adeadde-0000-4000-8000-000000000001",
          project_id: shared,
          name: "Canary-foreign",
          status: "available"
        }
      })
      yield* put({ backup_id: "0adeadde-0000-4000-8000-000000000001", project_id: project, body })
      for (const _ of ["from the cloud", "from the cache"]) {
        const denied = yield* by("lister", "?name=Canary-foreign")
        assert.strictEqual(denied.status, 403)
        assert.notInclude(denied.text, "Canary-foreign")
        for (const name of ["both", "all"] as const) {
          assert.include((yield* by(name, "?name=Canary-foreign")).text, "Canary-foreign", name)
        }
      }
      assert.include((yield* LogLines).join("\n"), `"audit":"denied"`)
    })
  )

  it.effect("a watcher's rights end there too: no backup of another project is told, though it was shown", () =>
    Effect.gen(function* () {
      const { put } = yield* Simulator
      const { url } = yield* Listener
      const stream = yield* openStream(`${url}/-/v1/projects/${project}/backups/events`, { "x-api-key": "watcher" })
      yield* stream.atLeast(1)
      const shownOf = Effect.fnUntraced(function* (backup_id: string, project_id: string, name: string) {
        const body = JSON.stringify({ backup: { id: backup_id, project_id, name, status: "available" } })
        yield* put({ backup_id, project_id: project, body })
        const { status } = yield* get(`/v3/${project}/backups/${backup_id}`, { "x-api-key": "reader" })
        assert.strictEqual(status, 200)
      })
      yield* shownOf("0adeadde-0000-4000-8000-000000000002", shared, "Canary-shared")
      yield* shownOf("0adeadde-0000-4000-8000-000000000003", project, "own")
      const told = JSON.stringify(yield* stream.atLeast(2))
      assert.notInclude(told, "Canary-shared")
      assert.include(told, '"name\\":\\"own')
    })
  )
})
