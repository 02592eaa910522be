import type { Observation } from "@cbr/client"
import { ShowBackupResponse } from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Result } from "effect"
import { en } from "../../src/messages/en.ts"
import type { RenderContext } from "../../src/output/Format.ts"
import { paint } from "../../src/text/Style.ts"
import { nextState, changeLine, liveLines, type WatchState } from "../../src/watching/WatchState.ts"

const where: RenderContext = {
  now: DateTime.makeUnsafe("2026-06-01T00:00:00Z"),
  isTerminal: true,
  width: 80,
  colour: false,
  messages: en
}

const nothing: WatchState = { id: "a", newest: undefined, backup: undefined }

const seen = (backup: object): WatchState => {
  const response = Result.getOrThrow(ShowBackupResponse.read(JSON.stringify({ backup })))
  return nextState(nothing, { _tag: "Seen", response, differs: true } as Observation)
}

const live = (backup: object, more: Partial<RenderContext> = {}) =>
  liveLines(seen(backup), "⠋", { ...where, ...more }).map((line) => paint(line, false))

describe("a live view", () => {
  it.each([
    [
      { status: "available", children: [{ status: "error" }] },
      "✗ a  available  failed: 1 of 1 child is in error (children[0])"
    ],
    [{ status: "protecting" }, "⠋ a  protecting  in progress: it is being made"],
    [
      { status: "available", replication_records: [{ destination_region: "r", status: "fail" }] },
      "! a  available  degraded: replication to r failed"
    ],
    [{}, "? a  not said  unknown: its status is not said"],
    [{ status: "available" }, "✓ a  available  healthy: it is available, and how it can be restored is not said"]
  ])("marks %j by the verdict: %s", (backup, line) => {
    assert.strictEqual(live(backup)[0], line)
  })

  it("a live view names the resource that the command line names, and its backup", () => {
    const watched = { ...seen({ name: "autobk_1", status: "available" }), resource: "ecs-orders-0001" }
    assert.match(paint(liveLines(watched, "⠋", where)[0] ?? [], false), /^✓ ecs-orders-0001 {2}autobk_1 {2}available/)
    const gone = nextState(watched, { _tag: "Gone" } as Observation)
    assert.match(paint(liveLines(gone, "⠋", where)[0] ?? [], false), /^✗ ecs-orders-0001 {2}autobk_1 {2}gone/)
    assert.match(paint(changeLine(watched, gone, "now", where), false), /^now {2}ecs-orders-0001 {2}a {2}gone/)
    assert.match(
      paint(changeLine({ ...nothing, resource: "ecs-orders-0001" }, watched, "now", where), false),
      /^now {2}ecs-orders-0001 {2}a {2}available/
    )
  })

  it("a live view shows an expiry that passes while it watches", () => {
    const backup = { status: "available", expired_at: "2026-06-01T01:00:00" }
    assert.match(live(backup)[0] ?? "", /^✓/)
    const later = { now: DateTime.makeUnsafe("2026-06-01T02:00:00Z") }
    assert.match(live(backup, later)[0] ?? "", /^✗ .* failed: it expired on 2026-06-01 \(2026-06-01T01:00:00\)$/)
  })

  it("a live view shows the progress of the service, and no other", () => {
    const copies = (status: string, more: object = {}) =>
      live({ replication_records: [{ destination_region: "r", status, ...more }] })[1]
    assert.include(copies("replicating", { extra_info: { progress: 62 } }), " 62%  replicating")
    assert.notInclude(copies("replicating"), "%")
    assert.notInclude(copies("success"), "%")
    assert.include(copies("success"), "█".repeat(20))
  })
})

describe("a change in a line", () => {
  it("a line of a change has the status and the verdict", () => {
    const line = changeLine(nothing, seen({ status: "available", children: [{ status: "error" }] }), "12:00", where)
    assert.strictEqual(paint(line, false), "12:00  a  available  failed: 1 of 1 child is in error (children[0])")
  })
})
