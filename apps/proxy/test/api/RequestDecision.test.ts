import { BackupClient, BackupNotFound, InvalidRequest, ServiceUnavailable, type ShowBackupError } from "@cbr/client"
import { SdkHmacSha256 } from "@cbr/client/signing"
import { isShowBackupRequest, type ShowBackupResponse } from "@cbr/domain"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Context, DateTime, Effect, Layer, Metric, Redacted, Schema } from "effect"
import { TestClock } from "effect/testing"
import { makeDecide } from "../../src/api/RequestDecision.ts"
import { BackupCache } from "../../src/cache/BackupCache.ts"
import { noDirectives } from "../../src/cache/CacheControl.ts"
import * as ApiKey from "../../src/callers/ApiKey.ts"
import { Authenticator } from "../../src/callers/Authenticator.ts"
import { RateLimits } from "../../src/callers/RateLimits.ts"
import { unauthenticated } from "../../src/callers/RequestCredential.ts"
import * as SdkSignature from "../../src/callers/SdkSignature.ts"
import { BackupAccess } from "../../src/gateway/BackupAccess.ts"
import { defaultHttpLimits } from "../../src/http/HttpLimits.ts"
import { defaultCachePolicy } from "../../src/policy/CachePolicy.ts"
import { Listener } from "../../src/server/Server.ts"
import { Upstreams } from "../../src/upstream/Upstreams.ts"
import { responseOf } from "../cache/backupOf.ts"
import { callerOf } from "../callerOf.ts"
import { head, rawExchange } from "../RawExchange.ts"
import * as OneProcess from "../store/OneProcess.ts"
import { LogLines, proxyOver } from "../TestProxy.ts"

/** Callers by their keys. */
const keys = { all: "cbrk_all", reader: "cbrk_reader", elsewhere: "cbrk_elsewhere", ending: "cbrk_ending" }

const issued = { ak: "PROXYACCESSKEY000001", sk: Redacted.make("Canary-secret-of-the-proxys-own-key") }

const accessKeys = new Map([[issued.ak, { sk: issued.sk, caller: callerOf("signer", {}), revocation_id: "signer" }]])

const callers = Layer.effect(
  Authenticator,
  Effect.gen(function* () {
    const byHash = new Map([
      [yield* hashOf(keys.all), callerOf("all", { scopes: new Set(["read", "bypass", "watch"]) })],
      [yield* hashOf(keys.reader), callerOf("reader", { projects: new Set(["p1"]), quota_class: "scarce" })],
      [yield* hashOf(keys.elsewhere), callerOf("elsewhere", { addresses: { contains: () => false } })],
      [yield* hashOf(keys.ending), callerOf("ending", { expires_at: DateTime.makeUnsafe(120_000) })]
    ])
    return Authenticator.make({
      ApiKey: ApiKey.verifier(byHash),
      SdkSignature: SdkSignature.verifier({ accessKeys }),
      Jwt: () => Effect.fail(unauthenticated)
    })
  })
)

const hashOf = (key: string) => ApiKey.hashOf(Redacted.make(key))

/** By its last digit, what the cloud has under an id. */
const cloud: ReadonlyArray<() => Effect.Effect<ShowBackupResponse, ShowBackupError>> = [
  () => Effect.succeed(responseOf({ status: "available", description: "备份 ".repeat(400) }, "call 0")),
  () => Effect.succeed(responseOf({ status: "available", name: "small" })),
  () => Effect.succeed(responseOf({ status: "restoring", description: "x".repeat(20_000) }, "call 2")),
  () => Effect.fail(new BackupNotFound({ detail: { code: "other", message: "gone" }, status_code: 404 })),
  () => Effect.fail(new ServiceUnavailable({ detail: { code: "other", message: "ill" }, status_code: 503 }))
]
const idOf = (kind: number) => `6df2b54c-dd62-4059-a07c-1b8f24f2725${kind}`

const client = Layer.succeed(
  BackupClient,
  BackupClient.of({
    ...({} as BackupClient["Service"]),
    showBackup: (request) =>
      isShowBackupRequest(request)
        ? cloud[Number(request.backup_id.at(-1))]!()
        : Effect.fail(new InvalidRequest({ detail: { code: "other", message: "no id" } }))
  })
)

const proxy = (waits: boolean) =>
  proxyOver(client, {
    waits,
    callers,
    limits: { ...defaultHttpLimits, requestsPerConnection: 3 },
    cache: { ...defaultCachePolicy, jitter_percent: 0 },
    quotas: {
      callers: { default: { perSecond: 0.2, burst: 5 }, scarce: { perSecond: 0.05, burst: 1 } },
      project: { perSecond: 1_000, burst: 1_000 }
    }
  })

