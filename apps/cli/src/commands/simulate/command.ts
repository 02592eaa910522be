import { delimiter } from "node:path"
import { layer as simulator, maxFleet, minFleet, Simulator } from "@cbr/simulator"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { withHelp } from "../../args/CommandHelp.ts"
import * as Environment from "../../args/Environment.ts"
import * as Flags from "../../args/Flags.ts"
import { OutputOptions } from "../../args/OutputOptions.ts"
import { ExitWith } from "../../exit/ExitWith.ts"
import { Failure } from "../../failures/Failure.ts"
import type { Messages } from "../../messages/Messages.ts"
import { makeCbrLauncher } from "./CbrLauncher.ts"
import { runForeground } from "./ForegroundProcess.ts"
import { texts } from "./texts.ts"

/** `cbr simulate`: runs a simulated cloud for a command, or until it is stopped. */
export const simulate = (messages: Messages) =>
  Command.make(
    "simulate",
    {
      command: Argument.String("COMMAND").pipe(
        Argument.withDescription(messages.pick(texts).args.simulate),
        Argument.variadic()
      ),
      port: Flags.countFlag("port", { min: 0, max: 65_535 }, messages.pick(texts).flags.port).pipe(Flag.withDefault(0)),
      fleet: Flags.countFlag("fleet", { min: minFleet, max: maxFleet }, messages.pick(texts).flags.fleet).pipe(
        Flag.optional
      )
    },
    ({ command, fleet, port }) =>
      run(command, messages).pipe(
        Effect.provide(simulator({ port, ...(Option.isSome(fleet) ? { fleet: fleet.value } : {}) })),
        Effect.catchTag("ServeError", ({ cause }) =>
          Effect.fail(
            Failure.of("InvalidRequest", port === 0 ? "127.0.0.1" : `--port ${port}`, ({ pick }) => [
              pick(texts).cannotListen,
              pick(texts).reasons[codeOf(cause)] ?? codeOf(cause),
              pick(texts).otherPort
            ])
          )
        )
      )
  ).pipe(withHelp(messages.pick(texts)))

/** The operating system's code of an error, such as for a port in use. */
const codeOf = (cause: unknown): string =>
  cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : String(cause)

/** The PATH in which `cbr` is this program, even if it is not installed. */
const pathWithOwn = Effect.gen(function* () {
  const folder = yield* Effect.option(makeCbrLauncher)
  const path = yield* Environment.variable("PATH")
  if (Option.isNone(folder)) return {}
  return { PATH: path === undefined ? folder.value : `${folder.value}${delimiter}${path}` }
})

/** Variables of the caller that would override the simulator's key: the command does not get them. */
const others = { CBR_TOKEN: undefined, HUAWEICLOUD_SDK_SECURITY_TOKEN: undefined, CBR_PROFILE: undefined }

const run = Effect.fn("simulate")(function* (command: ReadonlyArray<string>, messages: Messages) {
  const cloud = yield* Simulator
  const variables = {
    CBR_ENDPOINT: cloud.cbr,
    CBR_IAM_ENDPOINT: cloud.iam,
    CBR_STS_ENDPOINT: cloud.iam,
    CBR_REGION: cloud.region,
    HUAWEICLOUD_SDK_AK: cloud.ak,
    HUAWEICLOUD_SDK_SK: Redacted.value(cloud.sk),
    HUAWEICLOUD_SDK_PROJECT_ID: cloud.project_id
  }
  if (command.length > 0) {
    const exitCode = yield* Effect.scoped(
      Effect.flatMap(pathWithOwn, (path) => runForeground(command, { ...variables, ...others, ...path }))
    )
    return yield* new ExitWith({ exitCode })
  }

  const { output } = yield* OutputOptions
  // The simulator's secrets may be shown.
  if (output === "json" || output === "ndjson") {
    yield* Console.log(
      JSON.stringify({ ...variables, backups: cloud.backups, fleet: cloud.fleet, faults: cloud.faults })
    )
  } else {
    yield* Console.log(
      Object.entries(variables)
        .map(([name, value]) => `export ${name}=${value}`)
        .join("\n")
    )
    yield* Console.error(
      [messages.pick(texts).ready, ...Object.entries(cloud.backups).map(([name, id]) => `  ${id}  ${name}`)].join("\n")
    )
  }
  return yield* Effect.never
})
