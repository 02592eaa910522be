import { ErrorTable } from "@cbr/client"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import manifest from "../package.json" with { type: "json" }
import { show } from "./commands/show.ts"
import { Failure, report } from "./Failure.ts"
import { Messages } from "./messages/Messages.ts"
import { inert } from "./TerminalText.ts"

const cbr = Command.make("cbr").pipe(
  Command.withDescription("Look at backups in Huawei Cloud CBR."),
  Command.withSubcommands([show])
)

/**
 * Runs one command line and tells its exit code. Whatever there is to say has
 * been said by then: results on stdout, all else on stderr.
 */
export const run = (words: ReadonlyArray<string>) =>
  Command.runWith(cbr, { version: manifest.version })(words).pipe(
    Effect.as(0),
    Effect.catch((error) => {
      if (error._tag === "Failure") return Effect.as(report(error), error.exitCode)
      // Said already by the presenter; help that was not asked for is no error.
      const isHelp = error._tag === "ShowHelp" && error.errors.length === 0
      return Effect.succeed(isHelp ? 0 : ErrorTable.InvalidRequest.exitCode)
    }),
    Effect.catchDefect((defect) => Effect.as(reportBug(defect), 1)),
    Effect.provide(Layer.merge(presenter, CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version] }))),
    // What the client logs is no result.
    Effect.provideService(Logger.LogToStderr, true)
  )

const presenter = CliOutput.layerPresenter({
  present: (event) => {
    switch (event._tag) {
      case "Help":
        return CliOutput.defaultPresenter.present(event)
      case "Version":
        return Console.log(event.version)
      case "InvalidInvocation":
        return Effect.flatMap(Messages, ({ wrongUse }) =>
          report(
            new Failure({
              kind: "InvalidRequest",
              what: wrongUse.what,
              // The schema's own words follow; that a schema found them is of no use to a user.
              why: event.errors
                .map(({ message }) => message.replace("Expected: Schema validation failed: ", ""))
                .join("; "),
              next: wrongUse.next(event.helpDoc.usage, event.commandPath.join(" "))
            })
          )
        )
    }
  }
})

const reportBug = (defect: unknown) =>
  Effect.flatMap(Messages, ({ bug }) =>
    Console.error(inert(bug(defect instanceof Error ? `${defect.name}: ${defect.message}` : String(defect))))
  )
