import {
  BackupNotFound,
  ConnectionFailed,
  PermissionDenied,
  ServiceUnavailable,
  type ShowBackupError
} from "@cbr/client"
import type { ShowBackupRequest, ShowBackupResponse } from "@cbr/domain"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Clock, DateTime, Duration, Effect, Fiber, Layer, Result, Schema } from "effect"
import { TestClock } from "effect/testing"
import { CachedBackups, CachedBackupsLimits } from "../src/cache/CachedBackups.ts"
import { defaultCacheRules } from "../src/cache/CacheRules.ts"
import { parse } from "../src/cache/RequestDirectives.ts"
import type { Caller, Scope } from "../src/callers/Caller.ts"
import { QuotaLimits, Quotas } from "../src/callers/Quotas.ts"
import { Gateway } from "../src/Gateway.ts"
import { type Upstream, Upstreams } from "../src/upstream/Upstreams.ts"
import { responseOf } from "./cache/backupOf.ts"

const projects = ["p0", "p1", "p2"] as const
const regions = ["r0", "r1"] as const

/** Ids that every project has, so that a key without the project in it would mix them up. */
const ids = ["6df2b54c-dd62-4059-a07c-1b8f24f2725d", "7df2b54c-dd62-4059-a07c-1b8f24f2725d"] as const

const statuses = ["available", "available", "available", "error", "restoring", "deleting", "archiving"] as const
const faults = ["none", "none", "slow", "slow", "slow", "ill", "broken", "gone", "forbidden", "never"] as const

const directives = [
  "",
  "",
  "",
  "",
  "",
  "no-cache",
  "no-store",
  "only-if-cached",
  "max-age=1",
  "max-stale",
  "max-stale=60",
  "min-fresh=9"
]

const oneOf = <const A>(values: ReadonlyArray<A>): Arbitrary.Arbitrary<A> =>
  Arbitrary.map(
    Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: values.length - 1 }))),
    (index) => values[index]!
  )
const number = (maximum: number) => Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum })))

const either = <const A, B>(a: A, b: Arbitrary.Arbitrary<B>): Arbitrary.Arbitrary<A | B> =>
  Arbitrary.map(Arbitrary.all({ first: oneOf([true, false]), b }), ({ b, first }): A | B => (first ? a : b))

const someOf = <const A>(values: ReadonlyArray<A>): Arbitrary.Arbitrary<ReadonlySet<A>> =>
  Arbitrary.map(Arbitrary.array(oneOf(values), { maxLength: values.length }), (some) => new Set(some))

const scopeLists: ReadonlyArray<ReadonlyArray<Scope>> = [
  ["read"],
  ["read", "batch"],
  ["read", "bypass"],
  ["read", "purge"],
  ["bypass", "purge"],
  []
]

type TypeOf<A> = A extends Arbitrary.Arbitrary<infer Value> ? Value : never

type Rights = TypeOf<typeof rights>
const rights = Arbitrary.all({
  projects: either("*" as const, someOf(projects)),
  regions: either("*" as const, someOf(regions)),
  scopes: Arbitrary.map(oneOf(scopeLists), (scopes): ReadonlySet<Scope> => new Set(scopes)),
  expiresAfter: oneOf([undefined, undefined, undefined, 1_000, 70_000])
})

const caller = number(2)
const backup = Arbitrary.all({
  project_id: oneOf(["p0", "p0", "p0", "p1", "p2", "p3"]),
  backup_id: oneOf([ids[0], ids[0], ids[1]])
})

const step = Arbitrary.all({
  act: oneOf(["show", "show", "show", "rush", "rush", "purge", "wait", "wait", "fault", "rights", "leave"] as const),
  caller,
  backup,
  directive: oneOf(directives),
  timeLimit: oneOf([10, 500, 10_000, 10_000, 10_000]),
  wait: oneOf([1, 900, 2_500, 6_000, 62_000, 75_000]),
  fault: oneOf(faults),
  status: oneOf(statuses),
  rights
})

const world = Arbitrary.all({
  rights: Arbitrary.array(rights, { minLength: 3, maxLength: 3 }),
  /** The region of each project; the last has none, as one that is not configured. */
  regions: Arbitrary.array(oneOf(regions), { minLength: 3, maxLength: 3 }),
  /** How long ago everything was put in the cache, in milliseconds; `undefined` for an empty one. */
  age: oneOf([undefined, 0, 30_000, 62_000, 100_000]),
  fault: oneOf(faults),
  steps: Arbitrary.array(step, { minLength: 8, maxLength: 20 })
})

