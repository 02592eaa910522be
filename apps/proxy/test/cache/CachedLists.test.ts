import { InvalidRequest } from "@cbr/client"
import type { ListBackupsRequest } from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, PubSub, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import { BackupCache } from "../../src/cache/BackupCache.ts"
import { keyOf, subjectOf } from "../../src/cache/CacheKey.ts"
import type { CacheResult } from "../../src/cache/CacheResult.ts"
import { fieldOf } from "../../src/cache/CacheStatus.ts"
import type { SharedAnswers, SharedEntry } from "../../src/cache/SharedAnswers.ts"
import { CachePolicy, defaultCachePolicy } from "../../src/policy/CachePolicy.ts"
import type { Change } from "../../src/store/LeasedValues.ts"
import { responseOf } from "./backupOf.ts"
import { answers, ask, listOf, makeCloud, request, withCache } from "./Cloud.ts"

const list: ListBackupsRequest = { project_id: request.project_id, limit: 10 }
const id = request.backup_id

const told = ({ status }: CacheResult) => fieldOf(status)
const textOf = ({ outcome }: CacheResult) =>
  Result.isSuccess(outcome) ? outcome.success.identity.body.toString() : outcome.failure._tag

type Cloud = ReturnType<typeof makeCloud>

const listed = ({ upstream }: Cloud, cacheControl = "", of = list) => ask(upstream, cacheControl, { request: of })
const shown = ({ upstream }: Cloud, cacheControl = "") => ask(upstream, cacheControl)

/** Whether the same is asked for from the cache alone. */
const isCached = (cloud: Cloud, of: typeof list | typeof request) =>
  Effect.map(ask(cloud.upstream, "only-if-cached", { request: of }), ({ outcome }) => Result.isSuccess(outcome))

describe("a cached list", () => {
  it.effect("is the body as it came, for 5 s, and for 2 s if a backup on it moves", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.available)
      yield* withCache(
        Effect.gen(function* () {
          cloud.list = listOf({ id, status: "available" })
          const first = yield* listed(cloud)
          assert.strictEqual(textOf(first), `{"backups":[{"id":"${id}","status":"available"}],"count":1}`)
          yield* TestClock.adjust("4999 millis")
          assert.strictEqual(told(yield* listed(cloud)), "cbr-proxy; hit; ttl=0")
          yield* TestClock.adjust("1 millis")
          cloud.list = listOf({ id, status: "restoring" })
          assert.include(told(yield* listed(cloud)), "fwd=uri-miss")
          yield* TestClock.adjust("2 seconds")
          assert.include(told(yield* listed(cloud)), "fwd=uri-miss")
          assert.strictEqual(cloud.lists, 3)
        })
      )
    })
  )

  it.effect("is one for all spellings of a query, and another for another query or project", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.available)
      yield* withCache(
        Effect.gen(function* () {
          cloud.list = listOf()
          yield* listed(cloud, "", { ...list, status: ["error", "available", "error"], name: "夜" })
          yield* listed(cloud, "", { name: "夜", status: ["available", "error"], ...list })
          assert.strictEqual(cloud.lists, 1)
          yield* listed(cloud, "", list)
          yield* listed(cloud, "", { ...list, project_id: "0123456789abcdef0123456789abcdef" })
          assert.strictEqual(cloud.lists, 3)
        })
      )
    })
  )

  it.effect("is shown under no backup's id, though an id may spell the key of its query", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(Effect.fail(new InvalidRequest({ detail: { code: "other", message: "no id" } })))
      yield* withCache(
        Effect.gen(function* () {
          cloud.list = listOf({ id })
          yield* listed(cloud)
          const spelled = { project_id: list.project_id, backup_id: subjectOf(keyOf(cloud.upstream, list)) }
          assert.strictEqual(textOf(yield* ask(cloud.upstream, "", { request: spelled })), "InvalidRequest")
        })
      )
    })
  )

  it.effect("is fetched once for 1,000 callers that ask at once, and a failure is not kept", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.available)
      yield* withCache(
        Effect.gen(function* () {
          cloud.list = Effect.delay(listOf({ id }), "1 second")
          const all = yield* Effect.forkChild(
            Effect.all(
              Array.from({ length: 1_000 }, () => listed(cloud)),
              { concurrency: "unbounded" }
            ),
            { startImmediately: true }
          )
          yield* TestClock.adjust("1 second")
          assert.isTrue((yield* Fiber.join(all)).every((one) => textOf(one).includes(id)))
          assert.strictEqual(cloud.lists, 1)
          yield* TestClock.adjust("1 minute")
          cloud.list = answers.ill
          assert.strictEqual(textOf(yield* listed(cloud)), "ServiceUnavailable")
          cloud.list = listOf()
          assert.strictEqual(textOf(yield* listed(cloud)), '{"backups":[],"count":0}')
        })
      )
    })
  )
})

