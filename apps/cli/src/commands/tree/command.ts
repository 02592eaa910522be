import type { Messages } from "../../messages/Messages.ts"
import { showAs } from "../show/command.ts"
import { texts } from "./texts.ts"

/** `cbr tree`: what `cbr show` finds, as a tree. */
export const tree = (messages: Messages) => showAs("tree", messages, messages.pick(texts), "tree")
