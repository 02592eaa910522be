import { exitCodes } from "../../exit/ExitCodes.ts"
import { shellWord } from "../../text/shellWord.ts"
import { exampleId } from "../../values/exampleId.ts"

/** A wait that ended without a newer backup, and the newest backup that there is. */
export interface NoneNewer {
  readonly word: string
  readonly moment: string
  readonly time: string
  readonly newest: { readonly id: string | undefined; readonly at: string | undefined } | undefined
}

/** The words of `cbr wait` in English. */
export const en = {
  short: "Wait for a condition",
  long: `Wait until a condition holds (exit ${exitCodes.Done}), can no longer hold (exit ${exitCodes.ConditionImpossible}), or time is up (exit ${exitCodes.ConditionTimedOut}). All of several backups must meet it (one with --any). The first that never will ends the wait.`,
  examples: [
    { command: `cbr wait ${exampleId} --for status=available`, description: "Until the backup is made" },
    {
      command: `cbr wait ${exampleId} --for status=available --for replicated=cn-south-1 --timeout 2h`,
      description: "Made and copied, in the same answer"
    },
    {
      command: "cbr wait --resource ecs-orders-0001 --newer-than today --for status=available --timeout 4h",
      description: "Tonight's backup of a server: there, and whole"
    },
    { command: `cbr wait ${exampleId} --for deleted`, description: "Until it is gone" }
  ],
  flags: {
    for: "condition: status=S[,S], exists, deleted, replicated=REGION, children=available, restorable[=MODE], query=JMESPATH; several must hold together",
    any: "end when the first of several backups meets the condition",
    failFast: `stop (exit ${exitCodes.ConditionImpossible}) once the condition can no longer hold; the default; --no-fail-fast waits on`,
    mustExist: `fail (exit ${exitCodes.BackupNotFound}) with --for deleted if the backup was never there`,
    newerThan:
      "wait for a backup that is made after this moment, then for the condition: a span back from now such as 12h, a time with its zone, or today",
    untilExists:
      "wait for a backup that is not there yet, such as a replica in another region; without --for, for that alone"
  },
  newer: (resource: string, moment: string) => `waits for a backup of ${resource} that is made at ${moment} or later`,
  noneNewer: ({ moment, newest, time, word }: NoneNewer) =>
    `no backup of ${word} was made since ${moment}, within ${time} of waiting; ${
      newest === undefined
        ? "it has no backup"
        : `the newest${newest.id === undefined ? "" : `, ${newest.id},`} is of ${newest.at ?? "an unknown time"}`
    }`,
  listOf: (word: string) => `see its backups: cbr list --resource ${shellWord(word)}`,
  newerOfResource: "--newer-than goes with --resource: it waits for the next backup of a server or disk",
  condition: "condition not understood",
  notACondition: (text: string, near: string | undefined) =>
    `${JSON.stringify(text)} is not a condition${near === undefined ? "" : `; did you mean ${near}?`}`,
  conditionNext:
    "conditions: status=available,error  exists  deleted  replicated=REGION  children=available  restorable[=backup|snapshot]  query=JMESPATH",
  met: (condition: string) => `${condition} is met`,
  neverThere: "backup not found",
  neverSeen: "the first poll found no such backup: it was deleted before, or never existed",
  checkIds: "check the backup id, the project and the region, or leave out --must-exist",
  noCondition: "Missing required flag: --for (or --until-exists, for a backup that is not there yet)"
}
