/** The words of `cbr explain` in English. */
export const en = {
  short: "What a field, a status or an error means",
  long: "What a field, a status, an error or a code of the service means; offline.",
  examples: [
    { command: "cbr explain supported_restore_mode", description: "A field, with its documented values" },
    { command: "cbr explain waiting_protect", description: "A value" }
  ],
  args: {
    explain:
      "a field such as replication_records.status, a value such as waiting_protect, an error by its name or title, or a code of the service such as APIGW.0301; all fields and errors unless given"
  },
  unknown: "nothing to explain",
  unknownWhy:
    "it is no field of the API's page, no documented value, no kind of error, and no code of the service whose meaning is known",
  unknownNext: "see all of them with `cbr explain`",
  types: {
    string: "text",
    integer: "integer",
    boolean: "true or false",
    time: "time",
    object: "object",
    array: "list",
    verdict: "verdict",
    value: "value",
    error: "error"
  }
}
