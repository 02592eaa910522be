/** The words of `cbr version` in English. */
export const en = {
  short: "Version, commit and runtime",
  long: "Print the version, the commit that it was built of, and the runtime, to be quoted in a report.",
  examples: [{ command: "cbr version", description: "What runs here?" }],
  ofCommit: (commit: string) => `commit ${commit}`,
  fromSource: "from source"
}
