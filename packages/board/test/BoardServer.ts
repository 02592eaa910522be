import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { assets } from "@cbr/board/assets"
import { boardFields, boardPath, FleetDigestBuilder } from "@cbr/board/contract"
import { ListBackupsReader, ShowBackupResponse } from "@cbr/domain"
import { layer, Simulator } from "@cbr/simulator"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"

/** A stand-in for the gateway, which serves the board and what it asks for, and notes every request. */
export interface BoardServer {
  readonly origin: string
  readonly project_id: string
  /** Ids of backups that the simulator has, by their names there. */
  readonly backups: Readonly<Record<string, string>>
  /** The key of a caller that may see the project, and of one that may see another alone. */
  readonly key: string
  readonly strangersKey: string
  /** The key of a caller that may see the project, which the gateway does not name. */
  readonly unnamedKey: string
  readonly requests: ReadonlyArray<{ readonly target: string; readonly authorization: string | undefined }>
  /** The body of a backup. */
  readonly bodyOf: (id: string) => string
  /** Puts a backup in the place of the one with its id, and tells every watcher. */
  readonly change: (body: string) => void
  readonly remove: (id: string) => void
  /** Breaks every stream, and refuses new connections until told otherwise. */
  readonly setReachable: (isReachable: boolean) => void
  /** Tells every watcher of a project that the cloud does not answer, or that it does again. */
  readonly setTroubled: (isTroubled: boolean) => void
  /** Ends every stream as a gateway does that wants it opened anew. */
  readonly rotate: () => void
  /** Streams that are open. */
  readonly streams: () => number
  /** Whether the gateway says that it has not read the list to its end. */
  readonly setIncomplete: (isIncomplete: boolean) => void
  /** Whether the streams of a project's changes are to be had. */
  readonly setLive: (isLive: boolean) => void
  readonly close: () => Promise<void>
}

/** The backups that the simulator lists, each as ShowBackup answers it. */
const listed = (fleet: number, now: Date | undefined) =>
  Effect.gen(function* () {
    const simulator = yield* Simulator
    const token = Redacted.value(yield* simulator.issueToken)
    const answer = yield* Effect.promise(async () => {
      const response = await fetch(`${simulator.cbr}/v3/${simulator.project_id}/backups?show_replication=true`, {
        headers: { "x-auth-token": token }
      })
      return new Uint8Array(await response.arrayBuffer())
    })
    const bodies = Result.getOrThrow(new ListBackupsReader().push(answer)).map(({ raw }) => raw)
    return { bodies, project_id: simulator.project_id, backups: simulator.backups }
  }).pipe(
    Effect.provide(layer({ fleet })),
    Effect.scoped,
    (self) =>
      now === undefined
        ? self
        : Effect.provide(Effect.andThen(TestClock.setTime(now.getTime()), self), TestClock.layer()),
    Effect.runPromise
  )

/**
 * @param fleet servers of the fleet, beside the simulator's own backups
 * @param now the time of the cloud and the gateway; the machine's unless given
 * @param times how often each is there, under other names
 */
