import {
  BackupNotFound,
  ConnectionFailed,
  PermissionDenied,
  ServiceUnavailable,
  type ShowBackupError
} from "@cbr/client"
import { hashes } from "@cbr/client/node"
import type { ListBackupsRequest, ShowBackupRequest, ShowBackupResponse } from "@cbr/domain"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, it } from "@effect/vitest"
import {
  Arbitrary,
  Clock,
  Context,
  DateTime,
  Effect,
  Fiber,
  Layer,
  PubSub,
  Redacted,
  Result,
  Schema,
  type Scope as Lifetime,
  Stream
} from "effect"
import { TestClock } from "effect/testing"
import { BackupCache, BackupCacheLimits } from "../src/cache/BackupCache.ts"
import { parse } from "../src/cache/CacheControl.ts"
import { outcomeOf, statusOfHit } from "../src/cache/CacheResult.ts"
import * as ApiKey from "../src/callers/ApiKey.ts"
import { Authenticator } from "../src/callers/Authenticator.ts"
import { QuotaLimits, RateLimits } from "../src/callers/RateLimits.ts"
import { type RequestCredential, unauthenticated } from "../src/callers/RequestCredential.ts"
import { layer as revocationsLayer, Revocations } from "../src/callers/Revocations.ts"
import { BackupAccess, lookupOf } from "../src/gateway/BackupAccess.ts"
import { defaultCachePolicy } from "../src/policy/CachePolicy.ts"
import { ActiveConfiguration } from "../src/reload/ActiveConfiguration.ts"
import { defaultConfiguration, type ConfigSnapshot } from "../src/reload/ConfigSnapshot.ts"
import type { Caller, Scope } from "../src/rights/Caller.ts"
import * as MemoryStore from "../src/store/MemoryStore.ts"
import { Store, StoreUnavailable } from "../src/store/Store.ts"
import { type ListAnswer, readListAnswer } from "../src/upstream/ListAnswer.ts"
import { type Upstream, Upstreams } from "../src/upstream/Upstreams.ts"
import { responseOf } from "./cache/backupOf.ts"
import { knownAs } from "./callerOf.ts"
import * as OneProcess from "./store/OneProcess.ts"

const projects = ["p0", "p1", "p2"] as const

const regions = ["r0", "r1"] as const

/** Where a project may lie and what may open it; a configuration may leave it out, too. */
const places = [
  { region: "r0", credential_id: "k0" },
  { region: "r0", credential_id: "k0" },
  { region: "r0", credential_id: "k1" },
  { region: "r1", credential_id: "k0" },
  undefined
] as const

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
  ["read", "list"],
  ["read", "list"],
  ["read", "list", "bypass"],
  ["list"],
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

/** What a reading of the configuration says. */
type Reading = TypeOf<typeof reading>
const reading = Arbitrary.all({
  rights: Arbitrary.array(rights, { minLength: 3, maxLength: 3 }),
  /** Callers that have no key any more. */
  forgotten: Arbitrary.map(either([], Arbitrary.array(number(2), { maxLength: 3 })), (some) => new Set(some)),
  places: Arbitrary.array(oneOf(places), { minLength: 3, maxLength: 3 })
})

const caller = number(2)
const backup = Arbitrary.all({
  project_id: oneOf(["p0", "p0", "p0", "p0", "p1", "p2", "p3"]),
  backup_id: oneOf([ids[0], ids[0], ids[1]])
})

const step = Arbitrary.all({
  act: oneOf([
    ...(["show", "show", "show", "list", "list", "list", "rush", "rush", "rush", "purge"] as const),
    ...(["wait", "wait", "fault", "reload", "reload", "leave"] as const),
    ...(["revoke", "store", "store"] as const)
  ]),
  caller,
  backup,
  directive: oneOf(directives),
  timeLimit: oneOf([10, 500, 10_000, 10_000, 10_000]),
  wait: oneOf([1, 900, 2_500, 6_000, 11_000, 11_000, 62_000, 75_000]),
  fault: oneOf(faults),
  status: oneOf(statuses),
  shares: oneOf([undefined, ...projects]),
  /** How the store answers from now on. */
  store: oneOf(["well", "well", "late", "refuses", "hangs"]),
  /** Whether a notice of what is revoked arrives. */
  isTold: oneOf([true, false]),
  reading,
  /** Of the reading, what alone is new. */
  changes: oneOf(["rights", "forgotten", "places", undefined] as const)
})

