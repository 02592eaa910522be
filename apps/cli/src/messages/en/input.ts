import { type QueryFaultReason, queryFaultText } from "@cbr/client/jmespath"
import { shellWord } from "../../text/shellWord.ts"

/** The words of ids, saved responses and queries, in English. */
export const input = {
  wrongId: {
    title: "not a backup",
    why: "it is neither a backup id (a UUID), nor region/project/id, nor the address of the call",
    next: "give an id such as 6df2b54c-dd62-4059-a07c-1b8f24f2725d; nothing was sent",
    byName: (name: string) =>
      `for the newest backup of a server or disk by its name: --resource ${shellWord(name)}; for the ids that there are: cbr list`,
    byPart: (part: string) =>
      `if that is the beginning of an id, find the whole one: cbr list -o value | grep -i ^${part}`,
    notJson: (start: string) => `it begins as JSON (${start}…), but as a whole it is not JSON`,
    endless: (characters: number) => `it has a line of more than ${characters} characters`,
    lines: "give an id a line, or JSON: texts, or objects with an id or a backup_id, in an array or a line each"
  },

  saved: {
    title: "saved response cannot be used",
    standardInput: "standard input",
    unreadable: (reason: string) => `it cannot be read: ${reason}`,
    /** The reasons by the platform's names. */
    reasons: {
      NotFound: "no such file",
      PermissionDenied: "permission denied",
      BadResource: "it is not a file"
    } as Readonly<Record<string, string>>,
    namesTitle: "list of servers cannot be used",
    checkNames: "give a text file with the name or id of a server or disk a line",
    checkFile: "check the path; `-` reads standard input",
    notText: "it is neither UTF-8 nor UTF-16 text",
    tooLarge: (bytes: number) => `it is larger than ${bytes} bytes`,
    saveListAgain: "save it again: cbr list --replications -o ndjson > backups.ndjson",
    saveAgain: "save the whole answer of the service, as `cbr show ID -o json` prints it",
    otherBackup: (found: string) => `it holds the backup ${found}`,
    askForThat: "leave out ID, or give the one that the file holds"
  },

  query: {
    title: "query cannot be used",
    faults: (reason: QueryFaultReason) => queryFaultText(reason),
    missing: (name: string) => `the answer has no field ${name}`,
    noTest: (value: string) => `it gives ${value}, which is neither true nor false`,
    compare:
      "compare a field, such as --for \"query=backup.status=='available'\"; the quotes of the shell go around all of it",
    next: "see https://jmespath.org for the language; an example: --query 'backup.children[].status'"
  },

  gauges: {
    none: "openmetrics works on whole backups only; it cannot be combined with --query",
    next: "give another -o, or use `cbr show ID -o openmetrics` and alert on its metrics"
  }
}
