import { changes, type Observation, type ResourceFilter, waitUntil, WaitCondition } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import { type Answer, inMemory } from "../InMemoryTransport.ts"
import { clientLayer, request } from "../TestClient.ts"
import { event, isForEvents, makeLine } from "./ProxyOfEvents.ts"

type Transport = ReturnType<typeof inMemory>

const { project_id } = request
const orders: ResourceFilter = { project_id, resource_id: "orders" }

/** The `n`th backup of a server: the greater, the newer. */
const backupOf = (n: number, status: string, resource_id = "orders") => ({
  id: `00000000-0000-4000-8000-00000000000${n}`,
  resource_id,
  resource_name: `server of ${resource_id}`,
  status,
  created_at: `2026-11-29T00:0${n}:00.000000`
})

const link = `</-/v1/projects/${project_id}/backups/events>; rel="monitor"; type="text/event-stream"`

/** A list as a proxy answers it, or as the cloud does. */
const listOf = (backups: ReadonlyArray<object>, headers: Readonly<Record<string, string>> = { link }): Answer => ({
  status: 200,
  headers,
  body: JSON.stringify({ backups, count: backups.length, limit: 1000 })
})

const snapshot = (n: number) => event("snapshot", { backups: n, complete: true }, `log-${n}`)
const told = (name: string, backup: object, n: number) => event(name, { backup }, `log-${n}`)

const pathsOf = ({ sent }: Transport) => sent.map(({ request }) => (isForEvents(request) ? "events" : "list"))

/** Lets everything that needs no time come to its end. */
const settled = Effect.forEach(Array.from({ length: 30 }), () => TestClock.adjust(0), { discard: true })

const options = (transport: Transport) => ({ http: transport.layer, policy: { retries: 0 } })

/** A watch that runs beside the test, and what it has seen. */
const watching = Effect.fnUntraced(function* (transport: Transport, filter = orders) {
  const seen: Array<string> = []
  const observed: Array<Observation> = []
  const fiber = yield* Effect.forkChild(
    changes(filter, { onObservation: (observation) => Effect.sync(() => void observed.push(observation)) }).pipe(
      Stream.runForEach(({ backup }) => Effect.sync(() => seen.push(`${backup.id?.at(-1)} ${backup.status}`))),
      Effect.provide(clientLayer(options(transport))),
      Effect.result
    ),
    { startImmediately: true }
  )
  yield* settled
  return { seen, observed, fiber }
})

