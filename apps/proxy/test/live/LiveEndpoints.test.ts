import { request as nodeRequest } from "node:http"
import { BackupClient, ServiceUnavailable } from "@cbr/client"
import { hashes } from "@cbr/client/node"
import { ShowBackupResponse } from "@cbr/domain"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import { Context, Duration, Effect, Exit, Fiber, Layer, Metric, Schedule, Scope } from "effect"
import { Authenticator } from "../../src/callers/Authenticator.ts"
import { unauthenticated } from "../../src/callers/RequestCredential.ts"
import { defaultHttpLimits, type HttpLimits } from "../../src/http/HttpLimits.ts"
import { pollers } from "../../src/live/LiveMetrics.ts"
import { defaultLivePolicy, type LivePolicy } from "../../src/policy/LivePolicy.ts"
import type { Caller } from "../../src/rights/Caller.ts"
import { Listener } from "../../src/server/Server.ts"
import { responseOf } from "../cache/backupOf.ts"
import { answers, request } from "../cache/Cloud.ts"
import { callerOf, knownAs } from "../callerOf.ts"
import { get, key, LogLines, proxyOver } from "../TestProxy.ts"
import { openStream } from "./Streaming.ts"

/** Fast enough for a test, so that what it waits for comes at once; nothing is timed. */
const fast: Partial<LivePolicy> = {
  poll_moving_seconds: 0.01,
  poll_at_rest_seconds: 0.01,
  heartbeat: Duration.millis(50),
  recheck: Duration.millis(20)
}

const caller = callerOf("watcher", { scopes: new Set(["read", "watch"]) })

/** A proxy whose cloud and caller are as the test says at the moment. */
const world = Effect.fnUntraced(function* (live: Partial<LivePolicy> = fast, limits: Partial<HttpLimits> = {}) {
  const now = {
    answer: answers.backup({ status: "restoring" }),
    caller: caller as Caller | undefined,
    calls: 0
  }
  const client = Layer.succeed(BackupClient, {
    circuit: Effect.succeed("closed" as never),
    listBackupsBody: () => Effect.die("no list is asked for"),
    listBackupsPage: () => Effect.die("no list is asked for"),
    showBackup: () =>
      Effect.suspend(() => {
        now.calls++
        return now.answer
      })
  })
  const callers = Layer.succeed(
    Authenticator,
    Authenticator.make({
      ApiKey: (presented) =>
        Effect.suspend(() =>
          now.caller !== undefined && presented.hash === hashes.sha256(key)
            ? Effect.succeed(knownAs(now.caller))
            : Effect.fail(unauthenticated)
        )
    })
  )
  const scope = yield* Scope.make()
  const layer = proxyOver(client, {
    callers,
    live: { ...fast, ...live },
    limits: { ...defaultHttpLimits, ...limits },
    drainTimes
  })
  const context = yield* Layer.buildWithScope(Layer.fresh(layer), scope)
  yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
  const { url } = Context.get(context, Listener)
  const events = `${url}/-/v1/projects/${request.project_id}/backups/${request.backup_id}/events`
  const backup = `/v3/${request.project_id}/backups/${request.backup_id}`
  return {
    now,
    url,
    events,
    open: (headers: Readonly<Record<string, string>> = {}) => openStream(events, { "x-api-key": key, ...headers }),
    show: (headers: Readonly<Record<string, string>> = {}) =>
      get(backup, { "x-api-key": key, ...headers }).pipe(
        Effect.provideService(Listener, Context.get(context, Listener)),
        Effect.provide(NodeHttpClient.layerUndici)
      ),
    close: Scope.close(scope, Exit.void),
    log: Context.get(context, LogLines)
  }
})

/** A drain longer than a test: an answer that lasts so long was not ended. */
const drainTimes = { finishTime: Duration.minutes(1), keepAliveTime: Duration.zero }

const statusIn = (data: string) => (JSON.parse(data) as { backup?: { status: string } }).backup?.status
const polled = Effect.map(Metric.value(pollers), ({ value }) => value)
const forked = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.forkChild(effect, { startImmediately: true })

