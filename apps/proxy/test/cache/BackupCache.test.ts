import * as Client from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Metric, Result } from "effect"
import { TestClock } from "effect/testing"
import { BackupCache } from "../../src/cache/BackupCache.ts"
import type { CacheResult } from "../../src/cache/CacheResult.ts"
import { fieldOf } from "../../src/cache/CacheStatus.ts"
import { QuotaLimits } from "../../src/callers/RateLimits.ts"
import { responseOf } from "./backupOf.ts"
import { answers, ask, cache, makeCloud, makeGate, request, withCache } from "./Cloud.ts"

/** What the caller reads of it. */
const told = ({ outcome, status }: CacheResult): string =>
  [
    Result.isSuccess(outcome)
      ? new TextDecoder().decode(outcome.success.identity.body)
      : outcome.failure._tag === "ProxyError"
        ? outcome.failure.reason
        : outcome.failure._tag,
    fieldOf(status).replace("cbr-proxy; ", "")
  ].join(" | ")

const body = (fields: object) => JSON.stringify({ backup: fields })
const available = body({ status: "available" })

/** Lets everything that needs no time come to its end. */
const settled = TestClock.adjust(0)

const forked = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.forkChild(effect, { startImmediately: true })

describe("over time", () => {
  it.effect("an answer is kept as long as its state allows, then fetched anew", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        const asked = Effect.map(ask(cloud.upstream), told)
        assert.strictEqual(yield* asked, `${available} | fwd=uri-miss; fwd-status=200; stored`)
        yield* TestClock.adjust("19 seconds")
        assert.strictEqual(yield* asked, `${available} | hit; ttl=41`)
        assert.strictEqual(cloud.calls, 1)
        yield* TestClock.adjust("72 seconds")
        assert.strictEqual(yield* asked, `${available} | fwd=stale; fwd-status=200; stored`)
        assert.strictEqual(cloud.calls, 2)
      })
    )
  )

  it.effect("a moving backup is asked for again after 2 s, and never served stale", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.backup({ status: "restoring" }))
        yield* ask(cloud.upstream)
        yield* TestClock.adjust("1999 millis")
        assert.include(told(yield* ask(cloud.upstream)), "hit; ttl=0")
        yield* TestClock.adjust("1 millis")
        cloud.answer = answers.ill
        assert.strictEqual(told(yield* ask(cloud.upstream)), "ServiceUnavailable | fwd=stale; fwd-status=503")
      })
    )
  )

  it.effect("while an answer is a little stale it is served at once, and one call renews it", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        yield* ask(cloud.upstream)
        const gate = makeGate()
        cloud.answer = gate.answer
        yield* TestClock.adjust("61 seconds")
        for (let n = 0; n < 20; n++) {
          assert.strictEqual(
            told(yield* ask(cloud.upstream)),
            `${available} | hit; ttl=-1; detail=stale-while-revalidate`
          )
        }
        yield* settled
        assert.strictEqual(cloud.calls, 2)
        yield* gate.open(answers.backup({ status: "error" }))
        yield* settled
        assert.strictEqual(told(yield* ask(cloud.upstream)), `${body({ status: "error" })} | hit; ttl=30`)
      })
    )
  )

  it.effect("an illness of the cloud is hidden for an hour by what was at rest, and asked about once a second", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        yield* ask(cloud.upstream)
        cloud.answer = answers.ill
        yield* TestClock.adjust("100 seconds")
        for (let n = 0; n < 20; n++) {
          assert.strictEqual(told(yield* ask(cloud.upstream)), `${available} | hit; ttl=-40; detail=stale-if-error`)
        }
        assert.strictEqual(cloud.calls, 2)
        yield* TestClock.adjust("1 second")
        yield* ask(cloud.upstream)
        assert.strictEqual(cloud.calls, 3)
        yield* TestClock.adjust(Duration.seconds(3_660 - 101))
        assert.strictEqual(told(yield* ask(cloud.upstream)), "ServiceUnavailable | fwd=uri-miss; fwd-status=503")
      })
    )
  )

  it.effect("a cloud that says when to come back is left alone until then", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        yield* ask(cloud.upstream)
        cloud.answer = Effect.fail(
          new Client.ServiceUnavailable({ detail: { code: "other", message: "ill" }, retry_after: 20 })
        )
        yield* TestClock.adjust("100 seconds")
        yield* ask(cloud.upstream)
        yield* TestClock.adjust("19 seconds")
        yield* ask(cloud.upstream)
        assert.strictEqual(cloud.calls, 2)
        yield* TestClock.adjust("1 second")
        yield* ask(cloud.upstream)
        assert.strictEqual(cloud.calls, 3)
      })
    )
  )

  it.effect("a right that the cloud took back shows at once, and what was kept under it is gone", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        yield* ask(cloud.upstream)
        cloud.answer = answers.forbidden
        yield* TestClock.adjust("100 seconds")
        assert.strictEqual(told(yield* ask(cloud.upstream)), "PermissionDenied | fwd=stale; fwd-status=403")
        cloud.answer = answers.ill
        assert.strictEqual(told(yield* ask(cloud.upstream)), "ServiceUnavailable | fwd=uri-miss; fwd-status=503")
      })
    )
  )

  it.effect("that there is no such backup is believed for 5 s", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.notFound)
        assert.strictEqual(told(yield* ask(cloud.upstream)), "BackupNotFound | fwd=uri-miss; fwd-status=404")
        yield* TestClock.adjust("4 seconds")
        assert.strictEqual(told(yield* ask(cloud.upstream)), "BackupNotFound | hit; ttl=1")
        yield* TestClock.adjust("1 second")
        cloud.answer = answers.available
        assert.include(told(yield* ask(cloud.upstream)), "fwd=uri-miss; fwd-status=200; stored")
      })
    )
  )

  it.effect("for 60 s once it was seen being deleted, and never covered up by what was there before", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.backup({ status: "deleting" }))
        yield* ask(cloud.upstream)
        cloud.answer = answers.notFound
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual(told(yield* ask(cloud.upstream)), "BackupNotFound | fwd=stale; fwd-status=404")
        yield* TestClock.adjust("59 seconds")
        assert.strictEqual(told(yield* ask(cloud.upstream)), "BackupNotFound | hit; ttl=1")
        yield* TestClock.adjust("1 second")
        yield* ask(cloud.upstream)
        yield* TestClock.adjust("59 seconds")
        assert.strictEqual(told(yield* ask(cloud.upstream)), "BackupNotFound | hit; ttl=1")
        assert.strictEqual(cloud.calls, 3)
      })
    )
  )
})