export const startBoard = async ({
  expected = ["ecs-fleet-0001"],
  fleet = 12,
  now,
  times = 1
}: {
  readonly expected?: ReadonlyArray<string>
  readonly fleet?: number
  readonly now?: Date
  readonly times?: number
} = {}): Promise<BoardServer> => {
  const { backups, bodies, project_id } = await listed(fleet, now)
  const store = new Map<string, string>()
  const put = (body: string) => {
    const { backup } = Result.getOrThrow(ShowBackupResponse.read(body))
    store.set(backup.id ?? "", body)
  }
  for (const body of bodies) put(body)

  let isIncomplete = false
  const digest = () => {
    const time = DateTime.makeUnsafe(now ?? new Date())
    const reader = new FleetDigestBuilder({ project_id, now: time, expected, incomplete: isIncomplete })
    for (const body of store.values()) reader.add(Result.getOrThrow(ShowBackupResponse.read(body)).backup)
    const { resources, ...rest } = reader.digest()
    const copies = Array.from({ length: times }, (_, copy) =>
      copy === 0
        ? resources
        : resources.map((resource) => ({
            ...resource,
            id: `${resource.id}-${copy}`,
            name: `${resource.name ?? resource.id}-${copy}`,
            strip: {
              ...resource.strip,
              ids: resource.strip.ids.map((id) => `${id.slice(0, -4)}${String(copy).padStart(4, "0")}`)
            }
          }))
    )
    return JSON.stringify({ ...rest, resources: copies.flat() })
  }
  const kept = times > 1 ? digest() : undefined

  const key = "cbrk_a1b2c3d4e5f6_reader"
  const strangersKey = "cbrk_f6e5d4c3b2a1_stranger"
  const unnamedKey = "cbrk_0f1e2d3c4b5a_unnamed"
  const requests: Array<{ readonly target: string; readonly authorization: string | undefined }> = []
  const streams = new Map<ServerResponse, string>()
  let isReachable = true
  let isLive = true

  const problem = (response: ServerResponse, status: number, detail: string) =>
    void response
      .writeHead(status, { "content-type": "application/problem+json" })
      .end(JSON.stringify({ status, detail }))
  const json = (response: ServerResponse, text: string) =>
    void response.writeHead(200, { "content-type": "application/json" }).end(text)

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const target = request.url ?? "/"
    requests.push({ target, authorization: request.headers.authorization })
    if (target === boardPath || target.startsWith(`${boardPath}/`)) {
      const asset = assets[target.slice(boardPath.length + 1)]
      if (asset === undefined) return problem(response, 404, "no such file")
      return void response.writeHead(200, { ...boardFields, "content-type": asset.type }).end(asset.text)
    }
    const shown = request.headers.authorization
    const isKnown = shown === `Bearer ${key}` || shown === `Bearer ${unnamedKey}`
    if (!isKnown && shown !== `Bearer ${strangersKey}`) return problem(response, 401, "no caller has this credential")
    if (target === "/v3/projects") {
      const named = { id: isKnown ? project_id : "0123456789abcdef0123456789abcdef", name: "cn-north-4" }
      return json(response, JSON.stringify({ projects: shown === `Bearer ${unnamedKey}` ? [] : [named] }))
    }
    if (!isKnown || !target.includes(`/${project_id}/`)) return problem(response, 403, "the caller may not")
    if (target.endsWith("/fleet")) return json(response, kept ?? digest())
    if (target.endsWith("/events")) {
      if (!isLive) return problem(response, 403, "the caller has no scope watch")
      const id = /backups\/([^/]+)\/events$/.exec(target)?.[1]
      response.writeHead(200, { "content-type": "text/event-stream" }).write(": here\n\n")
      const body = id === undefined ? undefined : store.get(id)
      if (id === undefined) response.write(`event: snapshot\ndata: {"backups":${store.size},"complete":true}\n\n`)
      else if (body !== undefined) response.write(`event: snapshot\ndata: ${lines(body)}\n\n`)
      streams.set(response, id ?? "")
      return void response.on("close", () => streams.delete(response))
    }
    const body = store.get(target.split("/").at(-1) ?? "")
    return body === undefined ? problem(response, 404, "the cloud has no such backup") : json(response, body)
  }

  const server = createServer((request, response) => {
    if (isReachable) onRequest(request, response)
    else request.socket.destroy()
  }).listen(0, "127.0.0.1")
  await new Promise((resolve) => server.once("listening", resolve))

  const tell = (event: "changed" | "deleted", id: string, data: string) => {
    for (const [stream, of] of streams) {
      if (of === id) stream.write(`event: ${event}\ndata: ${data}\n\n`)
      // Of a backup that is gone, the project's stream tells the id.
      if (of !== "") continue
      stream.write(
        event === "changed"
          ? `event: changed\ndata: ${data}\n\n`
          : `event: gone\ndata: ${JSON.stringify({ backup: { id } })}\n\n`
      )
    }
  }
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    project_id,
    backups,
    key,
    strangersKey,
    unnamedKey,
    requests,
    bodyOf: (id) => store.get(id) ?? "",
    change: (body) => {
      put(body)
      tell("changed", Result.getOrThrow(ShowBackupResponse.read(body)).backup.id ?? "", lines(body))
    },
    remove: (id) => {
      store.delete(id)
      tell("deleted", id, "{}")
    },
    setReachable: (reachable) => {
      isReachable = reachable
      if (!reachable) for (const stream of streams.keys()) stream.destroy()
    },
    setIncomplete: (incomplete) => {
      isIncomplete = incomplete
    },
    setLive: (live) => {
      isLive = live
    },
    setTroubled: (isTroubled) => {
      const text = isTroubled
        ? "event: problem\ndata: {}\n\n"
        : `event: snapshot\ndata: {"backups":1,"complete":true}\n\n`
      for (const [stream, of] of streams) if (of === "") stream.write(text)
    },
    rotate: () => {
      for (const stream of streams.keys()) stream.end("event: rotate\ndata: {}\n\n")
    },
    streams: () => streams.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

/** An event's data, of which each line has a field of its own. */
const lines = (body: string): string => body.replaceAll("\n", "\ndata: ")
