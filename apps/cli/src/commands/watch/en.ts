import { exitCodes } from "../../exit/ExitCodes.ts"
import { exampleId } from "../../values/exampleId.ts"

/** The words of `cbr watch` in English. */
export const en = {
  short: "Watch backups change",
  long: `Watch backups: a live view for a reader, a line of JSON for each change in a pipe. One of several that is not there or fails does not end the others (exit ${exitCodes.SomeFailed} at the end). With --resource the newest backup of a server or disk is followed, its copies included, and from the moment that there is a newer one that one: told by a proxy's events, else found by a look at the list each --interval or less often.`,
  examples: [
    { command: `cbr watch ${exampleId}`, description: "Until Ctrl-C" },
    { command: "cbr watch --resource ecs-orders-0001", description: "A server's newest backup, night after night" },
    { command: `cbr watch ${exampleId} --until-stable -o table >> changes.log`, description: "A line for each change" }
  ],
  flags: {
    untilStable: `end when no operation on the backup is in progress; fail (exit ${exitCodes.ConditionImpossible}) when the backup is gone`
  }
}
