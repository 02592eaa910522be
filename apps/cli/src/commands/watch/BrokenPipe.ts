import { type ChildProcess, spawn } from "node:child_process"
import { fstatSync } from "node:fs"
import * as Effect from "effect/Effect"

/** Standard output, as the operating system numbers it. */
const stdout = 1

/**
 * Ends when the reader of standard output, a pipe, has closed it. Node learns of that at the next write, which may be
 * hours away for a backup at rest. GNU `tail` polls the pipe, and ends with SIGPIPE. Without it the command ends at the
 * next change.
 *
 * @source GNU coreutils 8.28: "tail -f now exits immediately when the output is closed"
 */
export const brokenPipe: Effect.Effect<void> = Effect.callback<void>((resume) => {
  if (!fstatSync(stdout).isFIFO()) return
  const tail = started()
  tail?.once("exit", (_, signal) => {
    if (signal === "SIGPIPE") resume(Effect.void)
  })
  return Effect.sync(() => void tail?.kill())
})

const started = (): ChildProcess | undefined => {
  try {
    const tail = spawn("tail", [`--pid=${process.pid}`, "-f", "/dev/null"], { stdio: ["ignore", "inherit", "ignore"] })
    // There is no `tail`.
    return tail.once("error", () => {})
  } catch {
    // Node's permissions may forbid another program.
    return undefined
  }
}