describe("what is cached tells no older state than an answer that was given before", () => {
  it.effect("a list goes when one of its backups was shown in another state, and stays when in the same", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.backup({ id, status: "protecting" }))
      yield* withCache(
        Effect.gen(function* () {
          cloud.list = Effect.delay(listOf({ id: id.toUpperCase(), status: "protecting" }), 1)
          const first = yield* Effect.forkChild(listed(cloud))
          yield* TestClock.adjust(1)
          yield* Fiber.join(first)
          yield* shown(cloud)
          assert.isTrue(yield* isCached(cloud, list))
          yield* TestClock.adjust("1 second")
          cloud.answer = answers.backup({ id, status: "available", replication_records: [{ id: "r" }] })
          yield* shown(cloud, "no-store")
          assert.isTrue(yield* isCached(cloud, list), "the cached backup was shown")
          yield* TestClock.adjust("900 millis")
          yield* ask(cloud.upstream, "no-cache", { mayBypass: "unlimited" })
          assert.isFalse(yield* isCached(cloud, list))
        })
      )
    })
  )

  it.effect("a backup goes when a list has it in another state, and that there is none goes when a list has it", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.backup({ id, status: "available" }))
      yield* withCache(
        Effect.gen(function* () {
          yield* shown(cloud)
          cloud.list = listOf({ id, status: "available" })
          yield* listed(cloud)
          assert.isTrue(yield* isCached(cloud, request))
          yield* TestClock.adjust("5 seconds")
          cloud.list = listOf({ id, status: "deleting" })
          yield* listed(cloud)
          assert.isFalse(yield* isCached(cloud, request))
          cloud.answer = answers.notFound
          yield* shown(cloud)
          assert.isFalse(yield* isCached(cloud, list), "a backup that is gone is on no cached list")
          yield* listed(cloud)
          cloud.answer = answers.backup({ id, status: "deleting" })
          assert.include(textOf(yield* shown(cloud)), "deleting", "the list has shown it again")
        })
      )
    })
  )

  it.effect("another list goes when a newer one has a backup in another state", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.available)
      yield* withCache(
        Effect.gen(function* () {
          cloud.list = listOf({ id, status: "available" })
          yield* listed(cloud)
          cloud.list = listOf({ id, status: "restoring" })
          const other = { ...list, limit: 20 }
          yield* listed(cloud, "", other)
          assert.deepStrictEqual([yield* isCached(cloud, list), yield* isCached(cloud, other)], [false, true])
        })
      )
    })
  )

  it.effect("a list goes when a backup that it lacks, and that was made about then, was shown", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.available)
      yield* withCache(
        Effect.gen(function* () {
          yield* TestClock.setTime(Date.UTC(2026, 0, 1))
          cloud.list = listOf()
          yield* listed(cloud)
          cloud.answer = answers.backup({ id, status: "available", created_at: "2025-12-31T23:00:00.000000" })
          yield* shown(cloud)
          assert.isTrue(yield* isCached(cloud, list), "an old backup is not of every list")
          cloud.answer = answers.backup({ id, status: "available", created_at: "2025-12-31T23:59:00.000000" })
          yield* ask(cloud.upstream, "no-cache", { mayBypass: "unlimited" })
          assert.isFalse(yield* isCached(cloud, list))
        })
      )
    })
  )

  it.effect("an answer of a call that was under way when another told a newer state is not kept", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(Effect.delay(answers.backup({ id, status: "protecting" }), "2 seconds"))
      yield* withCache(
        Effect.gen(function* () {
          const late = yield* Effect.forkChild(shown(cloud), { startImmediately: true })
          yield* TestClock.adjust("1 second")
          cloud.list = listOf({ id, status: "available" })
          yield* listed(cloud)
          yield* TestClock.adjust("1 second")
          assert.include(textOf(yield* Fiber.join(late)), "protecting")
          assert.deepStrictEqual([yield* isCached(cloud, request), yield* isCached(cloud, list)], [false, false])
        })
      )
    })
  )

  it.effect("a backup goes when an answer that is not stored has it in another state, and stays when in the same", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.backup({ id, status: "available" }))
      const unstored = ask(cloud.upstream, "no-cache, no-store", { mayBypass: "unlimited" })
      yield* withCache(
        Effect.gen(function* () {
          yield* shown(cloud)
          yield* unstored
          assert.isTrue(yield* isCached(cloud, request))
          cloud.answer = answers.backup({ id, status: "restoring" })
          assert.include(textOf(yield* unstored), "restoring")
          assert.include(textOf(yield* shown(cloud)), "restoring")
        })
      )
    })
  )

  it.effect("a backup goes when it is not found, though the rules let no such answer be cached", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.available)
      yield* withCache(
        Effect.gen(function* () {
          yield* shown(cloud)
          yield* TestClock.adjust("100 seconds")
          cloud.answer = answers.notFound
          assert.strictEqual(textOf(yield* shown(cloud)), "BackupNotFound")
          cloud.answer = answers.ill
          assert.strictEqual(textOf(yield* shown(cloud)), "ServiceUnavailable", "no older answer covers it up")
        })
      )
    }).pipe(
      Effect.provideService(CachePolicy, {
        ...defaultCachePolicy,
        fresh_seconds: { ...defaultCachePolicy.fresh_seconds, not_found: 0 }
      })
    )
  )

  it.effect("a call's answer is not kept when an answer that is not stored told another state meanwhile", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(Effect.delay(answers.backup({ id, status: "protecting" }), "2 seconds"))
      yield* withCache(
        Effect.gen(function* () {
          const late = yield* Effect.forkChild(shown(cloud), { startImmediately: true })
          yield* TestClock.adjust("1 second")
          cloud.answer = answers.backup({ id, status: "available" })
          assert.include(textOf(yield* shown(cloud, "no-store")), "available")
          yield* TestClock.adjust("1 second")
          assert.include(textOf(yield* Fiber.join(late)), "protecting")
          assert.isFalse(yield* isCached(cloud, request))
        })
      )
    })
  )

  it.effect("what is of other projects, or of other backups, stays", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.backup({ id, status: "available" }))
      yield* withCache(
        Effect.gen(function* () {
          yield* shown(cloud)
          const other = { ...list, project_id: "0123456789abcdef0123456789abcdef" }
          cloud.list = listOf({ id, status: "deleting" })
          yield* listed(cloud, "", other)
          cloud.list = listOf({ id: "7df2b54c-dd62-4059-a07c-1b8f24f2725d", status: "deleting" })
          yield* listed(cloud)
          assert.isTrue(yield* isCached(cloud, request))
          assert.isTrue(yield* isCached(cloud, other))
        })
      )
    })
  )

  it.effect("what a list has shown to be gone is forgotten, with the lists that have it", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.backup({ id, status: "available" }))
      yield* withCache(
        Effect.gen(function* () {
          yield* shown(cloud)
          cloud.list = listOf({ id, status: "available" })
          yield* listed(cloud)
          yield* BackupCache.use((backups) => backups.gone(keyOf(cloud.upstream, request)))
          assert.deepStrictEqual([yield* isCached(cloud, request), yield* isCached(cloud, list)], [false, false])
        })
      )
    })
  )
})

