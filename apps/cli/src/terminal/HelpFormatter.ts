import type { FlagDoc, HelpDoc } from "effect/cli/HelpDoc"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { isSwitch } from "../args/isSwitch.ts"
import { OutputOptions } from "../args/OutputOptions.ts"
import { Messages } from "../messages/Messages.ts"
import { paint, type Piece } from "../text/Style.ts"
import { layOutTable } from "../text/TableLayout.ts"
import { wrap } from "../text/wrap.ts"

type Line = ReadonlyArray<Piece>

/** Formats the help of a command in the user's language. */
export const formatHelp = Effect.fnUntraced(function* (doc: HelpDoc) {
  const { colour, stdoutWidth } = yield* OutputOptions
  const { help } = yield* Messages
  const section = (
    title: string,
    rows: ReadonlyArray<Line>,
    place = { colour, width: stdoutWidth }
  ): ReadonlyArray<string> =>
    rows.length === 0
      ? []
      : ["", paint([{ text: title, tone: "strong" }], colour), layOutTable(rows.map(indented), place)]
  const flags = [...doc.flags, ...(doc.inheritedFlags ?? [])]
  return [
    ...wrap([doc.description], 0, stdoutWidth).map((line) => paint(line, colour)),
    ...section(help.usage, [[doc.usage]]),
    ...section(
      help.arguments,
      (doc.args ?? []).map(({ description, name, variadic }) => [
        variadic ? `${name}...` : name,
        Option.getOrElse(description, () => "")
      ])
    ),
    ...section(
      help.commands,
      (doc.subcommands ?? []).flatMap(({ commands }) =>
        commands.map(({ description, name, shortDescription }) => [name, shortDescription ?? description])
      )
    ),
    ...section(
      help.flags,
      flags.map((flag) => flagRow(flag, help.builtIn))
    ),
    ...section(
      help.everywhere,
      (doc.globalFlags ?? []).map((flag) => flagRow(flag, help.builtIn))
    ),
    ...section(
      help.examples,
      (doc.examples ?? []).flatMap(({ command, description }) => [[description ?? ""], [`  ${command}`]]),
      // A wrapped example could not be copied.
      { colour, width: undefined }
    )
  ].join("\n")
})

const indented = ([first = "", ...rest]: Line): Line => [
  typeof first === "string" ? `  ${first}` : { ...first, text: `  ${first.text}` },
  ...rest
]

const flagRow = (
  { aliases, description, name, type }: FlagDoc,
  builtIn: Readonly<Record<string, string>>
): ReadonlyArray<Piece> => {
  const names = [`--${name}`, ...aliases].join(", ")
  const own = builtIn[name]
  return [isSwitch(type) ? names : `${names} ${type}`, own ?? Option.getOrElse(description, () => "")]
}
