import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import { BackupCache } from "../../src/cache/BackupCache.ts"
import { keyOf } from "../../src/cache/CacheKey.ts"
import type { CacheResult } from "../../src/cache/CacheResult.ts"
import type { FetchLease, FetchLeaseResult, SharedAnswers } from "../../src/cache/SharedAnswers.ts"
import { QuotaLimits } from "../../src/callers/RateLimits.ts"
import { responseOf } from "./backupOf.ts"
import { answers, ask, listOf, makeCloud, makeGate, request, withCache } from "./Cloud.ts"

const id = request.backup_id
const list = { project_id: request.project_id, limit: 10 }

const told = ({ outcome }: CacheResult) =>
  Result.isSuccess(outcome)
    ? outcome.success.identity.body.toString()
    : outcome.failure._tag === "ProxyError"
      ? outcome.failure.reason
      : outcome.failure._tag

const forked = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.forkChild(effect, { startImmediately: true })

/** Replicas that grant every lease, unless there is one to give first, and that note what they are told. */
const makeReplicas = () => {
  const heard = {
    leases: [] as Array<FetchLease>,
    known: [] as Array<string | undefined>,
    ends: [] as Array<FetchLeaseResult>,
    forgotten: [] as Array<string>
  }
  const granted: FetchLease = {
    _tag: "Granted",
    version: "own",
    release: (end) => Effect.sync(() => void heard.ends.push(end))
  }
  const shared: SharedAnswers["Service"] = {
    acquire: (_, known) =>
      Effect.sync(() => {
        heard.known.push(known)
        return heard.leases.shift() ?? granted
      }),
    look: () => Effect.undefined,
    forget: (key) => Effect.sync(() => void heard.forgotten.push(key)),
    changes: Stream.never
  }
  return { heard, shared }
}

/** An answer that another replica had. */
const found = (at: number, version: string): FetchLease => ({
  _tag: "Found",
  isAwaited: false,
  value: { answer: Result.succeed(responseOf({ id, status: "available" })), wasLeaving: false, at, version }
})

describe("the end of a call, as other replicas hear it", () => {
  it.effect("is no answer, where a newer answer told another state meanwhile", () => {
    const { heard, shared } = makeReplicas()
    return withCache(
      Effect.gen(function* () {
        const gate = makeGate()
        const cloud = makeCloud(gate.answer)
        const late = yield* forked(ask(cloud.upstream))
        cloud.list = listOf({ id, status: "available" })
        yield* ask(cloud.upstream, "", { request: list })
        yield* gate.open(answers.backup({ id, status: "protecting" }))
        yield* Fiber.join(late)
        assert.deepStrictEqual(
          heard.ends.map(({ _tag }) => _tag),
          ["Answered", "Withdrawn"]
        )
      }),
      shared
    )
  })

  it.effect("is the last word of a backup where a right is gone, unless the call was from before a purge", () => {
    const { heard, shared } = makeReplicas()
    return withCache(
      Effect.gen(function* () {
        const gate = makeGate()
        const cloud = makeCloud(gate.answer)
        const late = yield* forked(ask(cloud.upstream))
        const backups = yield* BackupCache
        yield* backups.purge(cloud.upstream, request)
        cloud.answer = answers.available
        yield* ask(cloud.upstream)
        yield* gate.open(answers.forbidden)
        assert.strictEqual(told(yield* Fiber.join(late)), "PermissionDenied")
        assert.deepInclude(heard.ends.at(-1), { _tag: "Failed", isLast: false })
        assert.isDefined(backups.store.peek(keyOf(cloud.upstream, request)), "the answer after the purge stays")
        cloud.answer = answers.forbidden
        yield* ask(cloud.upstream, "no-cache", { mayBypass: "unlimited" })
        assert.deepInclude(heard.ends.at(-1), { _tag: "Failed", isLast: true })
      }),
      shared
    )
  })

  it.effect("is nothing, where this replica was too busy to call", () => {
    const { heard, shared } = makeReplicas()
    return withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        yield* ask(cloud.upstream)
        const other = { ...request, backup_id: id.replace("6", "7") }
        const third = { ...request, backup_id: id.replace("6", "8") }
        const waiting = yield* forked(ask(cloud.upstream, "", { request: other }))
        const refused = yield* forked(ask(cloud.upstream, "", { request: third }))
        yield* TestClock.adjust("1 second")
        assert.strictEqual(told(yield* Fiber.join(refused)), "QuotaExceeded")
        yield* Fiber.join(waiting)
        assert.deepStrictEqual(
          heard.ends.map(({ _tag }) => _tag),
          ["Answered", "Withdrawn", "Answered"]
        )
      }),
      shared
    ).pipe(
      Effect.provideService(QuotaLimits, {
        callers: { default: { perSecond: 1, burst: 1 } },
        project: { perSecond: 1, burst: 1 }
      })
    )
  })
})

