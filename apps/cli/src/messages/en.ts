import { type FailureDetail, failureText } from "@cbr/client"
import { type QueryFaultReason, queryFaultText } from "@cbr/client/jmespath"
import { type Drift, driftText, type Language } from "@cbr/domain"
import type * as CliError from "effect/cli/CliError"
import type { Unit } from "../text/RelativeTime.ts"
import { shellWord } from "../text/shellWord.ts"
import type { InvalidValue } from "../values/InvalidValue.ts"
import type { SettingSource } from "../values/SettingSource.ts"
import { expected } from "./en/expectations.ts"
import { flags } from "./en/flags.ts"
import { counted, listOf } from "./en/phrases.ts"

const source = (from: SettingSource): string => {
  if ("profile" in from) return `profile ${from.profile}`
  if ("cloud" in from) return `cloud ${from.cloud}`
  if ("place" in from) return from.place
  if ("follows" in from) return from.follows
  return "flag" in from ? from.flag : from.variable
}

/** English. */
export const en = {
  /** For times and numbers. */
  locale: "en" as Language,

  fromNow: (count: string, unit: Unit, isPast: boolean): string => {
    const length = `${count} ${unit}${count === "1" ? "" : "s"}`
    return isPast ? `${length} ago` : `in ${length}`
  },

  /** This language's of two texts, or of two tables of texts. */
  pick: <A>(both: { readonly en: A; readonly zh: A }): A => both.en,

  /** What a failure was, in a sentence. */
  detail: (detail: FailureDetail): string => failureText(detail),

  /** A place of the credentials' chain. */
  place: (name: string): string => name,

  /** What is said of something, after its name. */
  named: (name: string, said: string): string => `${name}: ${said}`,

  /** What is said of something in brackets after it. */
  aside: (said: string): string => ` (${said})`,

  /** Several things one after another. */
  listed: (parts: ReadonlyArray<string>): string => parts.join(", "),

  /** What an unknown word may have meant. */
  meant: (near: string): string => `did you mean ${near}?`,

  /** Between two sentences in one line. */
  between: "; ",

  /** What a value should be. */
  expected,

  /** Where a value was found. */
  source,

  /** What the program is for. */
  cbr: "Look at backups in Huawei Cloud CBR.",

  flags,

  args: {
    ids: "backup ids, region/project/id, or full addresses; - reads them from standard input: a line each, or JSON with ids",
    id: "a backup id, region/project/id, or the full address of the call",
    watched: "backup ids, region/project/id, or full addresses"
  },

  help: {
    usage: "USAGE",
    arguments: "ARGUMENTS",
    commands: "COMMANDS",
    flags: "FLAGS",
    everywhere: "FLAGS OF EVERY COMMAND",
    examples: "EXAMPLES",
    /** The parser's own flags. */
    builtIn: { help: "show this help", version: "show the version" } as Readonly<Record<string, string>>
  },

  failure: {
    exit: (code: number) => `exit ${code}`,
    what: "what:  ",
    why: "why:   ",
    next: "next:  ",
    ids: "ids:   ",
    request: (id: string, time: string) => `request ${id}  time ${time}`,
    errorCode: (code: string) => `error code ${code}`,
    attempts: (count: number) => counted(count, "attempt", "attempts"),
    clockOff: (seconds: number) =>
      `set the clock: it is ${Math.abs(seconds)} s ${seconds < 0 ? "behind" : "ahead of"} the service's`,
    comeBack: (seconds: number) => `retry in ${seconds} s`,
    untrusted: "check the endpoint; for a private certificate authority set CBR_CA_FILE to its certificate"
  },

  bug: (what: string, exitCode: number) =>
    `cbr: a fault in cbr itself: ${what} (exit ${exitCode}); please report it with the command line, its output with --debug, and \`cbr --version\``,

  outputLost: (code: string, exitCode: number) =>
    `cbr: standard output cannot be written (exit ${exitCode})\n  why:   ${code}${
      code === "ENOSPC" ? ", the disk is full" : ""
    }\n  next:  the output so far is incomplete; free space, then run the command again`,

  wrongUse: {
    title: "wrong use",
    next: (usage: string, command: string) => `usage: ${usage} (more: ${command} --help)`,
    reason: (error: Exclude<CliError.CliError, CliError.InvalidValue>): string => error.message,
    value: (wrong: InvalidValue): string => wrongValueOf(wrong),
    rules: {
      noBackup:
        "Missing required argument: ID (or --resource NAME, for a server's newest backup; or --from, for a saved response)",
      eitherIdOrFrom: "ID and --from exclude each other: a backup of the service, or a saved response",
      eitherResourceOrOther: "--resource excludes ID and --from: it selects the backup itself"
    }
  },

  resources: {
    searched: (word: string, project: string, region: string | undefined) =>
      `${word}, in project ${project}${region === undefined ? "" : `, region ${region}`}`,
    near: (name: string) => `did you mean ${name}? cbr list --resource ${shellWord(name)}`,
    compared: (count: number) =>
      `names were compared with those of the newest ${count.toLocaleString("en")} backups alone`,
    list: "see what has backups: cbr list --latest; check region and project: cbr whoami",
    onlyOne: "it has one backup: there is none before it to compare with",
    withoutId: "its newest backup came without an id",
    findIds: "see the ids that there are: cbr list",
    notAMoment: (text: string) =>
      `${JSON.stringify(text)} is no moment: give a span back from now such as 12h, a time with its zone such as 2026-01-31T22:00:00+08:00, or today`,
    giveMoment: "give the moment in one of these forms"
  },

  wrongId: {
    title: "not a backup",
    why: "it is neither a backup id (a UUID), nor region/project/id, nor the address of the call",
    next: "give an id such as 6df2b54c-dd62-4059-a07c-1b8f24f2725d; nothing was sent",
    byName: (name: string) =>
      `for the newest backup of a server or disk by its name: --resource ${shellWord(name)}; for the ids that there are: cbr list`,
    notJson: (start: string) => `it begins as JSON (${start}…), but as a whole it is not JSON`,
    endless: (characters: number) => `it has a line of more than ${characters} characters`,
    lines: "give an id a line, or JSON: texts, or objects with an id or a backup_id, in an array or a line each"
  },

  foreignAddress: {
    why: (origin: string) => `${origin} is neither CBR's in a known region nor the configured endpoint`,
    next: (origin: string) => `if you trust it with your credentials, give --endpoint ${origin}; nothing was sent`
  },

  otherRegion: {
    why: (region: string, place: string) =>
      `the backup is in region ${region}, and the region of the address from ${place} is unknown`,
    next: (region: string, place: string) =>
      `give the address with --endpoint, or set CBR_REGION to ${region} if it serves that region; else unset ${place}; nothing was sent`
  },

  /** What is worth knowing and no failure. */
  note: (text: string) => `cbr: note: ${text}`,

  /** That a region given by a flag leaves these unused. */
  setAside: (flag: string, places: ReadonlyArray<SettingSource>) =>
    `cbr: note: ${flag} was given, so ${listOf(places.map(source))} ${places.length === 1 ? "is" : "are"} not used`,

  /** Of an attempt that --debug tells. */
  attempt: {
    request: (id: string) => `request ${id}`,
    again: (wait: string) => `again in ${wait}`
  },

  timeout: {
    /** `from` is the flag, the variable or the profile that set the limit. */
    why: (time: string, from: SettingSource, answered: number | undefined) =>
      `the command did not finish within ${time} (${source(from)})${
        answered === undefined ? "" : `; ${counted(answered, "backup was", "backups were")} answered by then`
      }`,
    next: "allow more time with --timeout, or find what takes so long with --debug",
    noTime: (key: string, text: string) => `its ${key} is ${text}, not a time from 1ms to 24h`,
    giveTime: "save it again with `cbr configure`, such as --timeout 10m"
  },

  trace: {
    title: "trace file cannot be written",
    checkFile: "give a file that can be written to, or leave out --trace-file"
  },

  missing: {
    settings: "settings missing",
    credentials: "no credentials in any of these places:",
    project: (variables: ReadonlyArray<string>) =>
      `no project id: looked for ${["--project-id", ...variables].join(", ")}`,
    giveProject: "give --project-id",
    giveProfile: "choose a profile with --profile, or see `cbr profiles`",
    giveEndpoint: "give --region or --endpoint",
    correct: "correct that setting; `cbr whoami` shows where it is set; nothing was sent",
    begin:
      "save a key and a region with `cbr configure`, find what is missing with `cbr doctor`, or try everything without an account with `cbr simulate`; nothing was sent"
  },

  saved: {
    title: "saved response cannot be used",
    standardInput: "standard input",
    unreadable: (reason: string) => `it cannot be read: ${reason}`,
    /** By the name that the platform gives the reason. */
    reasons: {
      NotFound: "no such file",
      PermissionDenied: "permission denied",
      BadResource: "it is not a file"
    } as Readonly<Record<string, string>>,
    checkFile: "check the path; `-` reads standard input",
    notText: "it is neither UTF-8 nor UTF-16 text",
    tooLarge: (bytes: number) => `it is larger than ${bytes} bytes`,
    saveListAgain: "save it again: cbr list --replications -o ndjson > backups.ndjson",
    saveAgain: "save the whole answer of the service, as `cbr show ID -o json` prints it",
    otherBackup: (found: string) => `it holds the backup ${found}`,
    askForThat: "leave out ID, or give the one that the file holds"
  },

  query: {
    title: "query cannot be used",
    faults: (reason: QueryFaultReason) => queryFaultText(reason),
    missing: (name: string) => `the answer has no field ${name}`,
    noTest: (value: string) => `it gives ${value}, which is neither true nor false`,
    compare:
      "compare a field, such as --for \"query=backup.status=='available'\"; the quotes of the shell go around all of it",
    next: "see https://jmespath.org for the language; an example: --query 'backup.children[].status'"
  },

  gauges: {
    none: "openmetrics works on whole backups only; it cannot be combined with --query",
    next: "give another -o, or use `cbr show ID -o openmetrics` and alert on its metrics"
  },

  /** That a call lasts longer than usual. */
  underWay: (what: string, time: string) => `${what}: no answer after ${time}; Ctrl-C ends`,

  progress: (done: number, failed: number) => `${done} done${failed === 0 ? "" : `, ${failed} failed`}`,

  drift: {
    note: (paths: ReadonlyArray<string>) =>
      `cbr: note: ${counted(
        paths.length,
        "field is",
        "fields are"
      )} not of the documented type and not shown (-o json has all): ${paths.slice(0, 5).join(", ")}${
        paths.length > 5 ? ", …" : ""
      }`,
    departure: (drift: Drift): string => departureOf(drift),
    line: (drift: Drift): string => `${drift.path}: ${departureOf(drift)}`,
    refused: "answer differs from the API's page",
    more: (first: string, others: number) => (others === 0 ? first : `${first} (and ${others} more)`),
    seeDrift: "see all of it with `cbr drift`, or leave out --strict"
  },

  watch: {
    asking: "asking …",
    notThereYet: "not there yet: the service answers 404",
    gone: "gone: the service answers 404",
    missed: "no answer yet",
    missedInARow: (count: number) => `${counted(count, "poll", "polls")} in a row failed`,
    unknownStatus: (status: string) => `status ${status} is not a documented one`,
    followed: (resource: string, id: string) => `the newest backup of ${resource} is now ${id}, which is followed on`,
    /** The last line of a live view: what is waited for, for how long it has gone on, and what it has left. */
    footer: (awaited: string | undefined, elapsed: string, left: string | undefined, quitBy: string) =>
      `  ${awaited === undefined ? elapsed : `waiting for ${awaited}`}${left === undefined ? "" : `, ${left} left`}  ${quitBy} ends`
  },

  wait: {
    begins: (condition: string, left: string | undefined) =>
      `waiting for ${condition}${left === undefined ? "" : `, ${left} at most`}`,
    notYet: (why: string) => `not yet: ${why}`,
    withLeft: (said: string, left: string | undefined) => (left === undefined ? said : `${said} (${left} left)`)
  },

  /** What a call verifies: the credential, in a region or at an address. */
  proving: (place: string | undefined) => (place === undefined ? "the credential" : `the credential in ${place}`),

  profiles: {
    unusable: "profile cannot be used",
    noHome: "this user has no home folder",
    noFolder: "no folder can be made there",
    giveFolder: "set HOME or XDG_CONFIG_HOME to a folder that can be written to",
    unreadable: "profiles cannot be read",
    mendFile: "correct the file, or move it away and run `cbr configure`",
    unwritable: "profiles cannot be saved",
    locked: "another cbr process has locked them",
    removeLock: (file: string) => `run it again; if no other cbr is running, delete ${file} first`
  },

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
    absent: "not said",
    restoreUnsaid: "not said; the page's default is na",
    /** Columns of several backups. */
    list: { verdict: "Verdict", age: "Age", time: "Time", id: "ID", resource: "Resource", why: "Why" },
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

const departureOf = (drift: Drift): string => {
  const { actual, expected } = driftText(drift)
  return `expected ${expected.en}, got ${actual.en}`
}

const wrongValueOf = ({ fault, name, of }: InvalidValue): string => {
  const named = { flag: `flag --${name}`, variable: `variable ${name}`, argument: `argument <${name}>` }[of]
  switch (fault.code) {
    case "missing":
      return `Missing value for ${named}. Expected ${fault.stands}`
    case "repeated":
      return `Too many values for ${named}: it was given ${fault.times} times, and takes one value`
    case "none-taken":
      return `Invalid value for ${named}: ${fault.word} takes none`
    case "unexpected":
      return `Invalid value ${fault.value === undefined ? `in ${named}` : `for ${named}: "${fault.value}"`}. ${expected(fault.expectation)}`
  }
}
