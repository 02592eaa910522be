/** The words of `cbr version` in English. */
export const en = {
  short: "Version, commit and runtime",
  long: "Print the version, the commit that it was built of, and the runtime, to be quoted in a report. If the profile has a version_url, a terminal also says when that address names a newer version; it is asked once a day, and never where CI is set.",
  examples: [{ command: "cbr version", description: "What runs here?" }],
  ofCommit: (commit: string) => `commit ${commit}`,
  fromSource: "from source",
  newer: (version: string) => `cbr ${version} is there, which is newer`
}