const world = Arbitrary.all({
  reading,
  /** How long ago everything was put in the cache, in milliseconds; `undefined` for an empty one. */
  age: oneOf([undefined, 0, 30_000, 62_000, 100_000]),
  fault: oneOf(faults),
  shares: oneOf([undefined, ...projects]),
  steps: Arbitrary.array(step, { minLength: 8, maxLength: 20 })
})

/** What stands in a body, so that its caller, and the caller that fetched it, can be told wherever it turns up. */
const mark = ({ credential_id, region }: NonNullable<(typeof places)[number]>, of: ShowBackupRequest) =>
  `of ${region} ${credential_id} ${of.project_id} ${of.backup_id} `

/** A cloud in which every project has every id, and anything may be the matter. */
const makeCloud = () => {
  const cloud = {
    fault: "none" as (typeof faults)[number],
    status: "available" as (typeof statuses)[number],
    /** A project whose backup stands in every list. */
    shares: undefined as (typeof projects)[number] | undefined,
    calls: 0
  }
  const showBackup =
    (place: NonNullable<(typeof places)[number]>) =>
    (request: ShowBackupRequest): Effect.Effect<ShowBackupResponse, ShowBackupError> =>
      Effect.suspend((): Effect.Effect<ShowBackupResponse, ShowBackupError> => {
        const version = ++cloud.calls
        const response = responseOf(
          { status: cloud.status, name: `${mark(place, request)}${version}` },
          `call ${version}`
        )
        switch (cloud.fault) {
          case "none":
            return Effect.succeed(response)
          case "slow":
            return Effect.delay(Effect.succeed(response), "2 seconds")
          case "never":
            return Effect.never
          case "ill":
            return Effect.fail(new ServiceUnavailable({ detail: { code: "other", message: "ill" }, status_code: 503 }))
          case "broken":
            return Effect.fail(new ConnectionFailed({ detail: { code: "other", message: "broken" }, reason: "Broken" }))
          case "gone":
            return Effect.fail(new BackupNotFound({ detail: { code: "other", message: "gone" }, status_code: 404 }))
          case "forbidden":
            return Effect.fail(
              new PermissionDenied({ detail: { code: "other", message: "forbidden" }, status_code: 403 })
            )
        }
      })
  /** Each list has both backups of the project, and one of another that is shared to it. */
  const listBackups =
    (place: NonNullable<(typeof places)[number]>) =>
    ({ project_id }: ListBackupsRequest): Effect.Effect<ListAnswer, ShowBackupError> =>
      Effect.flatMap(
        Effect.all(ids.map((backup_id) => showBackup(place)({ project_id, backup_id }))),
        (all): Effect.Effect<ListAnswer, ShowBackupError> => {
          const own = all.map(({ backup, request_id }, index) => ({
            ...backup,
            id: ids[index],
            project_id,
            request_id
          }))
          const backups = cloud.shares === undefined ? own : [...own, { id: sharedId, project_id: cloud.shares }]
          return readListAnswer(JSON.stringify({ backups, count: backups.length }), `call ${cloud.calls}`)
        }
      )
  return { cloud, showBackup, listBackups }
}

/** Id of a backup that another project shares. */
const sharedId = "8df2b54c-dd62-4059-a07c-1b8f24f2725d"

/** As the policy has it, but written down anew: what the gateway decides by must not judge itself. */
const may = (scope: Scope, caller: Caller, project_id: string, region: string | undefined, now: number): boolean =>
  region !== undefined &&
  caller.scopes.has(scope) &&
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

/** What a caller shows. The last one's takes a while to verify, as a token whose issuer's keys must be fetched first. */
const presented = (index: number): RequestCredential =>
  index === 2
    ? { _tag: "Jwt", token: Redacted.make(`key ${index}`) }
    : { _tag: "ApiKey", hash: hashes.sha256(`key ${index}`) }

