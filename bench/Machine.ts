import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import * as Effect from "effect/Effect"

/** The core of the measured program, and that of the load. */
export const cores = { measured: "0", load: "1" } as const

/** The reason that two programs cannot have a core each; undefined if they can. */
export const lacking = (...tools: ReadonlyArray<string>): string | undefined => {
  const missing = ["taskset", ...tools].find((tool) => spawnSync("which", [tool]).status !== 0)
  if (missing !== undefined) return `no ${missing}`
  return availableParallelism() < 2 ? "one core alone" : undefined
}

/** A program bound to a core. */
export const bound = (core: string, command: ReadonlyArray<string>): readonly [string, ReadonlyArray<string>] => [
  "taskset",
  ["-c", core, ...command]
]

/** All that a program writes on stdout. Dies unless it ends well. */
export const output = (core: string, command: ReadonlyArray<string>, env: NodeJS.ProcessEnv = process.env) =>
  Effect.callback<string>((resume) => {
    const [taskset, args] = bound(core, command)
    const child = spawn(taskset, args, { env, stdio: ["ignore", "pipe", "inherit"] })
    let text = ""
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
    child.once("close", (code) =>
      resume(code === 0 ? Effect.succeed(text) : Effect.die(new Error(`${command.join(" ")} ended with ${code}`)))
    )
    return Effect.sync(() => child.kill())
  })

/** A server in a process of its own, for as long as the scope lives. */
export interface Served {
  readonly url: string
  readonly process: ChildProcess
}

/** Seconds that a server, with the processes that it started, has had of a processor. */
export const secondsOf = ({ process }: Served): number => processorTime(process.pid!) / 1e9

/** Nanoseconds. */
const processorTime = (pid: number): number => {
  let sum = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    sum += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0])
    const children = readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").trim()
    if (children !== "") for (const child of children.split(" ")) sum += processorTime(Number(child))
  }
  return sum
}

/** Starts a server on a core; it is ready with its first line on stdout, which is JSON with its `url`. */
export const served = (
  core: string,
  command: ReadonlyArray<string>,
  stderr: number | "inherit" = "inherit",
  env: NodeJS.ProcessEnv = process.env
) =>
  Effect.acquireRelease(
    Effect.callback<Served>((resume) => {
      const [taskset, args] = bound(core, command)
      const child = spawn(taskset, args, { env, stdio: ["ignore", "pipe", stderr] })
      let text = ""
      child.stdout!.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk
        if (!text.includes("\n")) return
        const { url } = JSON.parse(text.slice(0, text.indexOf("\n"))) as { readonly url: string }
        resume(Effect.succeed({ url, process: child }))
      })
      child.once("exit", (code) => resume(Effect.die(new Error(`${command.join(" ")} ended with ${code}`))))
    }),
    ({ process }) =>
      Effect.callback<void>((resume) => {
        if (process.exitCode !== null) return resume(Effect.void)
        process.once("exit", () => resume(Effect.void))
        process.kill()
        const timer = setTimeout(() => process.kill("SIGKILL"), 3_000)
        process.once("exit", () => clearTimeout(timer))
      })
  )
