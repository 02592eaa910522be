import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout } from "node:timers/promises"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { entry } from "../CliProcess.ts"

const project_id = "0605767b5780d5762fc5c0118072a564"

/** Backups of the project, of some 4 kB each. */
const backups = 3_000

const idOf = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`

const backupOf = (n: number) => ({
  id: idOf(n),
  name: "x".repeat(4_000),
  status: "available",
  created_at: new Date(Date.UTC(2026, 0, 1) - n * 60_000).toISOString()
})

/** A project that counts the backups that it has given away. */
const project = Effect.acquireRelease(
  Effect.promise(async () => {
    const given = { backups: 0 }
    const server = createServer(({ url = "" }, response) => {
      const { pathname, searchParams } = new URL(url, "http://project")
      const id = pathname.split("/backups/")[1]
      if (id !== undefined) {
        given.backups++
        return void response.end(JSON.stringify({ backup: backupOf(Number.parseInt(id.slice(-12), 16)) }))
      }
      const [offset, limit] = ["offset", "limit"].map((name) => Number(searchParams.get(name)))
      const page = Array.from({ length: Math.min(limit!, backups - offset!) }, (_, n) => backupOf(offset! + n))
      given.backups += page.length
      response.end(JSON.stringify({ backups: page, count: backups, limit, offset }))
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return { given, port: (server.address() as AddressInfo).port, server }
  }),
  ({ server }) => Effect.sync(() => server.close().closeAllConnections())
)

/** A command line whose reader is the caller. */
const started = Effect.fnUntraced(function* (words: ReadonlyArray<string>, stdin = "") {
  const { given, port } = yield* project
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [entry, ...words], {
        env: {
          PATH: process.env["PATH"],
          CBR_METADATA: "off",
          CBR_ENDPOINT: `http://127.0.0.1:${port}`,
          CBR_TOKEN: "token",
          CBR_PROJECT_ID: project_id
        },
        stdio: ["pipe", "pipe", "inherit"]
      })
    ),
    (running) => Effect.sync(() => void running.kill())
  )
  const ended = once(child, "close")
  child.stdin.end(stdin)
  return { child, ended, given }
})

const someIds = Array.from({ length: 600 }, (_, n) => `${idOf(n)}\n`).join("")

describe("the output of many backups", () => {
  // How many the program may ask for while the reader sleeps: three pages of a list, or what is read ahead of single ones.
  for (const { ahead, name, stdin, total, words } of [
    ...["json", "csv", "value --query backup.name"].map((format) => ({
      name: `list -o ${format}`,
      words: ["list", "-o", ...format.split(" ")],
      stdin: "",
      total: backups,
      ahead: 1_500
    })),
    { name: "show - -o ndjson", words: ["show", "-", "-o", "ndjson"], stdin: someIds, total: 600, ahead: 300 }
  ]) {
    it.live(`${name} asks for no more than its reader takes, and loses nothing`, () =>
      Effect.gen(function* () {
        const { child, ended, given } = yield* started(words, stdin)
        yield* Effect.promise(async () => {
          await once(child.stdout, "readable")
          // The reader sleeps: so long that a program that does not wait would be far ahead.
          for (let naps = 0; naps < 30 && given.backups <= ahead; naps++) await setTimeout(100)
          assert.isAtMost(given.backups, ahead)
          let text = ""
          for await (const chunk of child.stdout.setEncoding("utf8")) text += chunk
          assert.deepStrictEqual(await ended, [0, null])
          // Pages of a list overlap.
          assert.isAtLeast(given.backups, total)
          assert.isAtLeast(text.split("x".repeat(4_000)).length, total)
        })
      }).pipe(Effect.scoped)
    )
  }

  it.live("a reader that sleeps and goes ends the list quietly", () =>
    Effect.gen(function* () {
      const { child, ended } = yield* started(["list", "-o", "ndjson"])
      yield* Effect.promise(async () => {
        await once(child.stdout, "readable")
        await setTimeout(500)
        child.stdout.destroy()
        assert.deepStrictEqual(await ended, [0, null])
      })
    }).pipe(Effect.scoped)
  )

  it.live("a signal ends the list though its reader sleeps", () =>
    Effect.gen(function* () {
      const { child, given } = yield* started(["list", "-o", "json"])
      yield* Effect.promise(async () => {
        await once(child.stdout, "readable")
        await setTimeout(500)
        assert.isBelow(given.backups, backups)
        child.kill("SIGINT")
        assert.deepStrictEqual(await once(child, "exit"), [130, null])
      })
    }).pipe(Effect.scoped)
  )
})
