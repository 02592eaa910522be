import type { Messages } from "../src/messages/Messages.ts"
import { argumentRows, type Documented, flagRows, type Row } from "./HelpDocs.ts"

/** The reference as a page for `man`. */
export const manPage = (
  [root, ...commands]: ReadonlyArray<Documented>,
  messages: Messages,
  version: string
): string => {
  if (root === undefined) return ""
  const { help } = messages
  const list = (rows: ReadonlyArray<Row>) =>
    rows.flatMap(({ meaning, typed }) => [".TP", `.B ${inert(typed)}`, inert(meaning)])
  const subsection = (title: string, lines: ReadonlyArray<string>) =>
    lines.length === 0 ? [] : [".PP", `.I ${inert(title)}`, ...lines]
  return [
    `.TH CBR 1 "" "cbr ${version}"`,
    ".SH NAME",
    `cbr \\- ${inert(root.doc.description)}`,
    ".SH SYNOPSIS",
    inert(root.doc.usage),
    `.SH ${help.commands}`,
    ...commands.flatMap(({ doc, name }) => [
      `.SS ${inert(name)}`,
      inert(doc.description),
      ".PP",
      `.B ${inert(doc.usage)}`,
      ...subsection(help.arguments, list(argumentRows(doc))),
      ...subsection(help.flags, list(flagRows([...doc.flags, ...(doc.inheritedFlags ?? [])], messages))),
      ...subsection(
        help.examples,
        (doc.examples ?? []).flatMap(({ command, description }) => [
          ".PP",
          inert(description ?? ""),
          ".br",
          `.B ${inert(command)}`
        ])
      )
    ]),
    `.SH ${help.everywhere}`,
    ...list(flagRows(root.doc.globalFlags, messages)),
    ""
  ].join("\n")
}

/** A line that begins with a period or an apostrophe would be an instruction. */
const inert = (text: string) =>
  text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^(?=[.'])/gm, "\\&")