describe("when a stale answer could be renewed", () => {
  const said = { detail: { code: "other", message: "a failure of the cloud" } } as const
  const failures: {
    readonly [Tag in Client.ShowBackupError["_tag"]]: readonly [
      Extract<Client.ShowBackupError, { _tag: Tag }>,
      "hidden" | "shown" | "shown, and the entry goes"
    ]
  } = {
    InvalidRequest: [new Client.InvalidRequest(said), "shown"],
    NoCredentials: [new Client.NoCredentials(said), "shown"],
    AuthenticationFailed: [new Client.AuthenticationFailed(said), "shown, and the entry goes"],
    PermissionDenied: [new Client.PermissionDenied(said), "shown, and the entry goes"],
    RequestRefused: [new Client.RequestRefused(said), "shown"],
    BackupNotFound: [new Client.BackupNotFound(said), "shown, and the entry goes"],
    RateLimited: [new Client.RateLimited(said), "hidden"],
    ServiceUnavailable: [new Client.ServiceUnavailable(said), "hidden"],
    MalformedResponse: [new Client.MalformedResponse(said), "hidden"],
    ResponseTooLarge: [new Client.ResponseTooLarge(said), "hidden"],
    ConnectionFailed: [new Client.ConnectionFailed({ ...said, reason: "Broken" }), "hidden"],
    TimedOut: [new Client.TimedOut({ ...said, limit: "call" }), "hidden"],
    OtherStatus: [new Client.OtherStatus(said), "shown"]
  }

  it.effect.each(Object.values(failures).map(([failure, fate]) => [failure._tag, fate, failure] as const))(
    "%s is %s",
    ([tag, fate, failure]) =>
      withCache(
        Effect.gen(function* () {
          const cloud = makeCloud(answers.available)
          yield* ask(cloud.upstream)
          cloud.answer = Effect.fail(failure)
          yield* TestClock.adjust("100 seconds")
          const shown = told(yield* ask(cloud.upstream))
          if (fate === "hidden") assert.strictEqual(shown, `${available} | hit; ttl=-40; detail=stale-if-error`)
          else assert.strictEqual(shown, `${tag} | fwd=stale`)
          const left = told(yield* ask(cloud.upstream, "only-if-cached, max-stale"))
          assert.strictEqual(left.startsWith(available), fate !== "shown, and the entry goes")
        })
      )
  )
})

