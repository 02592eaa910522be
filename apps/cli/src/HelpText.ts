import type { FlagDoc, HelpDoc } from "effect/cli/HelpDoc"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Messages } from "./messages/Messages.ts"
import { columns, paint, type Piece } from "./output/Paint.ts"
import { Presentation } from "./Presentation.ts"

/** The help of a command in the user's language: in colour on a terminal, plain elsewhere. */
export const helpText = Effect.fnUntraced(function* (doc: HelpDoc) {
  const { colour } = yield* Presentation
  const { help } = yield* Messages
  const section = (title: string, rows: ReadonlyArray<ReadonlyArray<Piece>>): ReadonlyArray<ReadonlyArray<Piece>> =>
    rows.length === 0 ? [] : [[], [{ text: title, tone: "strong" }], ...columns(rows).map((row) => ["  ", ...row])]
  const flags = [...doc.flags, ...(doc.inheritedFlags ?? [])]
  return [
    [doc.description],
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
      (doc.examples ?? []).flatMap(({ command, description }) => [[description ?? ""], [`  ${command}`]])
    )
  ]
    .map((line) => paint(line, colour))
    .join("\n")
})

const flagRow = (
  { aliases, description, name, type }: FlagDoc,
  builtIn: Readonly<Record<string, string>>
): ReadonlyArray<Piece> => {
  const names = [`--${name}`, ...aliases].join(", ")
  const own = builtIn[name]
  return [type === "boolean" ? names : `${names} ${type}`, own ?? Option.getOrElse(description, () => "")]
}