/** What stands in a body, so that whose it is can be told wherever it turns up. */
const marked = (region: string, { backup_id, project_id }: ShowBackupRequest, status: string, version: number) =>
  responseOf({ status, name: `of ${region} ${project_id} ${backup_id} ${version}` }, `call ${version}`)

/** A cloud in which every project has every id, and anything may be the matter. */
const makeCloud = (regionsOf: ReadonlyArray<string>) => {
  const cloud = {
    fault: "none" as (typeof faults)[number],
    status: "available" as (typeof statuses)[number],
    calls: 0
  }
  const showBackup = (region: string) => (request: ShowBackupRequest) =>
    Effect.suspend((): Effect.Effect<ShowBackupResponse, ShowBackupError> => {
      const response = marked(region, request, cloud.status, ++cloud.calls)
      switch (cloud.fault) {
        case "none":
          return Effect.succeed(response)
        case "slow":
          return Effect.delay(Effect.succeed(response), "2 seconds")
        case "never":
          return Effect.never
        case "ill":
          return Effect.fail(new ServiceUnavailable({ message: "ill", status_code: 503 }))
        case "broken":
          return Effect.fail(new ConnectionFailed({ message: "broken", reason: "Broken" }))
        case "gone":
          return Effect.fail(new BackupNotFound({ message: "gone", status_code: 404 }))
        case "forbidden":
          return Effect.fail(new PermissionDenied({ message: "forbidden", status_code: 403 }))
      }
    })
  const upstreams = new Map<string, Upstream>(
    projects.map((project, index) => {
      const region = regionsOf[index]!
      return [project, { region, credential_id: `key of ${region}`, showBackup: showBackup(region) }]
    })
  )
  return { cloud, upstreams }
}

/** As the policy has it, but written down anew: what the gateway decides by must not judge itself. */
const mayRead = (caller: Caller, project_id: string, region: string | undefined, now: number): boolean =>
  region !== undefined &&
  caller.scopes.has("read") &&
  (caller.projects === "*" || caller.projects.has(project_id)) &&
  (caller.regions === "*" || caller.regions.has(region)) &&
  (caller.expires_at === undefined || now < DateTime.toEpochMillis(caller.expires_at))

const callerOf = (index: number, granted: Rights, now: number): Caller => ({
  id: `caller ${index}`,
  projects: granted.projects,
  regions: granted.regions,
  scopes: granted.scopes,
  quota_class: "default",
  expires_at: granted.expiresAfter === undefined ? undefined : DateTime.makeUnsafe(now + granted.expiresAfter),
  addresses: "*"
})

/** Who may read everything. */
const reader = callerOf(
  -1,
  { projects: "*", regions: "*", scopes: new Set<Scope>(["read"]), expiresAfter: undefined },
  0
)

/** What was seen over all runs: a property that only ever met denials, or none, would hold of anything. */
const seen = { denied: 0, bodies: 0, hits: 0, ahead: 0, stale: 0, collapsed: 0, failures: 0, purged: 0 }

const decoder = new TextDecoder()

