import type { Bilingual } from "@cbr/domain"

const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`

/** English. */
export const en = {
  /** This language's text of the two that the core's tables hold. */
  pick: (text: Bilingual): string => text.en,

  failure: {
    exit: (code: number) => `exit ${code}`,
    why: "why: ",
    next: "next:",
    errorCode: (code: string) => `error code ${code}`,
    requestId: (id: string) => `request id ${id}`,
    attempts: (count: number) => counted(count, "attempt", "attempts"),
    comeBack: (seconds: number) => `come back in ${seconds} s`
  },

  bug: (what: string) =>
    `cbr: a fault in cbr itself: ${what} (exit 1); please report it with the command line and \`cbr --version\``,

  wrongUse: {
    what: "wrong use",
    next: (usage: string, command: string) => `usage: ${usage} (more: ${command} --help)`,
    noBackup: "Missing required argument: BACKUP_ID (or --from, for a saved response)"
  },

  missing: {
    settings: "settings missing",
    project: "no project id: looked for --project-id, HUAWEICLOUD_SDK_PROJECT_ID and CBR_PROJECT_ID",
    giveProject: "give --project-id",
    giveEndpoint: "give --region or --endpoint"
  },

  saved: {
    standardInput: "standard input",
    source: (name: string) => `saved response (${name})`,
    unreadable: (reason: string) => `it cannot be read: ${reason}`,
    /** By the name that the platform gives the reason. */
    reasons: {
      NotFound: "no such file",
      PermissionDenied: "permission denied",
      BadResource: "it is not a file"
    } as Readonly<Record<string, string>>,
    checkFile: "check the path; `-` reads standard input",
    notText: "it is not UTF-8 text",
    tooLarge: (bytes: number) => `it is larger than ${bytes} bytes`,
    saveAgain: "save the whole answer of the service, as `cbr show BACKUP_ID -o json` prints it",
    otherBackup: (found: string) => `it holds the backup ${found}`,
    askForThat: "leave out BACKUP_ID, or give the one that the file holds"
  },

  drift: (paths: ReadonlyArray<string>) =>
    `cbr: note: ${counted(
      paths.length,
      "field came",
      "fields came"
    )} with another type than documented and not shown (-o json has all): ${paths.slice(0, 5).join(", ")}${
      paths.length > 5 ? ", …" : ""
    }`,

  show: {
    labels: {
      backup: "Backup",
      id: "ID",
      status: "Status",
      description: "Description",
      resource: "Resource",
      kind: "Kind",
      created: "Created",
      protected: "Protected",
      updated: "Updated",
      expires: "Expires",
      restore: "Restore",
      encrypted: "Encrypted",
      images: "Images",
      vault: "Vault",
      project: "Project",
      parent: "Part of",
      children: "Children",
      replications: "Replications"
    },
    absent: "not told",
    undocumented: "not a documented value",
    yes: "yes",
    no: "no",
    past: "past",
    size: (gigabytes: number) => `${gigabytes} GB`,
    zone: (name: string) => `in ${name}`,
    enterpriseProject: (id: string) => `enterprise project ${id}`,
    incremental: "incremental",
    full: "full",
    scheduled: "by schedule",
    byHand: "by hand",
    systemDisk: "system disk",
    withSystemDisk: "with system disk",
    lazyLoading: "lazy loading",
    multiAz: "multi-AZ",
    encryptedChild: "encrypted"
  }
}