describe("what callers say", () => {
  it.effect("a bypass goes to the cloud once a second, and every caller has what it brought", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        const bypass = Effect.map(ask(cloud.upstream, "no-cache", { mayBypass: true }), told)
        yield* ask(cloud.upstream)
        yield* TestClock.adjust("1 second")
        const gate = makeGate()
        cloud.answer = gate.answer
        const fiber = yield* forked(
          Effect.all(
            Array.from({ length: 10 }, () => bypass),
            { concurrency: "unbounded" }
          )
        )
        yield* gate.open(answers.backup({ status: "error" }))
        const [one, ...others] = yield* Fiber.join(fiber)
        assert.strictEqual(one, `${body({ status: "error" })} | fwd=request; fwd-status=200; stored`)
        for (const other of others) assert.include(other, "collapsed")
        assert.strictEqual(yield* bypass, `${body({ status: "error" })} | hit; ttl=30; detail=bypass-limited`)
        assert.strictEqual(cloud.calls, 2)
      })
    )
  )

  it.effect("a bypass is told of an illness that others are not", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        yield* ask(cloud.upstream)
        cloud.answer = answers.ill
        yield* TestClock.adjust("2 seconds")
        const bypassed = yield* ask(cloud.upstream, "no-cache", { mayBypass: true })
        assert.strictEqual(told(bypassed), "ServiceUnavailable | fwd=request; fwd-status=503")
        assert.strictEqual(told(yield* ask(cloud.upstream)), `${available} | hit; ttl=58`)
      })
    )
  )

  it.effect("no-store leaves nothing behind, and still takes what is there", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        assert.include(told(yield* ask(cloud.upstream, "no-store")), "fwd=uri-miss; fwd-status=200; detail=no-store")
        assert.include(told(yield* ask(cloud.upstream)), "fwd=uri-miss; fwd-status=200; stored")
        assert.include(told(yield* ask(cloud.upstream, "no-store")), "hit; ttl=60")
        assert.strictEqual(cloud.calls, 2)
      })
    )
  )

  it.effect("what a call brings that renews a stale answer is kept, though its caller says no-store", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        yield* ask(cloud.upstream)
        yield* TestClock.adjust("61 seconds")
        assert.include(told(yield* ask(cloud.upstream, "no-store")), "detail=stale-while-revalidate")
        yield* settled
        assert.include(told(yield* ask(cloud.upstream, "no-store")), "hit; ttl=60")
        assert.strictEqual(cloud.calls, 2)
      })
    )
  )

  it.effect("a bypass that stores nothing makes one call a second", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        const bypass = Effect.map(ask(cloud.upstream, "no-cache, no-store", { mayBypass: true }), told)
        yield* ask(cloud.upstream)
        yield* TestClock.adjust("2 seconds")
        assert.include(yield* bypass, "fwd=request; fwd-status=200; detail=no-store")
        for (let n = 0; n < 20; n++) assert.include(yield* bypass, "hit; ttl=58; detail=bypass-limited")
        assert.strictEqual(cloud.calls, 2)
        yield* TestClock.adjust("1 second")
        assert.include(yield* bypass, "fwd=request")
        assert.strictEqual(cloud.calls, 3)
      })
    )
  )

  it.effect("callers that leave before their bypass is answered make one call a second", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        yield* ask(cloud.upstream)
        yield* TestClock.adjust("2 seconds")
        cloud.answer = Effect.delay(answers.available, "300 millis")
        const bypass = forked(ask(cloud.upstream, "no-cache", { mayBypass: true, timeLimit: 60 }))
        const left = yield* bypass
        yield* TestClock.adjust("60 millis")
        assert.include(told(yield* Fiber.join(left)), "TimedOut")
        for (let n = 0; n < 9; n++) {
          const fiber = yield* bypass
          yield* TestClock.adjust("60 millis")
          assert.include(told(yield* Fiber.join(fiber)), "detail=bypass-limited")
        }
        assert.strictEqual(cloud.calls, 2)
      })
    )
  )

  it.effect("no-store on a stale answer has a call of its own once a second; the next one's answer is kept", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.backup({ status: "protecting" }))
        const unstored = Effect.map(ask(cloud.upstream, "no-store"), told)
        yield* ask(cloud.upstream)
        yield* TestClock.adjust("2 seconds")
        assert.include(yield* unstored, "fwd=stale; fwd-status=200; detail=no-store")
        assert.include(yield* unstored, "fwd=stale; fwd-status=200; stored")
        for (let n = 0; n < 18; n++) assert.include(yield* unstored, "hit; ttl=2")
        assert.strictEqual(cloud.calls, 3)
      })
    )
  )

  it.effect("callers of a stale answer that say no-store at once share one call", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.backup({ status: "protecting" }))
        yield* ask(cloud.upstream)
        yield* TestClock.adjust("2 seconds")
        const gate = makeGate()
        cloud.answer = gate.answer
        const unstored = ask(cloud.upstream, "no-store")
        const fiber = yield* forked(
          Effect.all(
            Array.from({ length: 20 }, () => unstored),
            { concurrency: "unbounded" }
          )
        )
        yield* gate.open(answers.available)
        for (const shown of yield* Fiber.join(fiber)) assert.include(told(shown), "detail=no-store")
        assert.strictEqual(cloud.calls, 2)
      })
    )
  )

  it.effect("a plain request beside one with no-store has a call of its own, and its answer is kept", () =>
    withCache(
      Effect.gen(function* () {
        const gate = makeGate()
        const cloud = makeCloud(gate.answer)
        const fiber = yield* forked(
          Effect.all([ask(cloud.upstream, "no-store"), ask(cloud.upstream)], { concurrency: "unbounded" })
        )
        yield* gate.open(answers.available)
        const [unstored, plain] = yield* Fiber.join(fiber)
        assert.strictEqual(told(unstored), `${available} | fwd=uri-miss; fwd-status=200; detail=no-store`)
        assert.strictEqual(told(plain), `${available} | fwd=uri-miss; fwd-status=200; stored`)
        assert.include(told(yield* ask(cloud.upstream)), "hit")
        assert.strictEqual(cloud.calls, 2)
      })
    )
  )

  it.effect("only-if-cached makes no call, not even one to renew", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        assert.strictEqual(told(yield* ask(cloud.upstream, "only-if-cached")), "NotCached | detail=only-if-cached")
        yield* ask(cloud.upstream)
        yield* TestClock.adjust("61 seconds")
        assert.include(told(yield* ask(cloud.upstream, "only-if-cached")), "hit; ttl=-1")
        yield* settled
        assert.strictEqual(cloud.calls, 1)
      })
    )
  )

  it.effect("with less than 50 ms no call is made, though what is cached is served", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        assert.strictEqual(told(yield* ask(cloud.upstream, "", { timeLimit: 49 })), "TimedOut | detail=no-time")
        assert.strictEqual(cloud.calls, 0)
        yield* ask(cloud.upstream, "", { timeLimit: 50 })
        assert.include(told(yield* ask(cloud.upstream, "", { timeLimit: 0 })), "hit")
        assert.strictEqual(cloud.calls, 1)
      })
    )
  )

  it.effect("an id is the same in either case, and the cloud is asked in lower case", () =>
    withCache(
      Effect.gen(function* () {
        const asked: Array<string> = []
        const upstream = {
          region: "r",
          credential_id: "c",
          showBackup: ({ backup_id }: typeof request) =>
            Effect.sync(() => {
              asked.push(backup_id)
              return responseOf({ status: "available" })
            }),
          listBackups: () => Effect.never
        }
        yield* ask(upstream, "", { request: { ...request, backup_id: request.backup_id.toUpperCase() } })
        assert.include(told(yield* ask(upstream)), "hit")
        assert.deepStrictEqual(asked, [request.backup_id])
      })
    )
  )

  it.effect("another region or another credential has its own entries", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        yield* ask(cloud.upstream)
        for (const other of [{ region: "other" }, { credential_id: "other" }]) {
          assert.include(told(yield* ask({ ...cloud.upstream, ...other })), "fwd=uri-miss")
        }
        assert.strictEqual(cloud.calls, 3)
      })
    )
  )
})

