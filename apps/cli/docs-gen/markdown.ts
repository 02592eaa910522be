import type { Messages } from "../src/messages/Messages.ts"
import { argumentRows, type Documented, flagRows, type Row } from "./HelpDocs.ts"

/** The reference as a page of the docs. */
export const markdown = (commands: ReadonlyArray<Documented>, messages: Messages): string => {
  const { help } = messages
  const list = (title: string, rows: ReadonlyArray<Row>) =>
    rows.length === 0
      ? []
      : [`**${title}**`, rows.map(({ meaning, typed }) => `- \`${typed}\`: ${inert(meaning)}`).join("\n")]
  const blocks = commands.flatMap(({ doc, name }, index) => [
    `${index === 0 ? "#" : "##"} ${name}`,
    inert(doc.description),
    `\`\`\`\n${doc.usage}\n\`\`\``,
    ...list(help.arguments, argumentRows(doc)),
    ...list(help.flags, flagRows([...doc.flags, ...(doc.inheritedFlags ?? [])], messages)),
    ...(index === 0 ? list(help.everywhere, flagRows(doc.globalFlags, messages)) : []),
    ...(doc.examples === undefined || doc.examples.length === 0
      ? []
      : [
          `**${help.examples}**`,
          `\`\`\`sh\n${doc.examples.map(({ command, description }) => `# ${description ?? ""}\n${command}`).join("\n")}\n\`\`\``
        ])
  ])
  return `${blocks.join("\n\n")}\n`
}

const inert = (text: string) => text.replace(/[\\`*_<>[\]|]/g, "\\$&")
