import { withOptionalFlagValues } from "./OptionalFlagValues.ts"

/**
 * A command line, read once before the parser runs: which command it calls and the last value of each flag. The program
 * needs these to load one command and to write a usage error in the right language and form.
 */
export interface CommandLine {
  /** The words for the parser. */
  readonly words: ReadonlyArray<string>
  /** The word in the place of a command, known or not. */
  readonly command: string | undefined
  /** The last of the words that are one of these flags. */
  readonly last: (...flags: ReadonlyArray<string>) => FlagWord | undefined
  /** The last value of a flag, by its long name; undefined where the flag is absent or without a value. */
  readonly value: (flag: string) => string | undefined
  /**
   * Whether the line calls a command, or is meant to. A flag of the command belongs after it, so a word behind such a flag may
   * be the flag's value.
   */
  readonly mayCall: (command: string) => boolean
}

/** The flags that every command takes with a value, by name; `o` is the letter of the first. */
export const globalValueFlags = ["output", "query", "profile", "lang", "error-format"] as const

const aliases: Readonly<Record<string, string>> = { o: "output" satisfies (typeof globalValueFlags)[number] }

/** A word that is a flag: its long name without dashes, or its letter, and the value behind `=`. */
interface FlagWord {
  readonly name: string
  readonly own: string | undefined
}

const flagOf = (word: string | undefined): FlagWord | undefined => {
  const [, name, own] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(word ?? "") ?? []
  return name === undefined ? undefined : { name: aliases[name] ?? name, own }
}

/** Whether the next word is the value of this one. */
const takesNext = (word: string | undefined): boolean => {
  const flag = flagOf(word)
  return flag !== undefined && flag.own === undefined && globalValueFlags.some((name) => name === flag.name)
}

/**
 * Reads a command line. `cbr help show` is `cbr show --help`, as with other tools.
 *
 * @example
 * ```ts
 * readCommandLine(["-o=json", "show", "ID"]).value("output") // "json"
 * ```
 */
export const readCommandLine = (
  argv: ReadonlyArray<string>,
  isCommand: (word: string | undefined) => boolean = () => false
): CommandLine => {
  const words = helpAsFlag(withOptionalFlagValues(argv), isCommand)
  const end = words.indexOf("--")
  const options = end < 0 ? words : words.slice(0, end)
  const indexOf = (names: ReadonlyArray<string>) =>
    options.findLastIndex((word) => names.includes(flagOf(word)?.name ?? ""))
  return {
    words,
    command: commandIn(words),
    last: (...flags) => flagOf(options[indexOf(flags)]),
    value: (flag) => {
      const index = indexOf([flag])
      return index < 0 ? undefined : (flagOf(options[index])?.own ?? options[index + 1])
    },
    mayCall: (command) => {
      const index = options.findIndex((word, at) => word === command && !takesNext(options[at - 1]))
      return (
        index >= 0 &&
        options.slice(0, index).every((word, at) => flagOf(word) !== undefined || flagOf(options[at - 1]) !== undefined)
      )
    }
  }
}

/** The first word that is neither a flag nor the value of a flag that every command takes. */
const commandIn = (words: ReadonlyArray<string>): string | undefined =>
  words.find((word, index) => !word.startsWith("-") && !takesNext(words[index - 1]))

const helpAsFlag = (
  words: ReadonlyArray<string>,
  isCommand: (word: string | undefined) => boolean
): ReadonlyArray<string> => {
  if (commandIn(words) !== "help") return words
  const others = words.toSpliced(words.indexOf("help"), 1)
  const topic = commandIn(others)
  return isCommand(topic) && topic !== "help" ? [...others, "--help"] : words
}
