import { fileURLToPath } from "node:url"
import { Effect, Stream } from "effect"
import { ChildProcess } from "effect/process"

/** Where the command line starts. */
export const entry = fileURLToPath(new URL("../src/main.ts", import.meta.url))

/** A program as a real process, with this environment and no other: its exit code, and what it wrote. */
export const finished = Effect.fn(function* (
  program: string,
  words: ReadonlyArray<string>,
  options: { readonly env?: Record<string, string>; readonly stdin?: string | Stream.Stream<Uint8Array> } = {}
) {
  const handle = yield* ChildProcess.make(program, words, {
    // Neither the profiles of the developer, nor the metadata of the developer's machine.
    env: { PATH: process.env["PATH"] ?? "", CBR_METADATA: "off", ...options.env },
    extendEnv: false,
    stdin:
      typeof options.stdin === "string"
        ? Stream.make(new TextEncoder().encode(options.stdin))
        : (options.stdin ?? "ignore")
  })
  const [out, err, exitCode] = yield* Effect.all(
    [
      Stream.mkString(Stream.decodeText(handle.stdout)),
      Stream.mkString(Stream.decodeText(handle.stderr)),
      handle.exitCode
    ],
    { concurrency: "unbounded" }
  )
  return { exitCode: Number(exitCode), out, err }
}, Effect.scoped)
