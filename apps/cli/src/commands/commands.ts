import { show, tree } from "./show.ts"

/** Every command by its name, in the order of the help; but for those called most, loaded when it is called or described. */
export const commands = {
  show: () => Promise.resolve(show),
  tree: () => Promise.resolve(tree),
  wait: async () => (await import("./wait.ts")).wait,
  watch: async () => (await import("./watch.ts")).watch,
  check: async () => (await import("./check.ts")).check,
  diff: async () => (await import("./diff.ts")).diff,
  drift: async () => (await import("./drift.ts")).drift,
  explain: async () => (await import("./explain.ts")).explain,
  whoami: async () => (await import("./whoami.ts")).whoami,
  doctor: async () => (await import("./doctor.ts")).doctor,
  configure: async () => (await import("./configure.ts")).configure,
  profiles: async () => (await import("./profiles.ts")).profiles,
  simulate: async () => (await import("./simulate.ts")).simulate,
  completion: async () => (await import("./completion.ts")).completion,
  help: async () => (await import("./help.ts")).help
} as const

/** A name of a command. */
export type CommandName = keyof typeof commands

/** Whether a word names a command. */
export const isCommandName = (word: string | undefined): word is CommandName =>
  word !== undefined && Object.hasOwn(commands, word)
