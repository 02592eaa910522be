import { type ChildProcess, spawn } from "node:child_process"
import { fstatSync } from "node:fs"
import * as Effect from "effect/Effect"

/** Standard output, as the operating system numbers it. */
const stdout = 1

/**
 * Ends once nobody reads standard output any more, where that is a pipe. Node
 * learns of it at the next write, which of a backup at rest may be hours away;
 * GNU's `tail` looks for it by itself, and ends by the signal that a closed pipe
 * is told with. Elsewhere the next change has to find out.
 *
 * @source GNU coreutils 8.28: "tail -f now exits immediately when the output is closed"
 */
export const stdoutClosed: Effect.Effect<void> = Effect.callback<void>((resume) => {
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
    // There is none.
    return tail.once("error", () => {})
  } catch {
    // Node may be told to start no program.
    return undefined
  }
}
