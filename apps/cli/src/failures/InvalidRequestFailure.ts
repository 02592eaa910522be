import type { Messages } from "../messages/Messages.ts"
import { Failure } from "./Failure.ts"

/** The failure of a value that a command cannot use, with the value to give instead. */
export const invalidRequestFailure = (
  what: string,
  said: (messages: Messages) => readonly [why: string, next: string]
): Failure => Failure.of("InvalidRequest", what, (messages) => [messages.wrongUse.title, ...said(messages)])
