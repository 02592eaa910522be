import { type ChildProcess, spawn } from "node:child_process"
import type { Readable } from "node:stream"
import { text } from "node:stream/consumers"
import * as Effect from "effect/Effect"

/** A program of Node, and its arguments. */
export type Program = ReadonlyArray<string>

const ended = (child: ChildProcess) =>
  Effect.callback<number>((resume) => {
    child.once("exit", (code) => resume(Effect.succeed(code ?? -1)))
  })

/** Milliseconds from the start of a process to its end. Dies unless it ends well: a failure's time is no answer. */
export const timed = Effect.fnUntraced(function* (program: Program, env: NodeJS.ProcessEnv) {
  const started = performance.now()
  const exitCode = yield* ended(spawn(process.execPath, program, { env, stdio: ["ignore", "ignore", "inherit"] }))
  const milliseconds = performance.now() - started
  if (exitCode !== 0) return yield* Effect.die(new Error(`${program.join(" ")} ended with ${exitCode}`))
  return milliseconds
})

/** Feeds a process on stdin: its output, the most bytes of memory that it held, and its time in milliseconds. */
export const fed = Effect.fnUntraced(function* (program: Program, env: NodeJS.ProcessEnv, stdin: string) {
  const started = performance.now()
  const reporter = new URL("programs/reportMemory.cjs", import.meta.url).pathname
  const child = spawn(process.execPath, ["--require", reporter, ...program], {
    env,
    stdio: ["pipe", "pipe", "inherit", "pipe"]
  })
  child.stdin?.end(stdin)
  const outputs = [child.stdout, child.stdio[3]] as [Readable, Readable]
  const reading = Promise.all(outputs.map((output) => text(output)))
  let first: number | undefined
  child.stdout?.once("data", () => (first = performance.now() - started))
  const exitCode = yield* ended(child)
  const [out = "", memory = ""] = yield* Effect.promise(() => reading)
  return { exitCode, out, bytes: Number(memory), first, milliseconds: performance.now() - started }
})
