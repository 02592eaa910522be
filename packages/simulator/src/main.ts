import { listBackupsParameters, type ListBackupsRequest } from "@cbr/domain"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import manifest from "../package.json" with { type: "json" }
import type { ListBehaviour } from "./BackupList.ts"
import { readFixtureFile } from "./FixtureFile.ts"
import { maxFleet, minFleet } from "./fixtures/Fleet.ts"
import { layer } from "./layer.ts"
import { readyLine } from "./ReadyLine.ts"
import { Simulator } from "./Simulator.ts"

const Port = Schema.Int.check(
  Schema.isBetween({ minimum: 0, maximum: 65535 }, { message: "Expected a port from 0 to 65535" })
)

const port = (name: string, of: string) =>
  Flag.Int(name).pipe(
    Flag.withSchema(Port),
    Flag.withDefault(0),
    Flag.withDescription(`Port on 127.0.0.1 for ${of}; 0, the default, takes a free one`)
  )

const simulator = Command.make(
  "simulator",
  {
    port: port("port", "CBR"),
    iamPort: port("iam-port", "IAM"),
    fixtures: Flag.String("fixtures").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("Further backups: a JSON array of {backup_id, project_id?, status?, headers?, body}"),
      Flag.optional
    ),
    fleet: Flag.Int("fleet").pipe(
      Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: minFleet, maximum: maxFleet }))),
      Flag.withMetavar("SERVERS"),
      Flag.withDescription(
        `So many servers (${minFleet} to ${maxFleet}) with a backup of each of the last thirty nights`
      ),
      Flag.optional
    ),
    listIgnores: Flag.String("list-ignores").pipe(
      Flag.withSchema(Schema.Literals(listBackupsParameters)),
      Flag.withMetavar("PARAMETER"),
      Flag.withDescription("A parameter that the list accepts and does not heed, such as sort; may be given again"),
      Flag.atLeast(0)
    ),
    listNames: Flag.Literals("list-names", ["whole", "part"]).pipe(
      Flag.withDefault("whole" as const),
      Flag.withDescription("Whether the list compares names whole or in part")
    ),
    listCounts: Flag.Literals("list-counts", ["all", "page"]).pipe(
      Flag.withDefault("all" as const),
      Flag.withDescription("What the list's count counts: all that match, or the page")
    ),
    listChanges: Flag.Literals("list-changes", ["deleted", "made"]).pipe(
      Flag.withDescription("What happens behind each page: the newest backup is deleted, or a newer one is made"),
      Flag.optional
    )
  },
  Effect.fn(function* ({ fixtures, fleet, iamPort, listChanges, listCounts, listIgnores, listNames, port }) {
    const list: ListBehaviour = {
      ignores: listIgnores as ReadonlyArray<keyof ListBackupsRequest>,
      names: listNames,
      counts: listCounts,
      ...(Option.isSome(listChanges) ? { changes: listChanges.value } : {})
    }
    const read = Option.isSome(fixtures) ? yield* readFixtureFile(fixtures.value) : []
    return yield* Effect.gen(function* () {
      yield* Console.log(readyLine(yield* Simulator))
      return yield* Effect.never
    }).pipe(
      Effect.provide(
        layer({ port, iamPort, fixtures: read, list, ...(Option.isSome(fleet) ? { fleet: fleet.value } : {}) })
      ),
      Effect.catchTag("ServeError", ({ cause }) =>
        Effect.fail(new CliError.UserError({ cause, userMessage: `cannot listen: ${String(cause)}` }))
      )
    )
  })
).pipe(
  Command.withDescription(
    "Huawei Cloud CBR and IAM on this machine. Prints one line of JSON when ready; stops on SIGTERM or SIGINT."
  )
)

/** Wrong use goes to stderr alone, so that stdout holds nothing but the ready line. */
const presenter = CliOutput.layerPresenter({
  present: (event) =>
    event._tag === "InvalidInvocation"
      ? Console.error(`${event.errors.map(({ message }) => message).join("\n")}\nTry --help.`)
      : CliOutput.defaultPresenter.present(event)
})

const wrongUse = 2

/** Being told to stop is how a server ends well. */
const teardown: Runtime.Teardown = (exit, onExit) => {
  if (Exit.isFailure(exit)) {
    if (Cause.hasInterruptsOnly(exit.cause)) return onExit(0)
    const error = Cause.squash(exit.cause)
    if (CliError.isCliError(error) && error._tag === "ShowHelp") return onExit(wrongUse)
  }
  return Runtime.defaultTeardown(exit, onExit)
}

/** Not what the command line has told the user already, nor the end that was asked for. */
const isReported = (cause: Cause.Cause<unknown>) =>
  !Cause.hasInterruptsOnly(cause) && Runtime.getErrorReported(Cause.squash(cause))

simulator.pipe(
  Command.run({ version: manifest.version }),
  Effect.tapCause((cause) => (isReported(cause) ? Effect.logError(cause) : Effect.void)),
  Effect.provide(Layer.mergeAll(NodeServices.layer, presenter, Layer.succeed(Logger.LogToStderr, true))),
  NodeRuntime.runMain({ disableErrorReporting: true, teardown })
)
