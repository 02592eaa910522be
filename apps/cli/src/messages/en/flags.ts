import { exitCodes } from "../../exit/ExitCodes.ts"
/** What each flag does. */
export const flags = {
  output:
    "format of the result; unless given, a table on a terminal, and in a pipe json for show, ndjson for watch, text for the others; json with --query",
  query: "JMESPath expression that picks from the result",
  profile:
    "profile of `cbr configure` to use; what it holds goes before the environment, named by the variable after it",
  lang: "language of messages and help; the locale's unless given",
  errorFormat: "form of errors on stderr: json with -o json, yaml or ndjson unless given",
  color: "colour, even in a pipe; --no-color never",
  projectId: "project of the backup",
  region: "region of the project, such as cn-north-4",
  endpoint: "address of CBR, or of a proxy, instead of the region's",
  timeout: `longest time for the whole command, such as 500ms, 30s or 2m (exit ${exitCodes.TimedOut}); unless given, 30m for wait, and no limit for the others`,
  callTimeout: (usual: string) => `longest time for one call with its retries; ${usual} unless given`,
  retries: (usual: number) => `attempts after the first; ${usual} unless given`,
  traceFile: "append each attempt to this file, a line of JSON each, without secrets",
  debug: "tell on stderr of each attempt, with secrets masked",
  from: "read a saved response instead of calling the service; - is standard input",
  exitCode: `exit with ${exitCodes.Different} when there is a difference`,
  interval: (usual: string) =>
    `wait between looks while things move; it grows while nothing changes; ${usual} unless given`,
  strictStatus: `fail (exit ${exitCodes.MalformedResponse}) on a status that the API's page does not list`,
  verify: "prove the credential by a call"
}
