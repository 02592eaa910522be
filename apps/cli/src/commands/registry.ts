import { show } from "./show/command.ts"
import { tree } from "./tree/command.ts"

/**
 * Every command by its name, in the order of the help. `show` and `tree` are loaded at the start, the others when they
 * are called or described.
 */
export const commands = {
  show: () => Promise.resolve(show),
  tree: () => Promise.resolve(tree),
  list: async () => (await import("./list/command.ts")).list,
  wait: async () => (await import("./wait/command.ts")).wait,
  watch: async () => (await import("./watch/command.ts")).watch,
  check: async () => (await import("./check/command.ts")).check,
  diff: async () => (await import("./diff/command.ts")).diff,
  drift: async () => (await import("./drift/command.ts")).drift,
  explain: async () => (await import("./explain/command.ts")).explain,
  whoami: async () => (await import("./whoami/command.ts")).whoami,
  doctor: async () => (await import("./doctor/command.ts")).doctor,
  configure: async () => (await import("./configure/command.ts")).configure,
  profiles: async () => (await import("./profiles/command.ts")).profiles,
  simulate: async () => (await import("./simulate/command.ts")).simulate,
  completion: async () => (await import("./completion/command.ts")).completion,
  version: async () => (await import("./version/command.ts")).version,
  help: async () => (await import("./help/command.ts")).help
} as const

/** A name of a command. */
export type CommandName = keyof typeof commands

/** Whether a word names a command. */
export const isCommandName = (word: string | undefined): word is CommandName =>
  word !== undefined && Object.hasOwn(commands, word)
