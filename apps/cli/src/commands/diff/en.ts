import { exitCodes } from "../../exit/ExitCodes.ts"
import { exampleId } from "../../values/exampleId.ts"

/** The words of `cbr diff` in English. */
export const en = {
  short: "Show what differs between two backups",
  long: "Show what differs between two backups, field by field; children and replications are matched by their ids.",
  examples: [
    { command: `cbr diff yesterday.json ${exampleId}`, description: "What changed since it was saved" },
    { command: "cbr diff --resource ecs-orders-0001", description: "A server's newest backup against the one before" },
    {
      command: "cbr diff a.json b.json --exit-code",
      description: `For a script: exit ${exitCodes.Different} when they differ`
    }
  ],
  args: {
    diffSide: "a backup (as for show), a file that `show -o json` saved, or - for standard input"
  },
  resource: "compare the two newest backups of the server or disk with this name or id",
  twoSides: "give BEFORE and AFTER, or --resource NAME alone for a server's two newest backups",
  none: "no difference"
}