describe("the newest backup of a server", () => {
  it.effect("is watched by the project's events: two looks and one stream, however long it takes", () =>
    Effect.gen(function* () {
      const line = yield* makeLine
      const transport = inMemory((_, request) =>
        isForEvents(request) ? line.answer : listOf([backupOf(1, "available")])
      )
      const { observed, seen } = yield* watching(transport)
      yield* line.say(snapshot(1))
      yield* settled
      // The watch misses no change between the first look and the beginning of the stream.
      assert.deepStrictEqual(pathsOf(transport), ["list", "events", "list"])
      yield* line.say(told("new", backupOf(2, "protecting", "billing"), 2))
      yield* line.say(told("new", backupOf(3, "protecting"), 3))
      yield* line.say(told("changed", backupOf(1, "deleting"), 4))
      yield* settled
      for (let beat = 0; beat < 240; beat++) {
        yield* TestClock.adjust("15 seconds")
        yield* line.say(":\n\n")
      }
      yield* line.say(told("changed", backupOf(3, "available"), 5))
      yield* settled
      assert.deepStrictEqual(seen, ["1 available", "3 protecting", "3 available"])
      assert.deepStrictEqual(pathsOf(transport), ["list", "events", "list"])
      assert.isAbove(observed.length, 200)
    })
  )

  it.effect("is looked up again when it is gone, and when events were missed", () =>
    Effect.gen(function* () {
      const line = yield* makeLine
      let newest = backupOf(3, "error")
      const transport = inMemory((_, request) => (isForEvents(request) ? line.answer : listOf([newest])))
      const { seen } = yield* watching(transport)
      yield* line.say(snapshot(1))
      yield* settled
      newest = backupOf(2, "available")
      yield* line.say(told("gone", backupOf(1, "available"), 2))
      yield* settled
      assert.deepStrictEqual(seen, ["3 error"])
      yield* line.say(told("gone", { id: backupOf(3, "").id }, 3))
      yield* settled
      assert.deepStrictEqual(seen, ["3 error", "2 available"])
      newest = backupOf(4, "available")
      yield* line.say(snapshot(9))
      yield* settled
      assert.deepStrictEqual(seen, ["3 error", "2 available", "4 available"])
    })
  )

  it.effect("goes on from the last event that was heard when the stream is opened anew", () =>
    Effect.gen(function* () {
      const lines = [yield* makeLine, yield* makeLine]
      let opened = 0
      const transport = inMemory((_, request) =>
        isForEvents(request) ? lines[opened++]!.answer : listOf([backupOf(1, "available")])
      )
      const { seen } = yield* watching(transport)
      yield* lines[0]!.say(snapshot(7))
      yield* TestClock.adjust("10 seconds")
      yield* lines[0]!.say(event("rotate", { reason: "age" }))
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(transport.sent.at(-1)!.request.headers["last-event-id"], "log-7")
      yield* lines[1]!.say(told("new", backupOf(2, "available"), 8))
      yield* settled
      assert.deepStrictEqual(seen, ["1 available", "2 available"])
    })
  )

  it.effect("is waited for until it is made, by name too, and is told from older ones and from other servers'", () =>
    Effect.gen(function* () {
      for (const by of [{ resource_id: "orders" }, { resource_name: "server of orders" }]) {
        const line = yield* makeLine
        let listed: ReadonlyArray<object> = []
        const transport = inMemory((_, request) => (isForEvents(request) ? line.answer : listOf(listed)))
        const waiting = yield* Effect.forkChild(
          waitUntil({ project_id, ...by, start_time: "2026-11-29T00:03:00Z" }, WaitCondition.status("available"), {
            untilExists: true
          }).pipe(Effect.provide(clientLayer(options(transport))), Effect.result),
          { startImmediately: true }
        )
        yield* settled
        yield* line.say(snapshot(1))
        yield* settled
        yield* line.say(told("changed", backupOf(2, "available"), 2))
        yield* line.say(told("new", backupOf(4, "available", "billing"), 3))
        yield* settled
        listed = [backupOf(4, "protecting")]
        yield* line.say(told("new", backupOf(4, "protecting"), 4))
        yield* settled
        assert.isUndefined(waiting.pollUnsafe())
        yield* line.say(told("changed", backupOf(4, "available"), 5))
        const found = yield* Fiber.join(waiting)
        assert.strictEqual(Result.getOrThrow(found).backup.id, backupOf(4, "").id)
      }
    })
  )

  it.effect("is looked for again and again where no answer offers events", () =>
    Effect.gen(function* () {
      let newest = backupOf(1, "available")
      const transport = inMemory(() => listOf([newest], {}))
      const { fiber, seen } = yield* watching(transport)
      yield* TestClock.adjust("1 minute")
      newest = backupOf(2, "protecting")
      yield* TestClock.adjust("1 minute")
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(seen, ["1 available", "2 protecting"])
      assert.isAbove(transport.sent.length, 3)
      assert.notInclude(pathsOf(transport), "events")
    })
  )

  it.effect("is looked for again and again where replications are asked for, of which events tell nothing", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => listOf([backupOf(1, "available")]))
      const { fiber } = yield* watching(transport, { ...orders, show_replication: true })
      yield* TestClock.adjust("1 minute")
      yield* Fiber.interrupt(fiber)
      assert.isAbove(transport.sent.length, 2)
      assert.notInclude(pathsOf(transport), "events")
    })
  )

  it.effect("is not guessed where two servers have the name", () =>
    Effect.gen(function* () {
      const transport = inMemory(() =>
        listOf([
          backupOf(1, "available"),
          { ...backupOf(2, "available", "rebuilt"), resource_name: "server of orders" }
        ])
      )
      const { fiber } = yield* watching(transport, { project_id, resource_name: "server of orders" })
      const ended = yield* Fiber.join(fiber)
      assert.strictEqual(Result.isFailure(ended) ? ended.failure._tag : undefined, "InvalidRequest")
    })
  )
})