describe("many at once", () => {
  it.effect("1,000 callers of one backup make one call", () =>
    withCache(
      Effect.gen(function* () {
        const gate = makeGate()
        const cloud = makeCloud(gate.answer)
        const fiber = yield* forked(
          Effect.all(
            Array.from({ length: 1_000 }, (_, n) => ask(cloud.upstream, "", { caller_id: `caller ${n}` })),
            { concurrency: "unbounded" }
          )
        )
        yield* settled
        yield* gate.open(answers.available)
        const shown = yield* Fiber.join(fiber)
        assert.strictEqual(cloud.calls, 1)
        assert.lengthOf(shown, 1_000)
        const statuses = shown.map(told)
        assert.lengthOf(
          statuses.filter((status) => status === `${available} | fwd=uri-miss; fwd-status=200; stored`),
          1
        )
        assert.lengthOf(
          statuses.filter((status) => status.includes("collapsed")),
          999
        )
      })
    )
  )

  it.effect("a failure answers every caller that waits, and none of them asks again", () =>
    withCache(
      Effect.gen(function* () {
        const gate = makeGate()
        const cloud = makeCloud(gate.answer)
        const fiber = yield* forked(
          Effect.all(
            Array.from({ length: 1_000 }, () => ask(cloud.upstream)),
            { concurrency: "unbounded" }
          )
        )
        yield* settled
        yield* gate.open(answers.ill)
        for (const shown of yield* Fiber.join(fiber)) assert.include(told(shown), "ServiceUnavailable")
        assert.strictEqual(cloud.calls, 1)
      })
    )
  )

  it.effect("each caller waits until its own deadline; the call goes on for those that stay", () =>
    withCache(
      Effect.gen(function* () {
        const gate = makeGate()
        const cloud = makeCloud(gate.answer)
        const hasty = yield* forked(ask(cloud.upstream, "", { timeLimit: 1_000 }))
        const patient = yield* forked(ask(cloud.upstream, "", { timeLimit: 5_000 }))
        yield* TestClock.adjust("1 second")
        assert.include(told(yield* Fiber.join(hasty)), "TimedOut")
        assert.strictEqual(cloud.interrupted, 0)
        yield* gate.open(answers.available)
        assert.include(told(yield* Fiber.join(patient)), available)
        assert.strictEqual(cloud.calls, 1)
      })
    )
  )

  it.effect("a caller whose time is over reads the limit that it gave, not the part that the lookup had left", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(Effect.never)
        const asked = yield* forked(ask(cloud.upstream, "", { timeLimit: 500, deadline: 499 }))
        yield* TestClock.adjust("499 millis")
        const { outcome } = yield* Fiber.join(asked)
        assert.deepInclude(Result.isFailure(outcome) ? outcome.failure : undefined, {
          detail: { code: "no-answer-for-caller", milliseconds: 500 }
        })
      })
    )
  )

  it.effect("the call is given up when the last caller has left, by its deadline or by disconnecting", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(Effect.never)
        const hasty = yield* forked(ask(cloud.upstream, "", { timeLimit: 1_000 }))
        const leaving = yield* forked(ask(cloud.upstream))
        yield* Fiber.interrupt(leaving)
        assert.strictEqual(cloud.interrupted, 0)
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(hasty)
        assert.strictEqual(cloud.interrupted, 1)
        cloud.answer = answers.available
        assert.include(told(yield* ask(cloud.upstream)), "fwd=uri-miss; fwd-status=200; stored")
      })
    )
  )

  it.effect("the caller that made the call may leave it to the others", () =>
    withCache(
      Effect.gen(function* () {
        const gate = makeGate()
        const cloud = makeCloud(gate.answer)
        const first = yield* forked(ask(cloud.upstream))
        const second = yield* forked(ask(cloud.upstream))
        yield* Fiber.interrupt(first)
        yield* gate.open(answers.available)
        assert.include(told(yield* Fiber.join(second)), `${available} | fwd=uri-miss; fwd-status=200; stored`)
      })
    )
  )

  it.effect("an hour-old answer stands in for a call that is too slow for a caller", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        yield* ask(cloud.upstream)
        yield* TestClock.adjust("100 seconds")
        cloud.answer = Effect.never
        const fiber = yield* forked(ask(cloud.upstream, "", { timeLimit: 1_000 }))
        yield* TestClock.adjust("1 second")
        assert.strictEqual(told(yield* Fiber.join(fiber)), `${available} | hit; ttl=-41; detail=stale-if-error`)
      })
    )
  )

  it.effect("what is over its quota or out of turn is refused, unless an older answer will do", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.available)
      yield* ask(cloud.upstream)
      yield* TestClock.adjust("100 seconds")
      yield* ask(cloud.upstream, "no-store", {
        request: { ...request, backup_id: request.backup_id.replace("6", "7") }
      })
      const other = { request: { ...request, backup_id: request.backup_id.replace("6", "8") } }
      const [stale, refused] = [yield* forked(ask(cloud.upstream)), yield* forked(ask(cloud.upstream, "", other))]
      yield* TestClock.adjust("500 millis")
      assert.strictEqual(told(yield* Fiber.join(refused)), "QuotaExceeded | fwd=uri-miss")
      yield* TestClock.adjust("500 millis")
      assert.include(told(yield* Fiber.join(stale)), available)
    }).pipe(
      Effect.provideService(QuotaLimits, {
        callers: { default: { perSecond: 1, burst: 1 } },
        project: { perSecond: 1, burst: 1 }
      }),
      Effect.provide(cache())
    )
  )

  it.effect("hits need no turn", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.available)
      yield* ask(cloud.upstream)
      cloud.answer = Effect.never
      const other = { request: { ...request, backup_id: request.backup_id.replace("6", "7") } }
      const blocking = yield* forked(ask(cloud.upstream, "", other))
      const third = { request: { ...request, backup_id: request.backup_id.replace("6", "8") } }
      assert.include(told(yield* ask(cloud.upstream, "", third)), "Overloaded")
      assert.include(told(yield* ask(cloud.upstream)), "hit")
      yield* Fiber.interrupt(blocking)
    }).pipe(Effect.provide(cache({ queue: { upstream_calls: 1, queue: 0, queue_wait_ms: 500 } })))
  )

  it.effect("a caller whose call another was to make has a turn of its own when the other's is not had", () =>
    Effect.gen(function* () {
      const gate = makeGate()
      const cloud = makeCloud(gate.answer)
      const busy = yield* forked(ask(cloud.upstream, "", { caller_id: "greedy" }))
      const other = { request: { ...request, backup_id: "00000000-0000-4000-8000-000000000001" } }
      const leader = yield* forked(ask(cloud.upstream, "", { ...other, caller_id: "greedy" }))
      yield* TestClock.adjust("100 millis")
      const joined = yield* forked(ask(cloud.upstream, "", { ...other, caller_id: "modest" }))
      yield* TestClock.adjust("400 millis")
      assert.include(told(yield* Fiber.join(leader)), "Overloaded")
      cloud.answer = answers.available
      yield* gate.open(answers.available)
      yield* Fiber.join(busy)
      assert.include(told(yield* Fiber.join(joined)), available)
    }).pipe(Effect.provide(cache({ queue: { upstream_calls: 1, queue: 8, queue_wait_ms: 500 } })))
  )
})

