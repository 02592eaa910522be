import type { Messages } from "../messages/Messages.ts"
import { Failure } from "./Failure.ts"

/** The failure of a value that a command cannot use, with what to give instead. */
export const wrongUse = (what: string, said: (messages: Messages) => readonly [why: string, next: string]): Failure =>
  new Failure({
    kind: "InvalidRequest",
    render: (messages) => {
      const [why, next] = said(messages)
      return { title: messages.wrongUse.title, what, why, next: [next] }
    }
  })
