import { ErrorTable, type FailureDetail } from "@cbr/client"
import * as Data from "effect/Data"
import { exitCodes } from "../exit/ExitCodes.ts"
import { en } from "../messages/en.ts"
import type { Messages } from "../messages/Messages.ts"

/** The facts of the call behind a failure. */
interface CallFacts {
  readonly retryable?: boolean
  readonly retry_after_s?: number
  readonly http_status?: number
  readonly service_code?: string
  readonly request_id?: string
  readonly proxy_id?: string
  readonly url?: string
  readonly attempts?: number
  readonly elapsed_ms?: number
}

/** A failure in one language. */
export interface FailureText {
  /** The error, in a few words. */
  readonly title: string
  /** The subject of the command, such as an id. */
  readonly what: string
  readonly why: string
  /** The reason in several lines, if it is too long for one. */
  readonly whyLines?: ReadonlyArray<string>
  readonly next: ReadonlyArray<string>
}

interface FailureFields extends CallFacts {
  readonly kind: keyof typeof ErrorTable
  /** The client's detail, by code. */
  readonly detail?: FailureDetail
  readonly render: (messages: Messages) => FailureText
}

/**
 * The failure of a command: its title, its subject, the reason and the next steps. It
 * is rendered in the user's language, and in English as data. Its kind is one of
 * the client's `ErrorTable`, which has the exit code.
 */
export class Failure extends Data.TaggedError("Failure")<FailureFields> {
  /** Makes a failure of no call: the text gives its title, the reason and the next steps. */
  static of(
    kind: FailureFields["kind"],
    what: string,
    text: (messages: Messages) => readonly [title: string, why: string, ...next: ReadonlyArray<string>]
  ): Failure {
    return new Failure({
      kind,
      render: (messages) => {
        const [title, why, ...next] = text(messages)
        return { title, what, why, next }
      }
    })
  }

  override get message(): string {
    const { title, what } = this.render(en)
    return `${title}: ${what}`
  }

  get exitCode(): number {
    return exitCodes[this.kind]
  }

  /** The same failure about something else, with more advice. */
  about(what: (messages: Messages) => string, more: (messages: Messages) => ReadonlyArray<string>): Failure {
    const { render } = this
    return new Failure({
      ...this,
      render: (messages) => {
        const told = render(messages)
        return { ...told, what: what(messages), next: [...told.next, ...more(messages)] }
      }
    })
  }
}