describe("the stream of a backup's events", () => {
  it.live("tells how it stands, what becomes of it, and ends when it is deleted", () =>
    Effect.gen(function* () {
      const { now, open } = yield* world()
      const stream = yield* open()
      assert.strictEqual(stream.status, 200)
      assert.deepInclude(stream.headers, {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        "x-accel-buffering": "no"
      })
      yield* stream.atLeast(1)
      now.answer = answers.available
      yield* stream.atLeast(2)
      now.answer = answers.notFound
      const events = yield* stream.ended
      assert.deepStrictEqual(
        events.map(({ data, event }) => [event, statusIn(data)]),
        [
          ["snapshot", "restoring"],
          ["stable", "available"],
          ["deleted", undefined]
        ]
      )
      assert.strictEqual(JSON.parse(events[2]!.data).status, 404)
    }).pipe(Effect.scoped)
  )

  it.live("has the service's text as it came, numbers beyond doubles and all, under its tag", () =>
    Effect.gen(function* () {
      const { now, open, show } = yield* world()
      const text = '{ "backup" : {\n "resource_size" : 12345678901234567890123, "name" : "数据 \\u2028" } }'
      now.answer = Effect.fromResult(ShowBackupResponse.read(text)).pipe(Effect.orDie)
      const [event] = yield* (yield* open()).atLeast(1)
      assert.strictEqual(event!.data, text)
      assert.strictEqual(event!.id, (yield* show()).headers["etag"])
    }).pipe(Effect.scoped)
  )

  it.live("goes on from the state that the reader has", () =>
    Effect.gen(function* () {
      const { now, open, show } = yield* world()
      const etag = (yield* show()).headers["etag"]!
      const resumed = yield* open({ "last-event-id": etag })
      now.answer = answers.available
      const [first] = yield* resumed.atLeast(1)
      assert.strictEqual(first!.event, "stable")
      const stale = yield* open({ "last-event-id": etag })
      assert.strictEqual((yield* stale.atLeast(1))[0]!.event, "snapshot")
      now.answer = answers.notFound
      yield* resumed.ended
      const gone = yield* open({ "last-event-id": etag })
      const [deleted] = yield* gone.ended
      assert.deepStrictEqual([gone.status, deleted!.event], [200, "deleted"])
      assert.strictEqual((yield* open({ "last-event-id": deleted!.id! })).status, 204)
      assert.strictEqual((yield* open()).status, 404)
    }).pipe(Effect.scoped)
  )

  it.live("is refused with the problem that a request for the backup would meet", () =>
    Effect.gen(function* () {
      const { now, open, url } = yield* world()
      now.answer = Effect.fail(
        new ServiceUnavailable({ detail: { code: "other", message: "ill" }, status_code: 503, retry_after: 7 })
      )
      const ill = yield* open()
      assert.deepStrictEqual([ill.status, ill.headers["retry-after"]], [503, "7"])
      const wrong = `${url}/-/v1/projects/${request.project_id}/backups/no-id/events`
      assert.strictEqual((yield* openStream(`${wrong}?x=1`, { "x-api-key": key })).status, 400)
      now.answer = answers.forbidden
      const later = yield* world()
      later.now.answer = answers.forbidden
      assert.strictEqual((yield* later.open()).status, 403)
      assert.strictEqual((yield* openStream(later.events, {})).status, 401)
    }).pipe(Effect.scoped)
  )

  it.live("takes no other method, answers HEAD without a look, and gives no other type", () =>
    Effect.gen(function* () {
      const { events, now, open } = yield* world()
      const by = (method: string) =>
        Effect.callback<readonly [number | undefined, string | undefined]>((resume) => {
          nodeRequest(events, { method, headers: { "x-api-key": key }, agent: false }, (response) => {
            response.resume()
            resume(Effect.succeed([response.statusCode, response.headers.allow ?? response.headers["content-type"]]))
          }).end()
        })
      assert.deepStrictEqual(yield* by("HEAD"), [200, "text/event-stream"])
      assert.deepStrictEqual(yield* by("POST"), [405, "GET, HEAD"])
      assert.strictEqual((yield* open({ accept: "application/json" })).status, 406)
      assert.strictEqual((yield* open({ accept: "text/*;q=0.1" })).status, 200)
      now.caller = { ...caller, scopes: new Set(["read"]) }
      assert.deepStrictEqual([...(yield* by("HEAD"))][0], 403)
    }).pipe(Effect.scoped)
  )

  it.live("ends with 403 when the right to it does, and with 401 when its caller is no more", () =>
    Effect.gen(function* () {
      const { now, open } = yield* world()
      const stream = yield* open()
      yield* stream.atLeast(1)
      now.caller = { ...caller, projects: new Set(["another"]) }
      const last = (yield* stream.ended).at(-1)!
      assert.strictEqual(last.event, "problem")
      assert.deepInclude(JSON.parse(last.data), { status: 403, type: "/-/problems/forbidden" })

      now.caller = caller
      const second = yield* open()
      yield* second.atLeast(1)
      now.caller = undefined
      assert.deepInclude(JSON.parse((yield* second.ended).at(-1)!.data), { status: 401 })
    }).pipe(Effect.scoped)
  )

  it.live("is one of so many that a caller may have", () =>
    Effect.gen(function* () {
      const { now, open, show } = yield* world({ streams_per_caller: 2 })
      const first = yield* Effect.scoped(
        Effect.gen(function* () {
          yield* (yield* open()).atLeast(1)
          const second = yield* open()
          yield* second.atLeast(1)
          const third = yield* open()
          assert.deepStrictEqual([third.status, third.headers["retry-after"]], [429, "60"])
          const etag = (yield* show()).headers["etag"]!
          assert.strictEqual((yield* show({ "if-none-match": etag, prefer: "wait=5" })).status, 429)
          now.caller = { ...caller, id: "another" }
          assert.strictEqual((yield* open()).status, 200)
          now.caller = caller
          return second
        })
      )
      assert.strictEqual(first.status, 200)
      // The proxy sees a little later that a reader has left.
      const again: Effect.Effect<number, never, Scope.Scope> = Effect.flatMap(open(), ({ status }) =>
        status === 429 ? Effect.andThen(Effect.sleep(5), again) : Effect.succeed(status)
      )
      assert.strictEqual(yield* again, 200)
    }).pipe(Effect.scoped)
  )

  it.live("is told to go elsewhere when the proxy stops, which then ends at once", () =>
    Effect.gen(function* () {
      const { close, open } = yield* world()
      const stream = yield* open()
      yield* stream.atLeast(1)
      const closing = yield* forked(close)
      const last = (yield* stream.ended).at(-1)!
      assert.deepInclude(last, { event: "rotate", data: '{"reason":"draining"}' })
      yield* Fiber.join(closing)
    }).pipe(Effect.scoped)
  )

  it.live("costs nothing when its reader has gone", () =>
    Effect.gen(function* () {
      const { now, open } = yield* world()
      const before = yield* polled
      yield* Effect.scoped(Effect.flatMap(open(), (stream) => stream.atLeast(1)))
      const quiet: Effect.Effect<void> = Effect.flatMap(polled, (count) =>
        count === before ? Effect.void : Effect.andThen(Effect.sleep(5), quiet)
      )
      yield* quiet
      const { calls } = now
      yield* Effect.sleep(100)
      assert.strictEqual(now.calls, calls)
    }).pipe(Effect.scoped)
  )

  it.live("tells a reader that stops for a while the newest, and not all that it missed", () =>
    Effect.gen(function* () {
      const { now, open } = yield* world({ heartbeat: Duration.minutes(1) })
      // More than the system keeps for a connection, many times over.
      const filling = "x".repeat(900_000)
      let n = 0
      now.answer = Effect.sync(() => responseOf({ status: "restoring", n: n++, filling }))
      const stream = yield* open()
      yield* stream.atLeast(1)
      stream.response.pause()
      const looked: Effect.Effect<void> = Effect.suspend(() =>
        n < 100 ? Effect.andThen(Effect.sleep(5), looked) : Effect.void
      )
      yield* looked
      now.answer = Effect.succeed(responseOf({ status: "error" }))
      stream.response.resume()
      let events = yield* stream.atLeast(2)
      while (statusIn(events.at(-1)!.data) !== "error") events = yield* stream.atLeast(events.length + 1)
      assert.isBelow(events.length, 30)
    }).pipe(Effect.scoped)
  )

  it.live("outlives the age of a connection, which then ends with it", () =>
    Effect.gen(function* () {
      const { now, open } = yield* world({}, { connectionAge: Duration.millis(50), idleTime: Duration.millis(400) })
      const stream = yield* open()
      yield* Effect.sleep(1_000)
      now.answer = answers.available
      assert.strictEqual((yield* stream.atLeast(2))[1]!.event, "stable")
      now.answer = answers.notFound
      assert.strictEqual((yield* stream.ended).at(-1)!.event, "deleted")
    }).pipe(Effect.scoped)
  )

  it.live("is cut when its reader leaves too much unread for too long", () =>
    Effect.gen(function* () {
      const { log, now, open } = yield* world()
      let n = 0
      now.answer = Effect.sync(() => responseOf({ status: "restoring", n: n++, filling: "x".repeat(900_000) }))
      const stream = yield* open()
      stream.response.pause()
      const ended: Effect.Effect<void> = Effect.suspend(() =>
        log.some((line) => line.includes("stream ended")) ? Effect.void : Effect.andThen(Effect.sleep(10), ended)
      )
      yield* ended
    }).pipe(Effect.scoped)
  )
})

