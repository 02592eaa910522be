import { exitCodes } from "../../exit/ExitCodes.ts"
import { exampleId } from "../../values/exampleId.ts"

/** The words of `cbr watch` in English. */
export const en = {
  short: "Watch backups change",
  long: `Watch backups: a live view for a reader, a line of JSON for each change in a pipe. One of several that is not there or fails does not end the others (exit ${exitCodes.SomeFailed} at the end). With --resource the backup that is the newest at the start is followed to its end, its copies included; a newer one is not taken up.`,
  examples: [
    { command: `cbr watch ${exampleId}`, description: "Until Ctrl-C" },
    { command: `cbr watch ${exampleId} --until-stable -o table >> changes.log`, description: "A line for each change" }
  ],
  flags: {
    untilStable: "end when no operation on the backup is in progress"
  }
}