/** What a proxy answers to a request, and what it logs of it, but for what no two answers have in common. */
const answers = (context: Context.Context<Listener | LogLines>) => {
  const { url } = Context.get(context, Listener)
  const lines = Context.get(context, LogLines)
  const masked = (text: string) =>
    text
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, "UUID")
      .replaceAll(/^Date: .*$/gm, "Date:")
  return (request: string) =>
    Effect.gen(function* () {
      lines.length = 0
      const received = masked(yield* rawExchange(url, request))
      const logged = lines.map((line) => masked(line).replaceAll(/"ms":\{[^}]*\}|"fiberId":"#\d+"/g, ""))
      return { received, logged, stages: lines.map((line) => line.match(/"(?:total|authenticate|upstream)"/g)) }
    })
}

const oneOf = <const A>(...values: ReadonlyArray<A>): Arbitrary.Arbitrary<A> =>
  Arbitrary.map(
    Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: values.length - 1 }))),
    (index) => values[index]!
  )

const nothing = (times: number) => Array.from({ length: times }, () => undefined)

const credential = oneOf<ReadonlyArray<string> | "signed" | "signed wrong">(
  ...[keys.all, keys.all, keys.all, keys.all, keys.all, keys.reader, keys.reader, keys.elsewhere, keys.ending].map(
    (key) => [`X-Auth-Token: ${key}`]
  ),
  [`X-Api-Key: ${keys.all}`],
  [`Authorization: Bearer ${keys.all}`],
  [`Authorization: bearer  ${keys.reader}`],
  "signed",
  "signed",
  "signed wrong",
  ["X-Auth-Token: cbrk_nobodys"],
  ["Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.x"],
  ["Authorization: Basic YTpi"],
  [`X-Auth-Token: ${keys.all}`, `X-Api-Key: ${keys.all}`],
  []
)

const fieldsOf = (name: string, ...values: ReadonlyArray<string>) => values.map((value) => `${name}: ${value}`)

/** Fields that may come with any request. */
const harmless = oneOf(
  ...fieldsOf("Cache-Control", "max-age=0", "max-age=5", "max-stale", "max-stale=9", "min-fresh=50"),
  ...fieldsOf("Cache-Control", "no-cache", "no-store", "only-if-cached"),
  ...fieldsOf(
    "Accept-Encoding",
    "gzip",
    "gzip",
    "gzip",
    "gzip",
    "br",
    "br",
    "gzip, br;q=0.1",
    "identity",
    "*;q=0",
    "deflate",
    ""
  ),
  ...fieldsOf("If-None-Match", "*", "ETAG", "ETAG", "ETAG", "ETAG", "W/ETAG", '"other", ETAG', '"other"', "nonsense"),
  ...fieldsOf("Origin", "http://localhost"),
  ...fieldsOf("X-Forwarded-For", "192.0.2.1"),
  ...fieldsOf("User-Agent", "test")
)

