import { BackupStatus, ResourceType } from "@cbr/domain"

const when = "a span back from now such as 12h, a time with its zone, or today"

/** The words of `cbr list` in English. */
export const en = {
  short: "List backups, the newest first",
  long: "List backups of the project, the newest first: all of them, those that match, or the newest of each server and disk.",
  examples: [
    { command: "cbr list --resource ecs-orders-0001", description: "All backups of a server, by its name" },
    { command: "cbr list --latest", description: "A line a server or disk: its newest backup" },
    { command: "cbr list --status error,deleting --since 7d", description: "What went wrong this week" },
    { command: "cbr list --vault VAULT_ID -o value | cbr show - -o csv", description: "Ids for another command" },
    { command: "cbr list --replications -o ndjson > backups.ndjson", description: "Save a list, to check it offline" }
  ],
  flags: {
    resource: "backups of the server or disk with this name or id",
    vault: "backups in the vault with this id",
    status: `backups in one of these statuses, separated by commas: ${BackupStatus.members.join(", ")}`,
    since: `backups that were made at this moment or later: ${when}`,
    until: `backups that were made at this moment or earlier: ${when}`,
    name: "backups of this name",
    type: `backups of resources of this type: ${ResourceType.members.join(", ")}`,
    imageType: "backups that were made here, or copied from elsewhere",
    replications:
      "with the copies to other regions; the default; --no-replications leaves them out, and no verdict tells of them then",
    limit: "at most so many lines; all unless given",
    latest: "the newest backup of each server and disk alone; exit code 12 if the list may be incomplete",
    from: "read a saved list instead of calling the service; - is standard input"
  },
  none: "no backup matches",
  noStatus: (text: string) => `--status ${JSON.stringify(text)} names no status`,
  giveStatus: `give one or more of ${BackupStatus.members.join(", ")}; or leave out --status for all backups`,
  unlisted: "no replications were listed, so no verdict here tells of them: list, or save, with --replications"
}