describe("a list that replicas share", () => {
  const replicas = Effect.gen(function* () {
    const heard = yield* PubSub.unbounded<Change>()
    const state = { found: undefined as SharedEntry | undefined, forgotten: [] as Array<string> }
    const shared: SharedAnswers["Service"] = {
      acquire: () => Effect.succeed({ _tag: "Granted", version: "token", release: () => Effect.void }),
      look: () => Effect.succeed(state.found),
      forget: (key) => Effect.sync(() => void state.forgotten.push(key)),
      changes: Stream.fromPubSub(heard)
    }
    return {
      state,
      shared,
      tell: (change: Change) => Effect.andThen(PubSub.publish(heard, change), TestClock.adjust(1))
    }
  })

  it.effect("goes when another replica tells a newer state of a backup that is not cached here", () =>
    Effect.gen(function* () {
      const { shared, state, tell } = yield* replicas
      yield* withCache(
        Effect.gen(function* () {
          const cloud = makeCloud(answers.available)
          cloud.list = listOf({ id, status: "protecting" })
          yield* listed(cloud)
          yield* TestClock.adjust(10)
          const answer = Result.succeed(responseOf({ id, status: "available" }))
          state.found = { answer, wasLeaving: false, version: "v", at: 5 }
          yield* tell({ _tag: "Stored", key: keyOf(cloud.upstream, request) })
          const { store } = yield* BackupCache
          assert.isUndefined(store.peek(keyOf(cloud.upstream, list)))
        }),
        shared
      )
    })
  )

  it.effect("of another replica makes a backup here go that it has in a newer state, and not in an older one", () =>
    Effect.gen(function* () {
      const { shared, state, tell } = yield* replicas
      yield* withCache(
        Effect.gen(function* () {
          const cloud = makeCloud(answers.backup({ id, status: "available" }))
          yield* TestClock.adjust(10)
          yield* shown(cloud)
          const answer = Result.succeed(yield* Effect.orDie(listOf({ id, status: "deleting" })))
          state.found = { answer, wasLeaving: false, version: "older", at: 5 }
          yield* tell({ _tag: "Stored", key: keyOf(cloud.upstream, list) })
          const { store } = yield* BackupCache
          assert.isDefined(store.peek(keyOf(cloud.upstream, request)))
          state.found = { answer, wasLeaving: false, version: "newer", at: 15 }
          yield* tell({ _tag: "Stored", key: keyOf(cloud.upstream, list) })
          assert.isUndefined(store.peek(keyOf(cloud.upstream, request)))
        }),
        shared
      )
    })
  )

  it.effect(
    "keeps another replica's answer that is awaited meanwhile from being cached, if the list tells another state",
    () =>
      Effect.gen(function* () {
        const { shared } = yield* replicas
        const answer = Result.succeed(responseOf({ id, status: "protecting" }))
        const value: SharedEntry = { answer, wasLeaving: false, version: "v", at: 1_000 }
        const cloud = makeCloud(answers.available)
        yield* withCache(
          Effect.gen(function* () {
            const late = yield* Effect.forkChild(shown(cloud), { startImmediately: true })
            yield* TestClock.adjust("500 millis")
            cloud.list = listOf({ id, status: "available" })
            yield* listed(cloud, "no-store")
            yield* TestClock.adjust("1 second")
            assert.include(textOf(yield* Fiber.join(late)), "protecting")
            const { store } = yield* BackupCache
            assert.isUndefined(store.peek(keyOf(cloud.upstream, request)))
          }),
          {
            ...shared,
            acquire: () => Effect.delay(Effect.succeed({ _tag: "Found", value, isAwaited: true }), "1 second")
          }
        )
      })
  )

  it.effect("is forgotten here at once, with a backup that it showed to be gone, however slow the store is", () =>
    Effect.gen(function* () {
      const { shared } = yield* replicas
      yield* withCache(
        Effect.gen(function* () {
          const cloud = makeCloud(answers.backup({ id, status: "available" }))
          cloud.list = listOf({ id, status: "available" })
          yield* shown(cloud)
          yield* listed(cloud)
          const { gone, store } = yield* BackupCache
          const key = keyOf(cloud.upstream, request)
          yield* Effect.forkChild(gone(key), { startImmediately: true })
          assert.isUndefined(store.peek(key))
          assert.isUndefined(store.peek(keyOf(cloud.upstream, list)))
        }),
        { ...shared, forget: () => Effect.never }
      )
    })
  )

  it.effect("has all backups that it outdates forgotten at every replica, a few at once", () =>
    Effect.gen(function* () {
      const { shared, state } = yield* replicas
      let [now, most] = [0, 0]
      const forget = (key: string) =>
        Effect.acquireUseRelease(
          Effect.sync(() => (most = Math.max(most, ++now))),
          () => Effect.delay(shared.forget(key), 1),
          () => Effect.sync(() => now--)
        )
      const ids = Array.from({ length: 50 }, (_, n) => id.replace("6df2", `60${n + 10}`))
      const cloud = makeCloud(Effect.never)
      yield* withCache(
        Effect.gen(function* () {
          for (const one of ids) {
            cloud.answer = answers.backup({ id: one, status: "protecting" })
            yield* ask(cloud.upstream, "", { request: { ...request, backup_id: one } })
          }
          cloud.list = listOf(...ids.map((one) => ({ id: one, status: "available" })))
          const fiber = yield* Effect.forkChild(listed(cloud), { startImmediately: true })
          yield* TestClock.adjust("1 second")
          yield* Fiber.join(fiber)
          assert.sameMembers(
            state.forgotten,
            ids.map((backup_id) => keyOf(cloud.upstream, { ...request, backup_id }))
          )
          assert.isAtMost(most, 16)
        }),
        { ...shared, forget }
      )
    })
  )

  it.effect("is forgotten at every replica when it is outdated here", () =>
    Effect.gen(function* () {
      const { shared, state } = yield* replicas
      yield* withCache(
        Effect.gen(function* () {
          const cloud = makeCloud(answers.backup({ id, status: "available" }))
          cloud.list = listOf({ id, status: "protecting" })
          yield* listed(cloud)
          yield* shown(cloud)
          assert.deepStrictEqual(state.forgotten, [keyOf(cloud.upstream, list)])
        }),
        shared
      )
    })
  )
})