/** A snapshot, and what was read for it: what the gateway decides by must not judge itself. */
interface Era {
  readonly reading: Reading
  readonly callers: ReadonlyArray<Caller | undefined>
}

const makeEra = (reading: Reading, now: number): Era => ({
  reading,
  callers: reading.rights.map((granted, index) =>
    reading.forgotten.has(index) ? undefined : callerOf(index, granted, now)
  )
})

const placeOf = ({ reading }: Era, project_id: string) =>
  reading.places[projects.findIndex((project) => project === project_id)]

const snapshotOf = (
  era: Era,
  { listBackups, showBackup }: Pick<ReturnType<typeof makeCloud>, "listBackups" | "showBackup">,
  ended: Set<Era>,
  revocations: Revocations["Service"]
): Effect.Effect<ConfigSnapshot, never, Lifetime.Scope> =>
  Effect.acquireRelease(
    Effect.gen(function* () {
      const byHash = new Map<string, Caller>()
      for (const [index, caller] of era.callers.entries()) {
        if (caller !== undefined) byHash.set(yield* ApiKey.hashOf(Redacted.make(`key ${index}`)), caller)
      }
      const upstreams = new Map<string, Upstream>()
      for (const project_id of projects) {
        const place = placeOf(era, project_id)
        if (place === undefined) continue
        upstreams.set(project_id, { ...place, showBackup: showBackup(place), listBackups: listBackups(place) })
      }
      return {
        configuration: defaultConfiguration,
        rules: Context.empty(),
        callers: Authenticator.make(
          {
            ApiKey: ApiKey.verifier(byHash),
            Jwt: () =>
              Effect.delay(
                Effect.suspend(() => Effect.fromNullishOr(era.callers[2])).pipe(
                  Effect.mapBoth({ onFailure: () => unauthenticated, onSuccess: knownAs })
                ),
                "1500 millis"
              )
          },
          revocations
        ),
        upstreams: Upstreams.of({ of: (project_id) => upstreams.get(project_id) }),
        credentials: []
      }
    }),
    () => Effect.sync(() => ended.add(era))
  )

/** By what the credential of a caller is revoked. */
const revocationOf = (index: number): string => (index === 2 ? "of caller 2" : hashes.sha256(`key ${index}`))

/** What was revoked, in a store that may be slow, refuse or hang, and of whose notices some are lost; a replica that refuses without it. */
const makeRevocations = Effect.gen(function* () {
  const told = yield* PubSub.unbounded<string>()
  const state = { answers: "well" as TypeOf<typeof step>["store"], revoked: new Set<string>() }
  const refused = new StoreUnavailable({ message: "away" })
  const store = Store.of({
    ...(yield* Effect.provide(Store, MemoryStore.layer)),
    isShared: true,
    revoked: Effect.suspend(() => {
      const now = Effect.sync(() => [...state.revoked])
      switch (state.answers) {
        case "well":
          return now
        case "late":
          return Effect.delay(now, "900 millis")
        case "refuses":
          return Effect.fail(refused)
        case "hangs":
          return Effect.delay(Effect.fail(refused), "1 second")
      }
    }),
    notices: () => Stream.fromPubSub(told)
  })
  const context = yield* Layer.build(
    Layer.fresh(Layer.provide(revocationsLayer("refuse"), Layer.succeed(Store, store)))
  )
  return {
    state,
    tell: PubSub.publish(told, ""),
    revocations: Context.get(context, Revocations)
  }
})

/** A caller that may read everything. */
const reader = callerOf(
  -1,
  { projects: "*", regions: "*", scopes: new Set<Scope>(["read"]), expiresAfter: undefined },
  0
)

/** What was seen over all runs: a property that only ever met denials, or none, would hold of anything. */
const seen = {
  unknown: 0,
  denied: 0,
  bodies: 0,
  /** Lists that were shown, from the cache too, and those that were not for a backup of another project. */
  lists: 0,
  cachedLists: 0,
  foreignLists: 0,
  hits: 0,
  /** Hits that the step ahead of the router would have answered. */
  ahead: 0,
  stale: 0,
  collapsed: 0,
  failures: 0,
  purged: 0,
  reloads: 0,
  revoked: 0,
  refusedAsRevoked: 0,
  refusedForWantOfTheStore: 0,
  /** Reloads while a caller was being known, and while one waited for the cloud. */
  reloadedWhileKnown: 0,
  reloadedWhileWaiting: 0
}

