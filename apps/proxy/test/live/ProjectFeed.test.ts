import { PermissionDenied, ServiceUnavailable } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { makeLatestValue } from "../../src/live/LatestValue.ts"
import { ProjectEvents } from "../../src/live/ProjectEvents.ts"
import { projectFeed } from "../../src/live/ProjectFeed.ts"
import type { EventBatch } from "../../src/live/SseStream.ts"
import { type ProjectState, initialProjectState } from "../../src/live/WatchedProject.ts"
import { responseOf } from "../cache/backupOf.ts"
import { eventsIn } from "./Frames.ts"

/** A project whose events the test makes. */
const makeProject = () => {
  const events = new ProjectEvents("log")
  const state = makeLatestValue<ProjectState>({ ...initialProjectState, isOpen: true, backups: 6_000 })
  const put = (fields: Partial<ProjectState>) => state.put({ ...state.current(), position: events.position, ...fields })
  return {
    events,
    reader: (lastEventId?: string) => projectFeed({ events, state, lastEventId, proxy_request_id: "id" }),
    make: (n: number, size = 0) => {
      events.told("new", responseOf({ id: `backup ${n}`, description: "x".repeat(size) }))
      put({})
    },
    fail: (error: ServiceUnavailable | PermissionDenied, inARow: number) => put({ failure: { error, inARow } }),
    recover: () => put({ failure: undefined })
  }
}

const eventsOf = (piece: EventBatch | undefined) => eventsIn(...(piece?.events ?? []).map(({ frame }) => frame))
const told = (piece: EventBatch | undefined) =>
  eventsOf(piece).map(({ data, event }) => {
    const { backup } = JSON.parse(data) as { readonly backup?: { readonly id: string } }
    return backup === undefined ? event : `${event} ${backup.id}`
  })

const ill = new ServiceUnavailable({ detail: { code: "other", message: "ill" }, status_code: 503 })

describe("what a reader of a project's events is told", () => {
  it("a reader begins with a snapshot, and is told each event after it once", () => {
    const { make, reader } = makeProject()
    make(1)
    const { next } = reader()
    const [snapshot] = eventsOf(next())
    assert.deepStrictEqual(snapshot, { event: "snapshot", id: "log-1", data: '{"backups":6000,"complete":false}' })
    assert.isUndefined(next())
    make(2)
    make(3)
    assert.deepStrictEqual(told(next()), ["new backup 2", "new backup 3"])
    assert.isUndefined(next())
  })

  it("a reader that reconnects is told what it missed, and begins anew if that is not kept or is of another log", () => {
    const { make, reader } = makeProject()
    for (let n = 1; n <= 2_000; n++) make(n)
    assert.deepStrictEqual(told(reader("log-1998").next()), ["new backup 1999", "new backup 2000"])
    assert.deepStrictEqual(told(reader("log-2000").next()), [])
    for (const id of ["log-10", "log-2001", "other-1998", "log-", "log-1998x", "log--1", ""]) {
      assert.deepStrictEqual(told(reader(id).next()), ["snapshot"], id)
    }
  })

  it("a slow reader gets pieces of bounded size, and a snapshot once it is too far behind", () => {
    const { make, reader } = makeProject()
    const { next } = reader()
    next()
    for (let n = 1; n <= 100; n++) make(n, 2_000)
    const first = next()
    assert.isAtMost(
      first!.events.reduce((sum, { frame }) => sum + frame.length, 0),
      48 * 1024
    )
    assert.strictEqual(told(first)[0], "new backup 1")
    const second = told(next())
    assert.strictEqual(second[0], `new backup ${first!.events.length + 1}`)
    const read = first!.events.length + second.length
    for (let n = 101; n <= 3_000; n++) make(n)
    const caughtUp = next()
    assert.deepStrictEqual(told(caughtUp), ["snapshot"])
    assert.strictEqual(caughtUp?.merged, 3_000 - read)
    assert.isUndefined(next())
  })

  it("events that are large are kept within 4 MiB", () => {
    const { events, make } = makeProject()
    for (let n = 1; n <= 20; n++) make(n, 1024 * 1024)
    assert.isUndefined(events.since(16))
    assert.strictEqual(events.since(17)?.events.length, 1)
    make(21, 8 * 1024 * 1024)
    assert.strictEqual(events.since(20)?.events.length, 1)
  })

  it("a failure is told once for each look that failed, and a snapshot when it is over", () => {
    const { fail, reader, recover } = makeProject()
    const { next } = reader()
    next()
    fail(ill, 1)
    const problem = next()
    assert.deepStrictEqual([told(problem), problem?.isLast], [["problem"], false])
    assert.isUndefined(next())
    fail(ill, 2)
    assert.deepStrictEqual(told(next()), ["problem"])
    recover()
    assert.deepStrictEqual(told(next()), ["snapshot"])
  })

  it("a failure that looking again cannot help is the last event", () => {
    const { fail, reader } = makeProject()
    const { next } = reader()
    next()
    fail(new PermissionDenied({ detail: { code: "other", message: "no" }, status_code: 403 }), 1)
    assert.isTrue(next()?.isLast)
  })

  it("events that came before a failure are told before it", () => {
    const { fail, make, reader } = makeProject()
    const { next } = reader()
    next()
    make(1)
    fail(ill, 1)
    assert.deepStrictEqual([told(next()), told(next())], [["new backup 1"], ["problem"]])
  })

  it("that a backup is gone is told with its id, name and resource", () => {
    const { events, reader } = makeProject()
    const { next } = reader()
    next()
    const { backup } = responseOf({
      id: "b",
      name: "nightly",
      status: "available",
      resource_id: "r",
      resource_name: "s"
    })
    events.gone(backup)
    const [gone] = eventsOf(next())
    assert.deepStrictEqual(
      [gone?.event, JSON.parse(gone?.data ?? "")],
      ["gone", { backup: { id: "b", name: "nightly", resource_id: "r", resource_name: "s" } }]
    )
  })
})
