import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { layer as simulator, Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import type { Scope } from "effect"

interface Running {
  readonly child: ChildProcess
  readonly output: { stdout: string; stderr: string }
}

/** A program of this repository in a process of its own, until the scope closes. */
const started = (
  main: string,
  flags: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>
): Effect.Effect<Running, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const path = fileURLToPath(new URL(`../../${main}`, import.meta.url))
      const child = spawn(process.execPath, [path, ...flags], { env, stdio: ["ignore", "pipe", "pipe"] })
      const output = { stdout: "", stderr: "" }
      child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text))
      child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text))
      return { child, output }
    }),
    ({ child }) => Effect.sync(() => child.kill("SIGKILL"))
  )

/** The exit code of a program, and what it printed. */
const ended = ({ child, output }: Running) =>
  Effect.promise(async () => {
    const [code]: ReadonlyArray<unknown> = child.exitCode === null ? await once(child, "close") : [child.exitCode]
    return { code, stdout: output.stdout.trimEnd() }
  })

const readyLine = ({ child, output }: Running) =>
  Effect.promise(async () => {
    while (!output.stdout.includes("\n")) await once(child.stdout!, "data")
    return JSON.parse(output.stdout) as { readonly url: string; readonly key: string }
  })

const backup_id = "5d8261f7-46e6-4a4f-9a3f-0b3f1a3f1a3f"

const withStatus = (status: string) => ({
  backup_id,
  body: JSON.stringify({ backup: { id: backup_id, name: "nightly", status } })
})

layer(simulator(), { excludeTestServices: true })("watching through a proxy", (it) => {
  it.effect(
    "costs each watcher one look and one stream, however long it waits, and the cloud one poller",
    () =>
      Effect.gen(function* () {
        const { ak, cbr, project_id, put, requests, sk } = yield* Simulator
        const proxy = yield* started("apps/proxy/src/main.ts", ["--port", "0"], {
          CBR_ENDPOINT: cbr,
          HUAWEICLOUD_SDK_AK: ak,
          HUAWEICLOUD_SDK_SK: Redacted.value(sk)
        })
        const { key, url } = yield* readyLine(proxy)
        yield* put(withStatus("protecting"))

        const cbrOf = (...words: ReadonlyArray<string>) =>
          started("apps/cli/src/main.ts", [...words, "--project-id", project_id], {
            CBR_ENDPOINT: url,
            CBR_TOKEN: key,
            CBR_LANG: "en"
          })
        const waits = yield* Effect.all([
          cbrOf("wait", backup_id, "--for", "status=available"),
          cbrOf("wait", backup_id, "--for", "status=available", "--interval", "1s"),
          cbrOf("watch", backup_id, "--until-stable", "--interval", "1s")
        ])
        const times = (line: string) => proxy.output.stderr.split(line).length - 1
        const streams = () => times('/backups/:backup_id/events","status":200')
        // All are there, and are left for longer than the pace at which each would have looked.
        yield* Effect.promise(async () => {
          while (streams() < waits.length) await once(proxy.child.stderr!, "data")
        })
        yield* Effect.sleep("4 seconds")
        yield* put(withStatus("available"))
        const results = yield* Effect.forEach(waits, ended)

        assert.deepStrictEqual(
          results.map(({ code }) => code),
          [0, 0, 0]
        )
        for (const { stdout } of results) assert.match(stdout, /available/)
        assert.strictEqual(times('"route":"/v3/:project_id/backups/:backup_id"'), waits.length)
        assert.strictEqual(streams(), waits.length)
        // Looks of one poller are 3 s apart but for the first, which may come right behind a watcher's own.
        const moments = (yield* requests)
          .filter(({ path }) => path.endsWith(backup_id))
          .map(({ at }) => at.epochMilliseconds)
        const lasted = moments.at(-1)! - moments[0]!
        assert.isAtMost(moments.length, 2 + lasted / 2_500)
      }).pipe(Effect.scoped),
    60_000
  )
})
