import { MetadataHttpClient, UserDirectories } from "@cbr/client"
import { layerCloudsYaml } from "@cbr/client/node"
import { Simulator } from "@cbr/simulator"
import { NodeCrypto, NodeHttpClient, NodeServices } from "@effect/platform-node"
import {
  type Cause,
  ConfigProvider,
  Console,
  Effect,
  Layer,
  Option,
  Queue,
  Redacted,
  Stdio,
  Stream,
  Terminal
} from "effect"
import { HttpClient } from "effect/http"
import { TestConsole } from "effect/testing"
import { commandLineOf, run } from "../src/app/cli.ts"
import { ClientPool } from "../src/calls/ClientPool.ts"

export interface CommandLineOptions {
  /** The whole environment; empty unless given. */
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: Uint8Array | string
  readonly stdoutIsTerminal?: boolean
  /** Folder of the user's profiles; none unless given. */
  readonly config?: string
  /** Lines that a user types at a terminal, one for each prompt; `\\b` takes a letter back. */
  readonly typed?: ReadonlyArray<string>
  /** The transport of calls; it goes straight and heeds no variable unless given. */
  readonly transport?: Layer.Layer<HttpClient.HttpClient>
  /** In the place of all of the above that concerns standard streams. */
  readonly stdio?: Layer.Layer<Stdio.Stdio>
}

/** One command line, run in this process: its exit code, and what it wrote. */
export const commandLine = (words: ReadonlyArray<string>, options: CommandLineOptions = {}) =>
  Effect.gen(function* () {
    const exitCode = yield* run(commandLineOf(words))
    const out = yield* TestConsole.logLines
    const err = yield* TestConsole.errorLines
    return { exitCode, out: out.join("\n"), err: err.join("\n") }
  }).pipe(Effect.provide(machine(options)))

/** One command line, and what it wrote to either stream, in order. */
export const saidInOrder = (words: ReadonlyArray<string>, options: CommandLineOptions = {}) =>
  Effect.gen(function* () {
    const said: Array<{ readonly stream: "out" | "err"; readonly text: string }> = []
    const into =
      (stream: "out" | "err") =>
      (...texts: ReadonlyArray<unknown>) =>
        void said.push({ stream, text: texts.map(String).join(" ") })
    const console = Object.assign(Object.create(globalThis.console) as Console.Console, {
      log: into("out"),
      error: into("err")
    })
    yield* Effect.provideService(run(commandLineOf(words)), Console.Console, console)
    return said
  }).pipe(Effect.provide(machine(options)))

const machine = (options: CommandLineOptions) =>
  Layer.mergeAll(
    // One for each command line: a test may run several.
    Layer.fresh(TestConsole.layer),
    platform(options.config, options.transport),
    // Nothing but the test's own network is asked.
    ConfigProvider.layer(ConfigProvider.fromUnknown({ CBR_METADATA: "off", ...options.env })),
    options.typed === undefined ? Layer.empty : keyboard(options.typed),
    // After the platform's own, whose place it takes.
    options.stdio ??
      Stdio.layerTest({
        stdin: Stream.make(bytes(options.stdin ?? "")),
        stdoutIsTerminal: Effect.succeed(options.stdoutIsTerminal ?? false),
        stdinIsTerminal: Effect.succeed(options.typed !== undefined),
        stderrIsTerminal: Effect.succeed(options.typed !== undefined)
      })
  )

/** A test must not meet the profiles of the developer. */
const platform = (config: string | undefined, transport = NodeHttpClient.layerNodeHttp) =>
  ClientPool.layer.pipe(
    Layer.provideMerge(layerCloudsYaml),
    Layer.provideMerge(MetadataHttpClient.layer),
    Layer.provideMerge(Layer.succeed(UserDirectories, { home: undefined, config, hasModes: true })),
    Layer.provideMerge(Layer.mergeAll(NodeServices.layer, transport, NodeCrypto.layerMac, NodeCrypto.layerDigest))
  )

/** A terminal at which these lines are typed, and which shows what is shown on it as errors. */
const keyboard = (lines: ReadonlyArray<string>) =>
  Layer.effect(
    Terminal.Terminal,
    Effect.gen(function* () {
      const keys = yield* Queue.unbounded<Terminal.UserInput, Cause.Done>()
      for (const line of lines) {
        for (const char of [...line, "\r"]) {
          const name = { "\r": "enter", "\b": "backspace" }[char] ?? char
          yield* Queue.offer(keys, {
            input: Option.some(char),
            key: { name, ctrl: false, meta: false, shift: false }
          })
        }
      }
      yield* Queue.end(keys)
      return Terminal.make({
        columns: Effect.succeed(80),
        rows: Effect.succeed(40),
        size: Effect.never,
        readInput: Effect.succeed(keys),
        readLine: Effect.never,
        display: (text) => Console.error(text)
      })
    })
  )

const bytes = (input: Uint8Array | string) => (typeof input === "string" ? new TextEncoder().encode(input) : input)

/** The environment of a user with an access key of the simulator. */
export const withAccessKey = Effect.map(Simulator, (simulator): Record<string, string> => ({
  CBR_ENDPOINT: simulator.cbr,
  HUAWEICLOUD_SDK_AK: simulator.ak,
  HUAWEICLOUD_SDK_SK: Redacted.value(simulator.sk),
  HUAWEICLOUD_SDK_PROJECT_ID: simulator.project_id
}))

/** The environment of a user with a token of the simulator. */
export const withToken = Effect.gen(function* () {
  const simulator = yield* Simulator
  return {
    CBR_ENDPOINT: simulator.cbr,
    CBR_TOKEN: Redacted.value(yield* simulator.issueToken),
    CBR_PROJECT_ID: simulator.project_id
  }
})