describe("purge", () => {
  it.effect("forgets what is there", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        yield* ask(cloud.upstream)
        yield* BackupCache.use((backups) => backups.purge(cloud.upstream, request))
        assert.include(told(yield* ask(cloud.upstream)), "fwd=uri-miss")
      })
    )
  )

  it.effect("a purge also forgets a call under way: callers that wait have its answer, and none after them", () =>
    withCache(
      Effect.gen(function* () {
        const before = makeGate()
        const cloud = makeCloud(before.answer)
        const waiting = yield* forked(ask(cloud.upstream))
        yield* BackupCache.use((backups) => backups.purge(cloud.upstream, request))
        const after = makeGate()
        cloud.answer = after.answer
        const next = yield* forked(ask(cloud.upstream))
        yield* after.open(answers.backup({ status: "error" }))
        assert.include(told(yield* Fiber.join(next)), body({ status: "error" }))
        yield* before.open(answers.available)
        assert.strictEqual(told(yield* Fiber.join(waiting)), `${available} | fwd=uri-miss; fwd-status=200`)
        assert.include(told(yield* ask(cloud.upstream)), `${body({ status: "error" })} | hit`)
      })
    )
  )

  it.effect("requests after a purge share one call, though the call from before it ends meanwhile", () =>
    withCache(
      Effect.gen(function* () {
        const before = makeGate()
        const cloud = makeCloud(before.answer)
        const waiting = yield* forked(ask(cloud.upstream))
        yield* BackupCache.use((backups) => backups.purge(cloud.upstream, request))
        const after = makeGate()
        cloud.answer = after.answer
        const next = yield* forked(ask(cloud.upstream))
        yield* before.open(answers.available)
        yield* Fiber.join(waiting)
        const third = yield* forked(ask(cloud.upstream))
        yield* after.open(answers.available)
        assert.notInclude(told(yield* Fiber.join(next)), "collapsed")
        assert.include(told(yield* Fiber.join(third)), "collapsed")
        assert.strictEqual(cloud.calls, 2)
      })
    )
  )
})

describe("metrics", () => {
  it.effect("the metrics count how requests were handled, and name no caller", () =>
    withCache(
      Effect.gen(function* () {
        const cloud = makeCloud(answers.available)
        yield* ask(cloud.upstream)
        yield* ask(cloud.upstream)
        const snapshots = yield* Metric.snapshot
        const count = (name: string, result?: string) =>
          snapshots.find(({ attributes, id }) => id === name && attributes?.["result"] === result)?.state
        assert.deepInclude(count("cbr_proxy_cache_results_total", "hit"), { count: 1 })
        assert.deepInclude(count("cbr_proxy_cache_results_total", "miss"), { count: 1 })
        assert.deepInclude(count("cbr_proxy_cache_entries"), { value: 1 })
        const shown = JSON.stringify(snapshots)
        for (const id of [...Object.values(request), "region", "credential", "caller"]) assert.notInclude(shown, id)
      })
    ).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
  )
})
