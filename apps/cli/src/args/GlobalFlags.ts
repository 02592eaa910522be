import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import type { Messages } from "../messages/Messages.ts"
import { outputNames } from "../values/FormatName.ts"
import type { globalValueFlags } from "./CommandLine.ts"
import { choiceFlag, eitherFlag, textFlag } from "./Flags.ts"

const languages = ["zh", "en"] as const

/**
 * The flags that every command takes, for the parser and for help. `OutputOptions.ts` reads their values from the
 * command line, so that a usage error has the right language and form too.
 */
export const globalFlags = ({ flags: words }: Messages) =>
  [
    setting("output", choiceFlag("output", outputNames, words.output).pipe(Flag.withAlias("o"))),
    setting("query", textFlag("query", "JMESPATH", words.query)),
    setting("profile", textFlag("profile", "NAME", words.profile)),
    setting("lang", choiceFlag("lang", languages, words.lang)),
    setting("error-format", choiceFlag("error-format", ["text", "json"], words.errorFormat)),
    setting("color", eitherFlag("color", words.color, ["NO_COLOR", "CLICOLOR_FORCE"]))
  ] as const

const setting = <const Name extends (typeof globalValueFlags)[number] | "color", A>(name: Name, flag: Flag.Flag<A>) =>
  GlobalFlag.Setting(name)({ flag: Flag.optional(flag) })
