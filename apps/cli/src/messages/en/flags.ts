/** What each flag does. */
export const flags = {
  output: "format of the result: a table for a reader, json for a pipe unless given",
  query: "JMESPath expression that picks from the result",
  lang: "language of messages and help; the locale's unless given",
  errorFormat: "form of errors on stderr: json with -o json, yaml or ndjson unless given",
  color: "colour, even in a pipe; --no-color never",
  projectId: "project of the backup",
  region: "region of the project, such as cn-north-4",
  endpoint: "address of CBR, or of a proxy, instead of the region's",
  timeout: (usual: string) =>
    `longest time for a call with its retries, such as 500ms, 30s or 2m; ${usual} unless given`,
  retries: (usual: number) => `attempts after the first; ${usual} unless given`,
  debug: "tell on stderr of each attempt, with secrets masked",
  from: "read a saved response instead of calling the service; - is standard input",
  strict: "fail (exit 11) on anything that the API's page does not list",
  dryRun: "print what would be sent, with secrets masked, and send nothing",
  concurrency: (usual: number) => `calls at once; ${usual} unless given`,
  unordered: "print many backups as they come, not in the order of the ids"
}
