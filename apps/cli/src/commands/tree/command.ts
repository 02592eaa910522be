import type { Messages } from "../../messages/Messages.ts"
import { showAs } from "../show/command.ts"
import { texts } from "./texts.ts"

/** `cbr tree`: the backups of `cbr show`, as trees. */
export const tree = (messages: Messages) => showAs("tree", messages, messages.pick(texts), "tree")