const run = Effect.fnUntraced(function* ({ age, fault, regions, rights, steps }: TypeOf<typeof world>) {
  const { cloud, upstreams } = makeCloud(regions)
  const gatewayLayer = Gateway.layer.pipe(
    Layer.provide(CachedBackups.layer),
    Layer.provide([
      Layer.succeed(Upstreams, { of: (project_id) => upstreams.get(project_id) }),
      Quotas.layerMemory,
      NodeCrypto.layerDigest
    ]),
    Layer.provide([
      Layer.succeed(CachedBackupsLimits, {
        cache: { entries: 5, bytes: 20_000 },
        queue: { calls: 2, waiting: 2, patience: Duration.millis(500) }
      })
    ])
  )
  yield* Effect.gen(function* () {
    const gateway = yield* Gateway
    if (age !== undefined) {
      for (const project_id of projects) {
        const terms = { directives: parse([]), deadline: 10_000 }
        yield* gateway.show({ caller: reader, address: undefined }, { project_id, backup_id: ids[0] }, ["read"], terms)
      }
      yield* TestClock.adjust(age)
    }
    cloud.fault = fault
    const start = yield* Clock.currentTimeMillis
    const callers = rights.map((granted, index) => callerOf(index, granted, start))
    const running: Array<Fiber.Fiber<void>> = []

    /** Asks, and holds the answer against what the caller might see when it asked. */
    const show = Effect.fnUntraced(function* ({ backup, caller: index, directive, timeLimit }: TypeOf<typeof step>) {
      const now = yield* Clock.currentTimeMillis
      const caller = callers[index]!
      const upstream = upstreams.get(backup.project_id)
      const allowed = mayRead(caller, backup.project_id, upstream?.region, now)
      const callsBefore = cloud.calls
      const hit = gateway.hit(
        { caller, address: undefined },
        backup,
        parse([directive]),
        yield* DateTime.now,
        defaultCacheRules
      )
      const result = yield* Effect.result(
        gateway.show({ caller, address: undefined }, backup, ["read"], {
          directives: parse([directive]),
          deadline: now + timeLimit
        })
      )
      if (!allowed) {
        seen.denied++
        assert.isTrue(Result.isFailure(result) && result.failure.reason === "Forbidden")
        assert.strictEqual(cloud.calls, callsBefore)
        assert.isUndefined(hit)
        assert.strictEqual(yield* Clock.currentTimeMillis, now)
        return
      }
      if (Result.isFailure(result)) {
        assert.strictEqual(result.failure.reason, "QuotaExceeded")
        return
      }
      const { outcome, status } = result.success.shown
      if (hit !== undefined) {
        seen.ahead++
        assert.isTrue(Result.isSuccess(outcome) && outcome.success === hit.entry)
        assert.deepStrictEqual(status, hit.status)
      }
      if (Result.isFailure(outcome)) {
        seen.failures++
        assert.notMatch(JSON.stringify(outcome.failure), /\bp\d\b|call \d/)
        return
      }
      seen.bodies++
      if (status.hit) seen[(status.ttl ?? 0) < 0 ? "stale" : "hits"]++
      if (status.collapsed === true) seen.collapsed++
      const name = `of ${upstream!.region} ${backup.project_id} ${backup.backup_id} `
      const { backup: body } = JSON.parse(decoder.decode(outcome.success.identity.body)) as { backup: { name: string } }
      assert.strictEqual(body.name.slice(0, name.length), name)
      assert.strictEqual(outcome.success.request_id, `call ${body.name.slice(name.length)}`)
    })

    for (const step of steps) {
      switch (step.act) {
        case "show":
          running.push(yield* Effect.forkChild(show(step), { startImmediately: true }))
          break
        case "rush":
          for (const caller of callers.keys()) {
            running.push(yield* Effect.forkChild(show({ ...step, caller }), { startImmediately: true }))
          }
          break
        case "purge": {
          const visitor = { caller: callers[step.caller]!, address: undefined }
          if (Result.isSuccess(yield* Effect.result(gateway.purge(visitor, step.backup)))) seen.purged++
          break
        }
        case "leave": {
          const leaving = running.shift()
          if (leaving !== undefined) yield* Fiber.interrupt(leaving)
          break
        }
        case "rights":
          callers[step.caller] = callerOf(step.caller, step.rights, yield* Clock.currentTimeMillis)
          break
        case "fault":
          cloud.fault = step.fault
          cloud.status = step.status
          break
        case "wait":
          yield* TestClock.adjust(step.wait)
          break
      }
    }
    yield* TestClock.adjust("11 seconds")
    yield* Fiber.joinAll(running)
  }).pipe(
    Effect.provideService(QuotaLimits, {
      callers: { default: { perSecond: 2, burst: 6 } },
      project: { perSecond: 2, burst: 4 }
    }),
    Effect.provide(Layer.fresh(gatewayLayer))
  )
})

describe("isolation", () => {
  it.effect.prop(
    "in 10,000 runs of any callers, rights, interleavings, cache states and faults, nobody has a byte without the right to it",
    [world],
    ([world]) => Effect.provide(run(world), TestClock.layer()),
    { arbitrary: { runs: 10_000 }, timeout: 180_000 }
  )

  it("the runs met everything that they are about", () => {
    for (const [what, times] of Object.entries(seen)) assert.isAbove(times, 100, what)
  })
})