describe("a call whose answer is not stored", () => {
  it.effect("takes no lease, and has another state of its backup forgotten at every replica", () => {
    const { heard, shared } = makeReplicas()
    return withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.backup({ id, status: "available" }))
        const key = keyOf(cloud.upstream, request)
        const unstored = ask(cloud.upstream, "no-cache, no-store", { mayBypass: "unlimited" })
        yield* ask(cloud.upstream)
        yield* unstored
        assert.deepStrictEqual(heard.forgotten, [])
        cloud.answer = answers.backup({ id, status: "restoring" })
        yield* unstored
        assert.deepStrictEqual(heard.forgotten, [key])
        cloud.answer = answers.forbidden
        yield* unstored
        assert.deepStrictEqual(heard.forgotten, [key, key])
        assert.lengthOf(heard.known, 1)
      }),
      shared
    )
  })

  it.effect("has the lists forgotten that show a backup which it did not find", () => {
    const { heard, shared } = makeReplicas()
    return withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.notFound)
        cloud.list = listOf({ id, status: "available" })
        yield* ask(cloud.upstream, "", { request: list })
        yield* ask(cloud.upstream, "no-store")
        assert.deepStrictEqual(
          heard.forgotten,
          [list, request].map((of) => keyOf(cloud.upstream, of))
        )
      }),
      shared
    )
  })
})

describe("an answer that another replica had", () => {
  it.effect("is taken without a call, unless it is too old for the request: then it is named as the known one", () => {
    const { heard, shared } = makeReplicas()
    return withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.backup({ id, status: "available", name: "new" }))
        yield* TestClock.adjust(10)
        heard.leases.push(found(5, "first"))
        assert.isTrue((yield* ask(cloud.upstream)).status.hit)
        assert.strictEqual(cloud.calls, 0)
        const bypass = ask(cloud.upstream, "no-cache", { mayBypass: "unlimited" })
        assert.include(told(yield* bypass), "new")
        heard.leases.push(found(4, "older"))
        assert.include(told(yield* bypass), "new")
        assert.strictEqual(cloud.calls, 2)
        assert.deepStrictEqual(heard.known, [undefined, "first", "own", "older"])
      }),
      shared
    )
  })
})

describe("calls under way", () => {
  it.effect("end with the cache", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(Effect.never)
      const fiber = yield* withCache(Effect.forkDetach(ask(cloud.upstream), { startImmediately: true }))
      assert.strictEqual(cloud.interrupted, 1)
      assert.strictEqual(told(yield* Fiber.join(fiber)), "InternalError")
    })
  )

  it.effect("are joined no more once all callers have left, though their end takes time", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(Effect.onInterrupt(Effect.never, () => Effect.sleep("1 second")))
        const leaving = yield* forked(ask(cloud.upstream, "", { timeLimit: 100 }))
        yield* TestClock.adjust("100 millis")
        assert.strictEqual(told(yield* Fiber.join(leaving)), "TimedOut")
        cloud.answer = answers.available
        assert.include(told(yield* ask(cloud.upstream)), "available")
        assert.strictEqual(cloud.calls, 2)
        yield* TestClock.adjust("1 second")
      })
    )
  )

  it.effect("have no answer cached after a purge, though no other call was made", () =>
    withCache(
      Effect.gen(function* () {
        const gate = makeGate()
        const cloud = makeCloud(gate.answer)
        const waiting = yield* forked(ask(cloud.upstream))
        const backups = yield* BackupCache
        yield* backups.purge(cloud.upstream, request)
        yield* gate.open(answers.available)
        assert.include(told(yield* Fiber.join(waiting)), "available")
        assert.isUndefined(backups.store.peek(keyOf(cloud.upstream, request)))
      })
    )
  )
})

describe("a cloud that fails", () => {
  it.effect("is left alone for a second while a stale answer would be served beside its renewal", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        yield* ask(cloud.upstream)
        cloud.answer = answers.ill
        yield* TestClock.adjust("61 seconds")
        for (let n = 0; n < 20; n++) {
          assert.include(told(yield* ask(cloud.upstream)), "available")
          yield* TestClock.adjust(1)
        }
        assert.strictEqual(cloud.calls, 2)
        yield* TestClock.adjust("1 second")
        yield* ask(cloud.upstream)
        yield* TestClock.adjust(0)
        assert.strictEqual(cloud.calls, 3)
      })
    )
  )
})
