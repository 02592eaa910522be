import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { commandLine, type CommandLineOptions } from "../../CommandLine.ts"

const project_id = "0605767b5780d5762fc5c0118072a564"

const backupOf = (n: number, created_at: string, fields: object = {}) => ({
  id: `0badc0de-0000-4000-8000-00000000000${n}`,
  status: "available",
  created_at,
  resource_id: "orders",
  resource_name: "ecs-orders-0001",
  ...fields
})

const last = backupOf(1, "2026-01-01T02:00:00.000000", { status: "protecting" })
const tonight = backupOf(2, "2026-02-01T02:00:00.000000")
const copied = { replication_records: [{ destination_region: "cn-south-1", status: "success" }] }

/**
 * A project whose server gets a backup while its last one is watched. A proxy tells of it by an event alone: its list
 * is asked for once more, after the stream's snapshot. A list that is ahead tells of the backup before it can be shown.
 */
const projectOf = ({ hasEvents, isAhead }: { readonly hasEvents: boolean; readonly isAhead: boolean }) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const asked: Array<string> = []
      let stream: ServerResponse | undefined
      let isMade = false
      const tell = () => {
        const isSeen = asked.includes("show 1") && (!hasEvents || (stream !== undefined && asked.at(-1) === "list"))
        if (isMade || !isSeen) return
        isMade = true
        stream?.write(`event: new\nid: log-1\ndata: ${JSON.stringify({ backup: tonight })}\n\n`)
      }
      const server = createServer(({ url = "" }, response) => {
        const { pathname, searchParams } = new URL(url, "http://project")
        if (pathname === `/-/v1/projects/${project_id}/backups/events`) {
          asked.push("events")
          stream = response.writeHead(200, { "content-type": "text/event-stream" })
          return void stream.write(
            `event: snapshot\nid: log-0\ndata: ${JSON.stringify({ backups: 1, complete: true })}\n\n`
          )
        }
        const shown = [last, tonight].find(({ id }) => pathname.endsWith(id))
        if (shown !== undefined) {
          const look = `show ${shown.id.at(-1)}`
          const isUnknown = isAhead && shown === tonight && !asked.includes(look)
          asked.push(look)
          if (isUnknown) {
            return void response.writeHead(404).end('{"error_code":"BackupService.6201","error_msg":"not found"}')
          }
          return void response.end(JSON.stringify({ backup: { ...shown, ...copied } }), tell)
        }
        asked.push("list")
        if (hasEvents) response.setHeader("link", `</-/v1/projects/${project_id}/backups/events>; rel="monitor"`)
        const backups = isMade && !hasEvents ? [tonight, last] : [last]
        const limit = Number(searchParams.get("limit"))
        response.end(JSON.stringify({ backups, count: backups.length, limit }), tell)
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return { asked, server }
    }),
    ({ server }) => Effect.sync(() => server.close().closeAllConnections())
  )