describe("a request that would rather wait", () => {
  it.live("is answered when the backup changes", () =>
    Effect.gen(function* () {
      const { now, show } = yield* world()
      const etag = (yield* show()).headers["etag"]!
      const waiting = yield* forked(show({ "if-none-match": etag, prefer: "respond-async, wait=40" }))
      yield* Effect.sleep(50)
      assert.isUndefined(waiting.pollUnsafe())
      now.answer = answers.available
      const { headers, status, text } = yield* Fiber.join(waiting)
      assert.deepStrictEqual([status, statusIn(text)], [200, "available"])
      assert.strictEqual(headers["preference-applied"], "wait=40")
      assert.include(headers["cache-status"], "detail=long-poll")
      assert.notStrictEqual(headers["etag"], etag)
    }).pipe(Effect.scoped)
  )

  it.live("hears at the end of its time that nothing has changed", () =>
    Effect.gen(function* () {
      const { show } = yield* world()
      const etag = (yield* show()).headers["etag"]!
      const { headers, status } = yield* show({ "if-none-match": etag, prefer: "wait=1" })
      assert.deepStrictEqual([status, headers["preference-applied"]], [304, "wait=1"])
      const shortened = yield* show({ "if-none-match": etag, prefer: "wait=60", "x-cbr-timeout-ms": "900" })
      assert.deepStrictEqual([shortened.status, shortened.headers["preference-applied"]], [304, "wait=0"])
    }).pipe(Effect.scoped)
  )

  it.live("waits no longer than the rules have it, whatever it asks for", () =>
    Effect.gen(function* () {
      const { show } = yield* world({ longest_wait_seconds: 1 })
      const etag = (yield* show()).headers["etag"]!
      const { headers, status } = yield* show({ "if-none-match": etag, prefer: "wait=60" })
      assert.deepStrictEqual([status, headers["preference-applied"]], [304, "wait=1"])
    }).pipe(Effect.scoped)
  )

  it("waits less than the 50 s that HAProxy, and the 60 s that nginx waits for an answer, unless it is configured", () => {
    assert.isBelow(defaultLivePolicy.longest_wait_seconds, 50)
  })

  it.live("is answered at once when it has another state, asks for no wait, or may not watch", () =>
    Effect.gen(function* () {
      const { now, show } = yield* world()
      const etag = (yield* show()).headers["etag"]!
      const applied = (headers: Readonly<Record<string, string>>) =>
        Effect.map(show(headers), ({ headers, status }) => [status, headers["preference-applied"]])
      assert.deepStrictEqual(yield* applied({ "if-none-match": '"other"', prefer: "wait=60" }), [200, undefined])
      assert.deepStrictEqual(yield* applied({ prefer: "wait=60" }), [200, undefined])
      for (const prefer of ["wait=0", "wait=x", "waiting=60", "return=minimal"]) {
        assert.deepStrictEqual(yield* applied({ "if-none-match": etag, prefer }), [304, undefined])
      }
      now.caller = { ...caller, scopes: new Set(["read"]) }
      assert.deepStrictEqual(yield* applied({ "if-none-match": etag, prefer: "wait=60" }), [304, undefined])
    }).pipe(Effect.scoped)
  )

  it.live("is told when the backup is gone, when the cloud is ill at the end, and when its right ends", () =>
    Effect.gen(function* () {
      const { now, show } = yield* world()
      const etag = (yield* show()).headers["etag"]!
      const wait = (seconds: number) => forked(show({ "if-none-match": etag, prefer: `wait=${seconds}` }))
      const ill = yield* wait(1)
      now.answer = answers.ill
      assert.strictEqual((yield* Fiber.join(ill)).status, 503)
      now.answer = answers.backup({ status: "restoring" })
      yield* show({ "cache-control": "max-age=1" })
      const denied = yield* wait(60)
      now.caller = { ...caller, projects: new Set() }
      assert.strictEqual((yield* Fiber.join(denied)).status, 403)
      now.caller = caller
      const gone = yield* wait(60)
      now.answer = answers.notFound
      assert.strictEqual((yield* Fiber.join(gone)).status, 404)
    }).pipe(Effect.scoped)
  )

  it.live("is let go when the proxy stops", () =>
    Effect.gen(function* () {
      const { close, show } = yield* world()
      const etag = (yield* show()).headers["etag"]!
      const before = yield* polled
      const waiting = yield* forked(show({ "if-none-match": etag, prefer: "wait=60" }))
      yield* Effect.repeat(polled, { until: (count) => count > before, schedule: Schedule.spaced("5 millis") })
      yield* close
      assert.strictEqual((yield* Fiber.join(waiting)).status, 304)
    }).pipe(Effect.scoped)
  )
})

describe("the offer of a stream", () => {
  it.live("stands in the answer for callers that may watch", () =>
    Effect.gen(function* () {
      const { events, now, show, url } = yield* world()
      const path = events.slice(url.length)
      assert.strictEqual((yield* show()).headers["link"], `<${path}>; rel="monitor"; type="text/event-stream"`)
      now.caller = { ...caller, scopes: new Set(["read"]) }
      assert.notProperty((yield* show()).headers, "link")
    }).pipe(Effect.scoped)
  )
})