const decoder = new TextDecoder()

const gatewayLayer = BackupAccess.layer.pipe(
  Layer.provideMerge(BackupCache.layer),
  Layer.provide([RateLimits.layerMemory, OneProcess.answers]),
  Layer.provide([
    Layer.succeed(BackupCacheLimits, {
      cache: { entries: 5, bytes: 20_000, list_bytes: 8_000 },
      queue: { upstream_calls: 2, queue: 2, queue_wait_ms: 500 }
    })
  ])
)

const run = Effect.fnUntraced(function* ({ age, fault, reading, shares, steps }: TypeOf<typeof world>) {
  const { cloud, listBackups, showBackup } = makeCloud()
  const ended = new Set<Era>()
  const eras = new WeakMap<ConfigSnapshot, Era>()
  const all: Array<Era> = []
  const { revocations, state: store, tell } = yield* makeRevocations
  /** By the index of a caller. */
  const revokedAt = new Map<number, number>()
  /** That a credential which opens something was not revoked ten seconds ago. */
  const wasNotRevoked = (index: number) =>
    Effect.map(Clock.currentTimeMillis, (at) => assert.isAtMost(at - (revokedAt.get(index) ?? at), 10_000))
  /** The snapshot of a reading, known by it. */
  const begin = Effect.fnUntraced(function* (reading: Reading) {
    const era = makeEra(reading, yield* Clock.currentTimeMillis)
    const snapshot = yield* snapshotOf(era, { listBackups, showBackup }, ended, revocations)
    eras.set(snapshot, era)
    all.push(era)
    return snapshot
  })

  yield* Effect.gen(function* () {
    const backups = yield* BackupCache
    const access = yield* BackupAccess
    const snapshots = yield* ActiveConfiguration
    const callers = yield* Authenticator
    const now = Effect.map(snapshots.current, (snapshot) => eras.get(snapshot)!)
    if (age !== undefined) {
      for (const project_id of projects) {
        if (placeOf(yield* now, project_id) === undefined) continue
        const terms = { directives: parse([]), deadline: 10_000, limit: 10_000 }
        const of = { project_id, backup_id: ids[0] }
        yield* (yield* access.show({ caller: reader, address: undefined }, of, ["read"], terms)).shown
      }
      yield* TestClock.adjust(age)
      // Whose time had run out with the wait has it anew.
      yield* snapshots.replace(begin(reading))
    }
    cloud.fault = fault
    cloud.shares = shares
    const running: Array<Fiber.Fiber<void>> = []

    /** The caller of an index, if it is known, and what is in force when it is. */
    const known = Effect.fnUntraced(function* (index: number) {
      const before = yield* now
      const result = yield* Effect.result(callers.authenticate(presented(index), yield* DateTime.now))
      const era = yield* now
      if (era !== before) seen.reloadedWhileKnown++
      if (Result.isSuccess(result)) {
        const own = era.callers[index]
        assert.isDefined(own)
        yield* wasNotRevoked(index)
        return { caller: result.success, era, own }
      }
      if (result.failure.reason === "RevocationsUnknown") {
        seen.refusedForWantOfTheStore++
        return undefined
      }
      assert.strictEqual(result.failure.reason, "Unauthenticated")
      if (revokedAt.has(index)) {
        seen.refusedAsRevoked++
        return undefined
      }
      seen.unknown++
      assert.isUndefined(era === before ? era.callers[index] : undefined)
      return undefined
    })

    /** Asks, and holds the answer against what the caller might see when it was known. */
    const show = Effect.fnUntraced(function* ({ backup, caller: index, directive, timeLimit }: TypeOf<typeof step>) {
      const requester = yield* known(index)
      if (requester === undefined) return
      const { caller, era, own } = requester
      const at = yield* Clock.currentTimeMillis
      const place = placeOf(era, backup.project_id)
      const allowed = may("read", own, backup.project_id, place?.region, at)
      const callsBefore = cloud.calls
      const asking = { caller, address: undefined }
      const terms = { directives: parse([directive]), deadline: at + timeLimit, limit: timeLimit }
      const moment = yield* DateTime.now
      const admission = access.admit(asking, backup.project_id, ["read"], moment)
      const decided =
        admission.denial === undefined
          ? backups.decide(lookupOf(asking, admission, backup, terms), moment.epochMilliseconds, defaultCachePolicy)
          : undefined
      const result = yield* Effect.result(
        Effect.flatMap(access.show(asking, backup, ["read"], terms), ({ shown }) => shown)
      )
      if (!allowed) {
        const reason = Result.isFailure(result) ? result.failure.reason : undefined
        // A denial is one request of the caller's quota, which any caller may have used up.
        if (reason !== "QuotaExceeded") {
          seen.denied++
          assert.strictEqual(reason, "Forbidden")
        }
        assert.strictEqual(cloud.calls, callsBefore)
        assert.isDefined(admission.denial)
        assert.strictEqual(yield* Clock.currentTimeMillis, at)
        return
      }
      if (Result.isFailure(result)) {
        assert.strictEqual(result.failure.reason, "QuotaExceeded")
        return
      }
      if ((yield* now) !== era) seen.reloadedWhileWaiting++
      const { outcome, status } = result.success
      const { decision, entry } = decided!
      if (decision._tag === "Serve") {
        seen.ahead++
        assert.deepStrictEqual(outcome, outcomeOf(entry!))
        assert.deepStrictEqual(status, statusOfHit(entry!, decision.detail, at))
      }
      if (Result.isFailure(outcome)) {
        seen.failures++
        assert.notMatch(JSON.stringify(outcome.failure), /\bp\d\b|call \d/)
        return
      }
      seen.bodies++
      if (status.hit) seen[(status.ttl ?? 0) < 0 ? "stale" : "hits"]++
      if (status.collapsed === true) seen.collapsed++
      const expected = mark(place!, backup)
      const { backup: body } = JSON.parse(decoder.decode(outcome.success.identity.body)) as { backup: { name: string } }
      assert.strictEqual(body.name.slice(0, expected.length), expected)
      assert.strictEqual(outcome.success.request_id, `call ${body.name.slice(expected.length)}`)
    })

    /** Asks for a list, and holds it against what the caller might see when it was known. */
    const list = Effect.fnUntraced(function* ({ backup, caller: index, directive, timeLimit }: TypeOf<typeof step>) {
      const requester = yield* known(index)
      if (requester === undefined) return
      const { caller, era, own } = requester
      const moment = yield* DateTime.now
      const at = moment.epochMilliseconds
      const { project_id } = backup
      const place = placeOf(era, project_id)
      const asking = { caller, address: undefined }
      const admission = access.admit(asking, project_id, ["list"], moment)
      if (admission.denial !== undefined) {
        assert.isFalse(may("list", own, project_id, place?.region, at))
        return
      }
      assert.isTrue(may("list", own, project_id, place?.region, at))
      const terms = { directives: parse([directive]), deadline: at + timeLimit, limit: timeLimit }
      const request = { project_id, limit: 10 }
      const lookup = lookupOf(asking, admission, request, terms)
      const { outcome, status } = yield* backups.show(lookup)
      if (Result.isFailure(outcome)) {
        seen.failures++
        assert.notMatch(JSON.stringify(outcome.failure), /\bp\d\b|call \d/)
        return
      }
      const { backups: listed } = JSON.parse(decoder.decode(outcome.success.identity.body)) as {
        readonly backups: ReadonlyArray<{ readonly id: string; readonly project_id: string; readonly name?: string }>
      }
      const others = listed.filter((one) => one.project_id !== project_id)
      const current = yield* now
      const regionOf = (other: string) => (placeOf(current, other) ?? placeOf(current, project_id))?.region
      const mayNot = others.some((one) => {
        const region = regionOf(one.project_id)
        return !(region === undefined && own.regions === "*"
          ? may("list", own, one.project_id, "", at)
          : may("list", own, one.project_id, region, at))
      })
      const isForeign = access.foreignProject(asking, project_id, outcome.success.projects, moment) !== undefined
      assert.strictEqual(isForeign, mayNot)
      if (isForeign) {
        seen.foreignLists++
        return
      }
      seen.lists++
      if (status.hit) seen.cachedLists++
      for (const one of listed) {
        if (one.id === sharedId) continue
        const expected = mark(place!, { project_id, backup_id: one.id })
        assert.strictEqual(one.name?.slice(0, expected.length), expected)
      }
    })

    const purge = Effect.fnUntraced(function* (index: number, backup: ShowBackupRequest) {
      const requester = yield* known(index)
      if (requester === undefined) return
      const { caller } = requester
      const admission = access.admit({ caller, address: undefined }, backup.project_id, ["purge"], yield* DateTime.now)
      if (admission.denial !== undefined) return
      yield* access.purge(backup)
      seen.purged++
    })

    const start = (ask: Effect.Effect<void>) =>
      Effect.map(Effect.forkChild(ask, { startImmediately: true }), (fiber) => void running.push(fiber))

    for (const step of steps) {
      switch (step.act) {
        case "show":
          yield* start(show(step))
          break
        case "list":
          for (const index of [0, 1, 2]) yield* start(list({ ...step, caller: index }))
          break
        case "rush":
          for (const index of [0, 1, 2]) yield* start(show({ ...step, caller: index }))
          break
        case "purge":
          yield* start(purge(step.caller, step.backup))
          break
        case "leave": {
          const leaving = running.shift()
          if (leaving !== undefined) yield* Fiber.interrupt(leaving)
          break
        }
        case "reload": {
          const { reading } = yield* now
          const { changes } = step
          const next = changes === undefined ? step.reading : { ...reading, [changes]: step.reading[changes] }
          yield* snapshots.replace(begin(next))
          assert.strictEqual((yield* now).reading, next)
          seen.reloads++
          break
        }
        case "revoke":
          if (!revokedAt.has(step.caller)) revokedAt.set(step.caller, yield* Clock.currentTimeMillis)
          store.revoked.add(revocationOf(step.caller))
          if (step.isTold) yield* tell
          seen.revoked++
          break
        case "store":
          store.answers = step.store
          break
        case "fault":
          cloud.fault = step.fault
          cloud.status = step.status
          cloud.shares = step.shares
          break
        case "wait":
          yield* TestClock.adjust(step.wait)
          break
      }
    }
    // Known at the second try, and then the longest that a caller here waits.
    yield* TestClock.adjust("15 seconds")
    yield* Fiber.joinAll(running)
    yield* TestClock.adjust("1 minute")
    assert.deepStrictEqual(
      all.filter((era) => !ended.has(era)),
      [yield* now]
    )
  }).pipe(
    Effect.provideService(QuotaLimits, {
      callers: { default: { perSecond: 2, burst: 6 } },
      project: { perSecond: 2, burst: 4 }
    }),
    Effect.provide(
      Layer.fresh(
        gatewayLayer.pipe(
          Layer.provideMerge(ActiveConfiguration.layer(begin(reading))),
          Layer.provideMerge(NodeCrypto.layerDigest)
        )
      )
    )
  )
})

/** In CI other tests run beside it. The rarest event, a list with a backup that its caller may not see, is met in some 120 of 10,000 runs. */
const [runs, leastMet] = process.env["CI"] === undefined ? [10_000, 25] : [2_000, 4]

describe("isolation", () => {
  it.effect.prop(
    "in 10,000 runs of any callers, rights, interleavings, reloads, revocations, cache states, faults of the cloud and of the store, no caller has a byte without the right to it, and no revoked key opens after 10 s",
    [world],
    ([world]) => Effect.provide(run(world), TestClock.layer()),
    { arbitrary: { runs }, timeout: 600_000 }
  )

  it("the runs met everything that they are about", () => {
    for (const [what, times] of Object.entries(seen)) assert.isAbove(times, leastMet, what)
  })
})
