import * as Context from "effect/Context"
import { en } from "./en.ts"

/** Every text of the command line in one language. */
export type Messages = typeof en

/** The language in force; English unless another is provided. Data and JSON never change with it. */
export const Messages = Context.Reference<Messages>("@cbr/cli/Messages", { defaultValue: () => en })
