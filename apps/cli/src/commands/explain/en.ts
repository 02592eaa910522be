/** The words of `cbr explain` in English. */
export const en = {
  short: "Explain a field, a status or an error",
  long: "Explain a field, a status, an error or a code of the service; offline.",
  examples: [
    { command: "cbr explain supported_restore_mode", description: "A field, with its documented values" },
    { command: "cbr explain waiting_protect", description: "A value" }
  ],
  args: {
    explain:
      "a field such as replication_records.status, a value such as waiting_protect, an error by its name or title, or a code of the service such as APIGW.0301; default: all fields and errors"
  },
  unknown: "nothing to explain",
  unknownWhy:
    "it is not a field or documented value of the API's page, a kind of error, or a known code of the service",
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
