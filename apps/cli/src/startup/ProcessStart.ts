import * as Context from "effect/Context"

/** When the process started, in epoch milliseconds; undefined for a command line that has no process of its own. */
export const ProcessStart = Context.Reference<number | undefined>("cbr/ProcessStart", { defaultValue: () => undefined })
