import { exampleId } from "../../values/exampleId.ts"

/** The words of `cbr tree` in English. */
export const en = {
  short: "Show backups as trees (show -o tree)",
  long: "Show a backup with its children and replications as a tree; the same as show -o tree.",
  examples: [{ command: `cbr tree ${exampleId}`, description: "What it is made of, and where it was copied to" }]
}
