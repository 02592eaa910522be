import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { commandLine } from "../../CommandLine.ts"

const project_id = "0605767b5780d5762fc5c0118072a564"

const backupOf = (n: number, created_at: string) => ({
  id: `0badc0de-0000-4000-8000-00000000000${n}`,
  status: "available",
  created_at,
  resource_id: "orders",
  resource_name: "ecs-orders-0001"
})

const old = backupOf(1, "2026-01-01T00:00:00.000000")
const tonight = backupOf(2, "2026-02-01T02:00:00.000000")

/**
 * A proxy whose project gets a backup while its events are heard. It begins its stream with a snapshot; the list that
 * is read for it has no newer backup yet, and the event follows that list.
 */
const gateway = Effect.acquireRelease(
  Effect.promise(async () => {
    const asked: Array<string> = []
    let stream: ServerResponse | undefined
    let isMade = false
    const say = (name: string, data: object) =>
      stream?.write(`event: ${name}\nid: log-${asked.length}\ndata: ${JSON.stringify(data)}\n\n`)
    const server = createServer(({ url = "" }, response) => {
      const { pathname, searchParams } = new URL(url, "http://gateway")
      if (pathname === `/-/v1/projects/${project_id}/backups/events`) {
        asked.push("events")
        stream = response.writeHead(200, { "content-type": "text/event-stream" })
        return void say("snapshot", { backups: 1, complete: true })
      }
      if (pathname.endsWith(tonight.id)) {
        asked.push("show")
        return void response.end(JSON.stringify({ backup: tonight }))
      }
      const since = searchParams.get("start_time")
      asked.push(since === null ? "list" : `list since ${since}`)
      const backups = [tonight, old].filter(
        (backup) => (isMade || backup === old) && (since === null || `${backup.created_at}Z` >= since)
      )
      response.setHeader("link", `</-/v1/projects/${project_id}/backups/events>; rel="monitor"`)
      response.end(JSON.stringify({ backups, count: backups.length, limit: Number(searchParams.get("limit")) }), () => {
        if (stream === undefined || isMade) return
        isMade = true
        say("new", { backup: tonight })
      })
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return { asked, server }
  }),
  ({ server }) => Effect.sync(() => server.close().closeAllConnections())
)

describe("cbr wait --newer-than", () => {
  it.live("cbr wait --newer-than ends by a proxy's event, long before the next poll", () =>
    Effect.gen(function* () {
      const { asked, server } = yield* gateway
      const since = "2026-01-31T20:00:00Z"
      const words = ["wait", "--resource", "ecs-orders-0001", "--newer-than", since, "--for", "exists"]
      const { err, exitCode, out } = yield* commandLine([...words, "--interval", "10m", "--timeout", "4s"], {
        env: {
          CBR_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          CBR_TOKEN: "token",
          CBR_PROJECT_ID: project_id
        }
      })
      assert.strictEqual(exitCode, 0, err)
      assert.include(out, `${tonight.id}  exists is met`)
      const sinceThen = `list since ${since}`
      assert.deepStrictEqual(asked, ["list", sinceThen, "events", sinceThen, sinceThen, "show"])
    }).pipe(Effect.scoped)
  )
})
