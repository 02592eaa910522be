import { BackupNotFound, PermissionDenied, RateLimited } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Result, Schema } from "effect"
import type { Present } from "../../src/cache/CacheEntry.ts"
import type { FetchError } from "../../src/cache/CacheResult.ts"
import { backupFeed } from "../../src/live/BackupFeed.ts"
import { makeLatestValue } from "../../src/live/LatestValue.ts"
import { nextWatchState, type WatchState, initialWatchState } from "../../src/live/WatchState.ts"
import { entryOf } from "./entryOf.ts"
import { eventsIn } from "./Frames.ts"

const notFound = new BackupNotFound({
  detail: { code: "other", message: "not there" },
  status_code: 404,
  error_code: "BackupService.6200"
})
const limited = new RateLimited({ detail: { code: "other", message: "slow down" }, status_code: 429, retry_after: 9 })
const forbidden = new PermissionDenied({ detail: { code: "other", message: "no" }, status_code: 403 })

type Look = Result.Result<Present, FetchError>
const saw = (status: string): Look => Result.succeed(entryOf({ status }))
const failed = (error: FetchError): Look => Result.fail(error)
const standingAfter = (...looks: ReadonlyArray<Look>): WatchState => looks.reduce(nextWatchState, initialWatchState)

/** The events of a reader that begins at this state. */
const eventsAt = (state: WatchState) => {
  const feed = backupFeed({ latest: makeLatestValue(state), lastEventId: undefined, proxy_request_id: "r" })
  return eventsIn(...feed.next()!.events.map(({ frame }) => frame))
}

/** The events of a reader that reads after each of these groups of looks. */
const told = (groups: ReadonlyArray<ReadonlyArray<Look>>, lastEventId?: string) => {
  const latest = makeLatestValue(initialWatchState)
  const feed = backupFeed({ latest, lastEventId, proxy_request_id: "proxy-request-id" })
  const lines: Array<string> = []
  let merged = 0
  for (const looks of groups) {
    latest.put(looks.reduce(nextWatchState, latest.current()))
    const news = feed.next()
    if (news === undefined) continue
    merged += news.merged
    for (const { data, event } of eventsIn(...news.events.map(({ frame }) => frame))) {
      const { backup, error_code } = JSON.parse(data) as { backup?: { status: string }; error_code?: string }
      lines.push(`${event} ${backup?.status ?? error_code}`)
    }
    if (news.isLast) return { lines, merged, hasEnded: true }
  }
  return { lines, merged, hasEnded: false }
}

describe("what a reader is told", () => {
  it("how the backup stands, each change by whether something is under way, and that it is deleted", () => {
    const looks = ["protecting", "protecting", "available", "available", "restoring", "error", "deleting"].map(saw)
    assert.deepStrictEqual(told([...looks, failed(notFound)].map((look) => [look])), {
      lines: [
        "snapshot protecting",
        "stable available",
        "changed restoring",
        "stable error",
        "changed deleting",
        "deleted BackupService.6200"
      ],
      merged: 0,
      hasEnded: true
    })
  })

  it("nothing of a state that it has", () => {
    const { etag } = entryOf({ status: "available" }).identity
    assert.deepStrictEqual(told([[saw("available")], [saw("restoring")]], etag).lines, ["changed restoring"])
    assert.deepStrictEqual(told([[saw("available")]], etag.replace(/"$/, '-br"')).lines, [])
    assert.deepStrictEqual(told([[saw("restoring")]], etag).lines, ["snapshot restoring"])
  })

  it("the newest of what it was too slow for, and of the same again nothing", () => {
    assert.deepStrictEqual(told([[saw("available")], ["restoring", "error", "deleting"].map(saw)]), {
      lines: ["snapshot available", "changed deleting"],
      merged: 2,
      hasEnded: false
    })
    assert.deepStrictEqual(told([[saw("available")], ["restoring", "available"].map(saw)]), {
      lines: ["snapshot available"],
      merged: 1,
      hasEnded: false
    })
  })

  it("each failure of the cloud, and how the backup stands when it is over", () => {
    const groups = [[saw("restoring")], [failed(limited)], [failed(limited)], [saw("restoring")], [saw("restoring")]]
    assert.deepStrictEqual(told(groups).lines, [
      "snapshot restoring",
      "problem CbrProxy.RateLimited",
      "problem CbrProxy.RateLimited",
      "snapshot restoring"
    ])
    const [event] = eventsAt(standingAfter(failed(limited)))
    assert.deepInclude(JSON.parse(event!.data), {
      status: 429,
      retryable: true,
      retry_after: 9,
      type: "/-/problems/rate-limited"
    })
  })

  it("what came before a failure that no look can help, which ends the stream", () => {
    assert.deepStrictEqual(told([[saw("restoring")], [saw("error"), failed(forbidden)], [saw("available")]]), {
      lines: ["snapshot restoring", "stable error", "problem CbrProxy.PermissionDenied"],
      merged: 0,
      hasEnded: true
    })
  })

  it("the service's bytes, but for the kind of line breaks", () => {
    const body =
      '{\n  "backup" : {\r\n "size": 12345678901234567890, "description": "\\u0000\\n \u2028 数据", "status":\r"available" } }'
    const state = standingAfter(Result.succeed(entryOf(body)))
    const [event] = eventsAt(state)
    assert.strictEqual(event!.data, body.replaceAll(/\r\n?/g, "\n"))
    assert.strictEqual(event!.id, entryOf(body).identity.etag)
  })

  const statuses = ["protecting", "available", "restoring", "error", "deleting"]
  const look = Arbitrary.map(
    Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 6 }))),
    (index): Look => (index === 5 ? failed(limited) : index === 6 ? failed(notFound) : saw(statuses[index]!))
  )
  const groups = Arbitrary.array(Arbitrary.array(look, { maxLength: 4 }), { maxLength: 12 })

  it.effect.prop(
    "however slow a reader is, it ends at the newest state, by states that there were, in their order",
    [groups],
    ([groups]) =>
      Effect.sync(() => {
        const { hasEnded, lines } = told(groups)
        const slow = lines.filter((line) => !line.startsWith("problem")).map((line) => line.split(" ")[1])
        const all = groups
          .flat()
          .flatMap((each) => told([[each]]).lines.filter((line) => !line.startsWith("problem")))
          .map((line) => line.split(" ")[1])
        // A subsequence, where one state again counts once.
        let at = 0
        for (const state of slow) {
          const found = all.indexOf(state, at)
          assert.isAtLeast(found, at, `${slow.join()} of ${all.join()}`)
          at = found
        }
        const hasReadAll = groups.at(-1)?.at(-1) !== undefined && Result.isSuccess(groups.at(-1)!.at(-1)!)
        if (hasReadAll && !hasEnded) assert.strictEqual(slow.at(-1), all.at(-1))
      })
  )
})
