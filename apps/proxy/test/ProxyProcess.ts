import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { Effect } from "effect"
import { bundled, compiled } from "./Bundle.ts"

/** A proxy in a process of its own. */
export interface Running {
  readonly process: ChildProcess
  /** What came so far; whole once the process has ended. */
  readonly output: { stdout: string; stderr: string }
}

/** The proxy as its users start it, with no environment of theirs but the given one. */
export const started = (flags: ReadonlyArray<string>, environment: Readonly<Record<string, string>>) =>
  Effect.acquireRelease(
    Effect.promise(async (): Promise<Running> => {
      const child = spawn(process.execPath, [await bundled(), ...flags], {
        env: { NODE_COMPILE_CACHE: compiled(), ...environment },
        stdio: ["ignore", "pipe", "pipe"]
      })
      const output = { stdout: "", stderr: "" }
      child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text))
      child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text))
      return { process: child, output }
    }),
    ({ process }) => Effect.sync(() => process.kill("SIGKILL"))
  )

/** The exit code, once the process has ended. */
export const ended = ({ process }: Running) =>
  Effect.promise(async () => {
    const [code]: ReadonlyArray<unknown> = await once(process, "close")
    return code
  })

/** The line that says where the proxy is; the process must be ready or come to be. */
export const readyLine = ({ output, process }: Running) =>
  Effect.promise(async () => {
    while (!output.stdout.includes("\n")) await once(process.stdout!, "data")
    return JSON.parse(output.stdout) as { readonly url: string; readonly key: string; readonly admin: string }
  })

/** Succeeds when the log has a line with this text in it. */
export const logged = ({ output, process }: Running, text: string) =>
  Effect.promise(async () => {
    while (!output.stderr.includes(text)) await once(process.stderr!, "data")
  })
