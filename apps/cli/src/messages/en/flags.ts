import { exitCodes } from "../../exit/ExitCodes.ts"
/** The description of each flag. */
export const flags = {
  output:
    "format of the result; default: a table on a terminal; in a pipe json for show and list, ndjson for watch, text for the others; json with --query",
  query: "JMESPath expression that picks from the result",
  profile:
    "profile of `cbr configure` to use; one that this flag names overrides the environment, one that the variable names does not",
  lang: "language of messages and help; default: that of the locale",
  errorFormat: "format of errors on stderr; default: json with -o json, yaml or ndjson, else text",
  color: "colour, even in a pipe; --no-color never",
  projectId: "project of the backup",
  region: "region of the project, such as cn-north-4",
  endpoint: "address of CBR, or of a proxy, instead of the region's",
  timeout: `time limit of the whole command, such as 500ms, 30s or 2m (exit ${exitCodes.TimedOut}); default: 30m for wait, no limit for the others`,
  callTimeout: (usual: string) => `time limit of one call with its retries; default: ${usual}`,
  retries: (usual: number) => `attempts after the first; default: ${usual}`,
  traceFile: "append each attempt to this file, a line of JSON each, without secrets",
  debug: "print each attempt on stderr, with secrets masked",
  resource:
    "the newest backup of the server or disk with this name or id; a name that several have is refused, and nothing is guessed",
  from: "read a saved response instead of calling the service; - is standard input",
  exitCode: `exit with ${exitCodes.Different} when there is a difference`,
  interval: (usual: string) =>
    `time between polls while the backup changes; it grows while nothing changes; default: ${usual}`,
  strictStatus: `fail (exit ${exitCodes.MalformedResponse}) on a status that the API's page does not list`,
  verify: "verify the credential with a call"
}
