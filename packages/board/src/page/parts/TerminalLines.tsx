import { showBackupPath } from "@cbr/domain"
import { escapeInvisible } from "../escapeInvisible.ts"
import { words } from "../Language.ts"
import { wholeFleet } from "../Route.ts"
import { CopyLine } from "./CopyLine.tsx"

/** Lines that say in a terminal what the page says, by the program that each runs. */
export const TerminalLines = ({ lines }: { readonly lines: Readonly<Record<string, string>> }) => {
  const { lines: heading, linesHint } = words.value.backup
  return (
    <section aria-labelledby="lines-heading">
      <h2 id="lines-heading">{heading}</h2>
      <p class="quiet">{linesHint}</p>
      {Object.entries(lines).map(([label, text]) => (
        <CopyLine key={label} label={label} text={text} />
      ))}
    </section>
  )
}

interface AskedBackup {
  readonly backup_id: string
  readonly project_id: string
}

interface AskedResource {
  readonly project_id: string
  readonly resource_id: string
  readonly resource_name: string | undefined
}

/** Shows one backup. */
export const showLine = ({ backup_id, project_id }: AskedBackup): string =>
  cbrLine(`show ${quoted(backup_id)}`, project_id)

/** Judges a server or disk by its newest whole backup. It goes by its id where a shell could misread its name. */
export const checkLine = ({ project_id, resource_id, resource_name = resource_id }: AskedResource): string => {
  const isPlain = escapeInvisible(resource_name) === resource_name && !/^(-|$)/.test(resource_name)
  const resource = quoted(isPlain ? resource_name : resource_id)
  return cbrLine(`check --resource ${resource} --max-age ${wholeFleet.hours}h --healthy`, project_id)
}

/** Fetches one backup as the service tells it. */
export const curlLine = (request: AskedBackup): string =>
  `curl -H "Authorization: Bearer $KEY" ${quoted(location.origin + showBackupPath(request))}`

const cbrLine = (command: string, project_id: string): string =>
  `CBR_TOKEN=$KEY cbr ${command} --project-id ${quoted(project_id)} --endpoint ${quoted(location.origin)}`

const quoted = (word: string): string =>
  /^[\w./:@-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
