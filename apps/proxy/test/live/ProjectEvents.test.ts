import { Simulator } from "@cbr/simulator"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Metric, Scope } from "effect"
import { HttpClient } from "effect/http"
import { Authenticator } from "../../src/callers/Authenticator.ts"
import { unauthenticated } from "../../src/callers/RequestCredential.ts"
import { projectPollers } from "../../src/live/LiveMetrics.ts"
import type { Caller } from "../../src/rights/Caller.ts"
import { Listener } from "../../src/server/Server.ts"
import { callerOf, knownAs } from "../callerOf.ts"
import { testProxyFor } from "../TestProxy.ts"
import { openStream } from "./Streaming.ts"

const watcher = callerOf("watcher", { scopes: new Set(["read", "list", "watch"]) })

/** A proxy before the simulated cloud, whose one caller is as the test says at the moment. */
const world = Effect.gen(function* () {
  const now = { caller: watcher as Caller | undefined }
  const callers = Layer.succeed(
    Authenticator,
    Authenticator.make({
      ApiKey: () =>
        Effect.suspend(() =>
          now.caller === undefined ? Effect.fail(unauthenticated) : Effect.succeed(knownAs(now.caller))
        )
    })
  )
  const scope = yield* Scope.make()
  const live = { list_moving_seconds: 0.05, list_at_rest_seconds: 0.05, list_pass_minutes: 0.005 }
  const layer = testProxyFor({ callers, live: { ...live, recheck: "50 millis" as never } })
  const context = yield* Layer.buildWithScope(Layer.fresh(layer), scope)
  yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
  const simulator = Context.get(context, Simulator)
  const { url } = Context.get(context, Listener)
  const events = `${url}/-/v1/projects/${simulator.project_id}/backups/events`
  return {
    now,
    simulator,
    show: HttpClient.get(`${url}/v3/${simulator.project_id}/backups/${backup_id}`, {
      headers: { "x-api-key": "key" }
    }).pipe(
      Effect.map(({ status }) => status),
      Effect.provide(NodeHttpClient.layerUndici)
    ),
    open: (headers: Readonly<Record<string, string>> = {}) => openStream(events, { "x-api-key": "key", ...headers }),
    close: Scope.close(scope, Exit.void)
  }
})

const backup_id = "0adeadde-0000-4000-8000-000000000001"

const bodyOf = (status: string) =>
  JSON.stringify({ backup: { id: backup_id, status, resource_id: "r", created_at: "2099-01-01T00:00:00.000000" } })

const idsIn = (data: string) => (JSON.parse(data) as { backup?: { id: string } }).backup?.id

describe("the stream of a project's events", () => {
  it.live("tells of each backup that is made, changes and goes, to all by one poller", () =>
    Effect.gen(function* () {
      const { open, show, simulator } = yield* world
      const [stream, other] = [yield* open(), yield* open()]
      assert.strictEqual(stream.status, 200)
      assert.strictEqual(stream.headers["content-type"], "text/event-stream")
      const [snapshot] = yield* stream.atLeast(1)
      assert.strictEqual(snapshot?.event, "snapshot")
      assert.strictEqual((yield* Metric.value(projectPollers)).value, 1)
      yield* simulator.put({ backup_id, body: bodyOf("protecting") })
      yield* stream.atLeast(2)
      yield* simulator.put({ backup_id, body: bodyOf("available") })
      yield* stream.atLeast(3)
      yield* simulator.remove(backup_id)
      // An answer to another caller is told at once.
      assert.strictEqual(yield* show, 404)
      const told = yield* stream.atLeast(4)
      assert.deepStrictEqual(
        told.slice(1).map(({ data, event }) => [event, idsIn(data)]),
        [
          ["new", backup_id],
          ["changed", backup_id],
          ["gone", backup_id]
        ]
      )
      assert.strictEqual(told[2]?.data, bodyOf("available"))
      assert.deepStrictEqual((yield* other.atLeast(4)).slice(1), told.slice(1))
    }).pipe(Effect.scoped)
  )

  it.live("goes on from the event that the reader has", () =>
    Effect.gen(function* () {
      const { open, simulator } = yield* world
      const first = yield* open()
      yield* first.atLeast(1)
      yield* simulator.put({ backup_id, body: bodyOf("protecting") })
      const [, made] = yield* first.atLeast(2)
      yield* simulator.put({ backup_id, body: bodyOf("available") })
      yield* first.atLeast(3)
      const resumed = yield* open({ "last-event-id": made!.id! })
      const [next] = yield* resumed.atLeast(1)
      assert.deepStrictEqual([next?.event, idsIn(next?.data ?? "")], ["changed", backup_id])
      const strange = yield* open({ "last-event-id": "another-1" })
      assert.strictEqual((yield* strange.atLeast(1))[0]?.event, "snapshot")
    }).pipe(Effect.scoped)
  )

  it.live("ends with the problem when the right to list is taken away, or the credential", () =>
    Effect.gen(function* () {
      for (const next of [callerOf("watcher", { scopes: new Set(["read", "watch"]) }), undefined]) {
        const { now, open } = yield* world
        const stream = yield* open()
        yield* stream.atLeast(1)
        now.caller = next
        const last = (yield* stream.ended).at(-1)
        assert.strictEqual(last?.event, "problem")
        assert.strictEqual(
          (JSON.parse(last?.data ?? "{}") as { status: number }).status,
          next === undefined ? 401 : 403
        )
      }
    }).pipe(Effect.scoped)
  )

  it.live("is to be opened anew when the proxy stops", () =>
    Effect.gen(function* () {
      const { close, open } = yield* world
      const stream = yield* open()
      yield* stream.atLeast(1)
      const closing = yield* Effect.forkChild(close)
      const last = (yield* stream.ended).at(-1)
      assert.deepStrictEqual([last?.event, last?.data], ["rotate", '{"reason":"draining"}'])
      assert.isDefined(closing)
    }).pipe(Effect.scoped)
  )

  it.live("is refused where the list is: with the cloud's word", () =>
    Effect.gen(function* () {
      const { now, open } = yield* world
      now.caller = callerOf("reader", { scopes: new Set(["watch", "read"]) })
      assert.strictEqual((yield* open()).status, 403)
      now.caller = watcher
      assert.strictEqual((yield* open({ accept: "application/json" })).status, 406)
    }).pipe(Effect.scoped)
  )
})
