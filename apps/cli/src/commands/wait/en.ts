import { exitCodes } from "../../exit/ExitCodes.ts"
import { exampleId } from "../../values/exampleId.ts"

/** The words of `cbr wait` in English. */
export const en = {
  short: "Wait for a condition",
  long: `Wait until a condition holds (exit ${exitCodes.Done}), can no longer come true (exit ${exitCodes.ConditionImpossible}), or time is up (exit ${exitCodes.ConditionTimedOut}). Of several backups all must meet it (with --any one), and the first that never will ends the wait of all.`,
  examples: [
    { command: `cbr wait ${exampleId} --for status=available`, description: "Until the backup is made" },
    {
      command: `cbr wait ${exampleId} --for status=available --for replicated=cn-south-1 --timeout 2h`,
      description: "Made and copied, in the same answer"
    },
    { command: `cbr wait ${exampleId} --for deleted`, description: "Until it is gone" }
  ],
  flags: {
    for: "what to wait for: status=S[,S], exists, deleted, replicated=REGION, children=available, restorable[=MODE], query=JMESPATH; several must hold at once",
    any: "of several backups, the first that meets the condition is enough",
    failFast: `stop (exit ${exitCodes.ConditionImpossible}) as soon as the condition can no longer come true; the default, --no-fail-fast waits on`,
    mustExist: `a backup that was never there is no success for --for deleted (exit ${exitCodes.BackupNotFound})`,
    untilExists:
      "wait for a backup that is not there yet, such as a replica in another region; without --for, for that alone"
  },
  condition: "condition not understood",
  notACondition: (text: string, near: string | undefined) =>
    `${JSON.stringify(text)} is no condition${near === undefined ? "" : `; did you mean ${near}?`}`,
  conditionNext:
    "conditions: status=available,error  exists  deleted  replicated=REGION  children=available  restorable[=backup|snapshot]  query=JMESPATH",
  met: (condition: string) => `${condition} is met`,
  neverThere: "backup not found",
  neverSeen: "the first look found no such backup: it was deleted before, or never there",
  checkIds: "check the backup id, the project and the region, or leave out --must-exist",
  noCondition: "Missing required flag: --for (or --until-exists, for a backup that is not there yet)"
}
