import { type FailureDetail, failureText } from "@cbr/client"
import { type Drift, driftText, type Language } from "@cbr/domain"
import type * as CliError from "effect/cli/CliError"
import type { Unit } from "../text/RelativeTime.ts"
import { shellWord } from "../text/shellWord.ts"
import type { InvalidValue } from "../values/InvalidValue.ts"
import { backup } from "./en/backup.ts"
import { expected } from "./en/expectations.ts"
import { flags } from "./en/flags.ts"
import { input } from "./en/input.ts"
import { counted } from "./en/phrases.ts"
import { settings } from "./en/settings.ts"
import { source } from "./en/sources.ts"

/** English. */
export const en = {
  /** The language of times and numbers. */
  locale: "en" as Language,

  fromNow: (count: string, unit: Unit, isPast: boolean): string => {
    const length = `${count} ${unit}${count === "1" ? "" : "s"}`
    return isPast ? `${length} ago` : `in ${length}`
  },

  /** This language's of two texts, or of two tables of texts. */
  pick: <A>(both: { readonly en: A; readonly zh: A }): A => both.en,

  /** A failure in a sentence. */
  detail: (detail: FailureDetail): string => failureText(detail),

  /** A place of the credentials' chain. */
  place: (name: string): string => name,

  /** A statement behind the name of its subject. */
  named: (name: string, said: string): string => `${name}: ${said}`,

  /** A statement in brackets behind its subject. */
  aside: (said: string): string => ` (${said})`,

  /** Several things one after another. */
  listed: (parts: ReadonlyArray<string>): string => parts.join(", "),

  /** The suggestion for an unknown word. */
  meant: (near: string): string => `did you mean ${near}?`,

  /** The mark between two sentences of one line. */
  between: "; ",

  /** An expectation of a value. */
  expected,

  /** The source of a value. */
  source,

  /** The purpose of the program. */
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
    reason: (error: Exclude<CliError.CliError, CliError.InvalidValue>): string => wrongUseOf(error),
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

  /** A note: a message that reports no failure. */
  note: (text: string) => `cbr: note: ${text}`,

  /** The parts of an attempt's line of `--debug`. */
  attempt: {
    request: (id: string) => `request ${id}`,
    again: (wait: string) => `again in ${wait}`
  },

  /** The progress line of a slow call. */
  underWay: (what: string, time: string) => `${what}: no answer after ${time}; Ctrl-C ends`,

  progress: (done: number, failed: number) => `${done} done${failed === 0 ? "" : `, ${failed} failed`}`,

  drift: {
    note: (paths: ReadonlyArray<string>) =>
      `${counted(
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
    /** The last line of a live view: the condition, the elapsed time and the time left. */
    footer: (awaited: string | undefined, elapsed: string, left: string | undefined, quitBy: string) =>
      `  ${awaited === undefined ? elapsed : `waiting for ${awaited}`}${left === undefined ? "" : `, ${left} left`}  ${quitBy} ends`
  },

  wait: {
    begins: (condition: string, left: string | undefined) =>
      `waiting for ${condition}${left === undefined ? "" : `, ${left} at most`}`,
    notYet: (why: string) => `not yet: ${why}`,
    withLeft: (said: string, left: string | undefined) => (left === undefined ? said : `${said} (${left} left)`)
  },

  ...settings,

  ...input,

  backup
}

const departureOf = (drift: Drift): string => {
  const { actual, expected } = driftText(drift)
  return `expected ${expected.en}, got ${actual.en}`
}

/** The parser puts each suggestion on a line of its own: on one line they would read as one command. */
const wrongUseOf = (error: Exclude<CliError.CliError, CliError.InvalidValue>): string =>
  "suggestions" in error
    ? error.message.replace(error.suggestions.join("\n    "), () => error.suggestions.join(" or "))
    : error.message

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