const field = oneOf(
  ...fieldsOf("Content-Length", "0", "2"),
  ...fieldsOf("Content-Type", "application/json"),
  ...fieldsOf("Expect", "100-continue", "nothing"),
  ...fieldsOf("Host", "localhost"),
  ...fieldsOf("If-None-Match", "*"),
  ...fieldsOf("Origin", "http://evil.test"),
  ...fieldsOf("Prefer", "respond-async"),
  ...fieldsOf("Range", "bytes=0-9"),
  ...fieldsOf("Sec-Fetch-Site", "cross-site"),
  ...fieldsOf("Transfer-Encoding", "chunked"),
  ...fieldsOf("Upgrade", "h2c"),
  ...fieldsOf("X-Cbr-Timeout-Ms", "20", "9000", "soon"),
  ...fieldsOf("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
)

/** What most runs should meet several times, since they end with a look at whether they did. */
const condition = oneOf(
  ...nothing(4),
  ...fieldsOf("If-None-Match", "*", "ETAG", "ETAG", "W/ETAG", '"other", ETAG', '"other"', "nonsense")
)
const coding = oneOf(...nothing(4), ...fieldsOf("Accept-Encoding", "gzip", "gzip", "gzip, br;q=0.1", "br"))

/** A request that is mostly answered with a backup, but for what the cloud has, and which caller asks when. */
const ordinary = Arbitrary.all({
  method: oneOf<string>("GET", "GET", "GET", "GET", "HEAD"),
  project: oneOf<string>("p1", "p1", "p1", "p1", "p2"),
  kind: oneOf(0, 0, 0, 0, 0, 1, 2, 3, 4),
  spelling: oneOf<string>("", "", "upper"),
  version: oneOf("1.1", "1.1", "1.1", "1.0"),
  host: oneOf<string>("localhost", "localhost", "LOCALHOST:80"),
  credential,
  fields: Arbitrary.map(
    Arbitrary.all({ coding, condition, others: Arbitrary.array(harmless, { maxLength: 3 }) }),
    ({ coding, condition, others }) => [coding, condition, ...others].filter((field) => field !== undefined)
  ),
  /** How many are sent before it over the same connection. */
  before: oneOf(0, 0, 0, 1, 2, 3),
  /** Milliseconds that pass before. */
  wait: oneOf(0, 0, 0, 0, 0, 0, 0, 0, 500, 3_000, 61_000, 100_000)
})

/** What is wrong with one that is not. */
const odd = Arbitrary.all({
  method: oneOf<string>("GET", "HEAD", "POST", "DELETE", "get"),
  project: oneOf<string>("p1", "p%31", ""),
  spelling: oneOf<string>("", "query", "slash", "short", "absolute"),
  host: oneOf<string>("localhost", "evil.test"),
  fields: Arbitrary.array(field, { maxLength: 2 })
})

const request = Arbitrary.map(
  Arbitrary.all({
    ordinary,
    odd,
    only: oneOf("method", "project", "spelling", "host", "fields", "all", ...nothing(12))
  }),
  ({ odd, only, ordinary }) =>
    only === undefined ? ordinary : { ...ordinary, ...(only === "all" ? odd : { [only]: odd[only] }) }
)

type Request = typeof ordinary extends Arbitrary.Arbitrary<infer A> ? A : never

const spelled = ({ kind, project, spelling }: Request): string => {
  const path = `/v3/${project}/backups/${spelling === "upper" ? idOf(kind).toUpperCase() : idOf(kind)}`
  switch (spelling) {
    case "query":
      return `${path}?x=1`
    case "slash":
      return `${path}/`
    case "short":
      return path.slice(0, -1)
    case "absolute":
      return `http://localhost${path}`
    default:
      return path
  }
}

const signed = Effect.fnUntraced(function* (path: string, host: string, isRight: boolean) {
  const headers = yield* SdkHmacSha256.sign(
    { method: "GET", path, query: "", headers: { host } },
    { accessKey: isRight ? issued : { ...issued, sk: Redacted.make("another") }, date: yield* DateTime.now }
  )
  return [`X-Sdk-Date: ${headers["x-sdk-date"]}`, `Authorization: ${headers["authorization"]}`]
})

/** The bytes of a request, whose connection ends with its answer. */
const written = Effect.fnUntraced(function* (request: Request, etag: string) {
  const { before, credential, fields, host, method, version } = request
  const target = spelled(request)
  const shown = typeof credential === "string" ? yield* signed(target, host, credential === "signed") : credential
  const one = head(
    `${method} ${target} HTTP/${version}`,
    `Host: ${host}`,
    ...shown,
    ...fields.map((field) => field.replaceAll("ETAG", etag))
  )
  const last = one.replace(/\r\n\r\n$/, "\r\nConnection: close\r\n\r\n")
  return one.repeat(before) + last
})

const tagIn = (received: string) => /^etag: (.*)$/m.exec(received)?.[1]

/** What was seen over all runs: a property that met no hit, or nothing else, would hold of anything. */
const seen = new Map<string, number>()
const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1)

const run = Effect.fnUntraced(function* (requests: ReadonlyArray<Request>) {
  const built = (waits: boolean) => {
    const registry: Metric.MetricRegistry = new Map()
    const layer = Layer.fresh(proxy(waits)).pipe(Layer.provide(Layer.succeed(Metric.MetricRegistry, registry)))
    return Effect.map(Layer.build(layer), (context) => ({
      ask: answers(context),
      counted: () =>
        Metric.snapshotUnsafe(Context.make(Metric.MetricRegistry, registry))
          .filter(({ type }) => type === "Counter")
          .map(({ attributes, id, state }) => ({ id, attributes, state }))
          .toSorted((a, b) => (JSON.stringify([a.id, a.attributes]) < JSON.stringify([b.id, b.attributes]) ? -1 : 1))
    }))
  }
  const one = yield* built(false)
  const other = yield* built(true)
  let etag = '"none"'
  for (const request of requests) {
    yield* TestClock.adjust(request.wait)
    const bytes = yield* written(request, etag)
    const answer = yield* one.ask(bytes)
    assert.deepStrictEqual(answer, yield* other.ask(bytes), bytes)
    etag = tagIn(answer.received) ?? etag
    count(`${request.method === "HEAD" ? "HEAD " : ""}${answer.received.slice(9, 12)}`)
    const status = /^cache-status: cbr-proxy; (hit|fwd)/m.exec(answer.received)?.[1]
    if (status !== undefined) count(status)
    if (answer.received.includes("content-encoding")) count("compressed")
  }
  assert.deepStrictEqual(one.counted(), other.counted())
})