/** A project whose newest backup is deleted while it is watched: its list tells of that first. */
const projectThatDeletes = Effect.acquireRelease(
  Effect.promise(async () => {
    const shown: Array<string> = []
    let isDeleted = false
    const server = createServer(({ url = "" }, response) => {
      if (url.includes(tonight.id)) {
        shown.push(tonight.id)
        return void (isDeleted
          ? response.writeHead(404).end('{"error_code":"BackupService.6201","error_msg":"not found"}')
          : response.end(JSON.stringify({ backup: { ...tonight, status: "protecting" } })))
      }
      if (url.includes(last.id)) {
        shown.push(last.id)
        return void response.end(JSON.stringify({ backup: { ...last, status: "available" } }))
      }
      const { searchParams } = new URL(url, "http://project")
      // The list tells of the loss first, once the newest was looked at twice.
      isDeleted = shown.length > 1
      const backups = isDeleted ? [last] : [{ ...tonight, status: "protecting" }, last]
      const page = backups.slice(Number(searchParams.get("offset")))
      response.end(JSON.stringify({ backups: page, count: backups.length, limit: Number(searchParams.get("limit")) }))
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return { shown, server }
  }),
  ({ server }) => Effect.sync(() => server.close().closeAllConnections())
)

const words = ["watch", "--resource", "ecs-orders-0001", "--until-stable", "--timeout", "8s"]

const watching = Effect.fnUntraced(function* (
  hasEvents: boolean,
  more: ReadonlyArray<string>,
  { isAhead = false, ...options }: CommandLineOptions & { readonly isAhead?: boolean } = {}
) {
  const { asked, server } = yield* projectOf({ hasEvents, isAhead })
  const env = {
    CBR_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    CBR_TOKEN: "token",
    CBR_PROJECT_ID: project_id,
    ...options.env
  }
  return { asked, ...(yield* commandLine([...words, ...more], { ...options, env })) }
})

const shownIn = (out: string) =>
  out.split("\n").map((line) => {
    const { backup } = JSON.parse(line) as { backup: { id: string; replication_records?: ReadonlyArray<unknown> } }
    return [backup.id, backup.replication_records?.length]
  })

describe("cbr watch --resource", () => {
  it.live(
    "cbr watch --resource follows the backup that comes into being next, by a proxy's event, and with its copies",
    () =>
      Effect.gen(function* () {
        const { asked, err, exitCode, out } = yield* watching(true, ["--interval", "10m"])
        assert.strictEqual(exitCode, 0, err)
        assert.deepStrictEqual(shownIn(out), [
          [last.id, 1],
          [tonight.id, 1]
        ])
        assert.strictEqual(
          err,
          `cbr: note: the newest backup of ecs-orders-0001 is now ${tonight.id}, which is followed on`
        )
        assert.strictEqual(asked.at(-1), "show 2")
        assert.isAtMost(asked.filter((each) => each === "list").length, 4)
      }).pipe(Effect.scoped)
  )

  it.live("cbr watch finds the next backup by a look at the list where the cloud is called directly", () =>
    Effect.gen(function* () {
      const { err, exitCode, out } = yield* watching(false, ["--interval", "100ms", "--error-format", "json"])
      assert.strictEqual(exitCode, 0, err)
      assert.deepStrictEqual(shownIn(out).at(-1), [tonight.id, 1])
      assert.deepStrictEqual(JSON.parse(err), {
        kind: "note",
        message: `the newest backup of ecs-orders-0001 is now ${tonight.id}, which is followed on`
      })
    }).pipe(Effect.scoped)
  )

  for (const hasEvents of [false, true]) {
    it.live(
      `cbr watch asks again for a backup that the list has and the service cannot show yet, events: ${hasEvents}`,
      () =>
        Effect.gen(function* () {
          const { asked, err, exitCode, out } = yield* watching(hasEvents, ["--interval", "100ms"], { isAhead: true })
          assert.strictEqual(exitCode, 0, err)
          assert.strictEqual(asked.filter((each) => each === "show 2").length, 2)
          const lines = out.split("\n").map((line) => JSON.parse(line))
          assert.deepStrictEqual(
            lines.map(({ backup, error }) => backup?.id ?? error.kind),
            [last.id, "backup-not-found", tonight.id]
          )
        }).pipe(Effect.scoped)
    )
  }

  it.live("--until-stable fails when the newest is gone, and does not go back to an older one", () =>
    Effect.gen(function* () {
      const { server, shown } = yield* projectThatDeletes
      const env = {
        CBR_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        CBR_TOKEN: "token",
        CBR_PROJECT_ID: project_id
      }
      const { err, exitCode, out } = yield* commandLine([...words, "--interval", "100ms"], { env })
      assert.notInclude(shown, last.id)
      assert.match(err, /^cbr: condition can no longer come true \(exit 9\)[^]*--until-stable .*: the backup is gone$/m)
      assert.strictEqual(exitCode, 9)
      assert.deepStrictEqual(
        out.split("\n").map((line) => {
          const { backup, error } = JSON.parse(line)
          return backup?.id ?? error.kind
        }),
        [tonight.id, "backup-not-found"]
      )
    }).pipe(Effect.scoped)
  )

  it.live("cbr watch names the next backup in Chinese too", () =>
    Effect.gen(function* () {
      const { err, exitCode } = yield* watching(false, ["--interval", "100ms"], { env: { CBR_LANG: "zh" } })
      assert.strictEqual(exitCode, 0, err)
      assert.include(err, `ecs-orders-0001 的最新备份现为 ${tonight.id}，转而观察它`)
    }).pipe(Effect.scoped)
  )
})