/** What decides over the same callers, with a cache that has the first two backups of each project. */
const deciding = Effect.gen(function* () {
  const access = yield* BackupAccess
  const backups = yield* BackupCache
  const rateLimits = yield* RateLimits
  const { authenticate } = yield* Authenticator
  const decide = makeDecide({ access, backups, authenticate: (presented, _, now) => authenticate(presented, now) })
  const terms = { directives: noDirectives, deadline: 10_000, limit: 10_000 }
  for (const project_id of ["p1", "p2"]) {
    for (const kind of [0, 1]) {
      const asking = { caller: callerOf("any", {}), address: undefined }
      yield* (yield* access.show(asking, { project_id, backup_id: idOf(kind) }, ["read"], terms)).shown
    }
  }
  return { decide, store: backups.store, rateLimits }
})

const decidingLayer = BackupAccess.layer.pipe(
  Layer.provideMerge(BackupCache.layer),
  Layer.provideMerge([RateLimits.layerMemory, OneProcess.answers, callers]),
  Layer.provide(Layer.provide(Upstreams.layerSingle, client))
)

const asking = Arbitrary.all({
  method: oneOf<string>("GET", "GET", "GET", "HEAD", "DELETE"),
  project: oneOf<string>("p1", "p2"),
  kind: oneOf(0, 1, 2),
  key: oneOf<string>(...Object.values(keys), "cbrk_nobodys"),
  directive: oneOf<string>("", "no-cache", "max-age=0", "only-if-cached"),
  at: oneOf(0, 1_000, 61_000, 119_999, 120_000)
})

describe("decide", () => {
  it.effect.prop(
    "shows a backup only to a caller with the right to it, waits for nothing and changes nothing",
    [asking],
    ([{ at, directive, key, kind, method, project }]) =>
      Effect.gen(function* () {
        const { decide, rateLimits, store } = yield* deciding
        const fields: Array<readonly [string, string]> = [["x-auth-token", key]]
        if (directive !== "") fields.push(["cache-control", directive])
        const target = `/v3/${project}/backups/${idOf(kind)}`
        const head = { method, target, authority: undefined, version: "1.1", fields, connection: {} }
        const asked = { head, address: undefined, refusal: undefined, rules: Context.empty(), stages: {} }
        const now = DateTime.makeUnsafe(at)
        const before = store.size()
        const decision = decide(asked, now)
        assert.deepStrictEqual(decide(asked, now), decision)
        assert.deepStrictEqual(store.size(), before)

        const mayRead =
          key === keys.all || (key === keys.reader && project === "p1") || (key === keys.ending && at < 120_000)
        if (method === "DELETE") assert.propertyVal(decision, "_tag", "Refuse")
        else assert.strictEqual(decision._tag, mayRead ? "Show" : "Refuse")
        if (decision._tag === "Refuse" && method !== "DELETE") {
          assert.strictEqual(decision.error.reason, key === "cbrk_nobodys" ? "Unauthenticated" : "Forbidden")
          assert.strictEqual(decision.pays, key === "cbrk_nobodys" ? "address" : "caller")
        }
        if (decision._tag !== "Show") return
        const isForced = directive === "no-cache" || directive === "max-age=0"
        const isFresh = kind < 2 && at < 54_000
        const expected = isFresh && !(isForced && at >= 1_000 && key === keys.all) ? "Serve" : undefined
        if (expected !== undefined) assert.strictEqual(decision.cached.decision._tag, expected)
        // The whole quota is there still: nothing was taken by deciding.
        const limits = { callers: { default: { perSecond: 1, burst: 2 } }, project: { perSecond: 1, burst: 1 } }
        const left = yield* rateLimits.takeFromCaller(decision.sender.caller, limits, at)
        assert.include(left.ratelimit, "r=1;")
      }).pipe(Effect.provide(Layer.fresh(decidingLayer)))
  )
})

describe("a decision", () => {
  it.effect.prop(
    "gives the same bytes, lines of the log and counts, whether or not it has to wait for the caller and the quota",
    [Arbitrary.array(request, { minLength: 10, maxLength: 25 })],
    ([requests]) =>
      run(requests).pipe(
        Effect.scoped,
        Effect.provide([TestClock.layer(), NodeCrypto.layerMac, NodeCrypto.layerDigest])
      ),
    { arbitrary: { runs: 60 }, timeout: 120_000 }
  )

  it("the runs met what they are about", () => {
    const statuses = [200, 304, 400, 401, 403, 404, 405, 421, 429, 503].map(String)
    for (const what of ["hit", "fwd", "compressed", "HEAD 200", ...statuses]) {
      assert.isAbove(seen.get(what) ?? 0, 0, what)
    }
  })
})
