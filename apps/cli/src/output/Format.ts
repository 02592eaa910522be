import type { ShowBackupResponse } from "@cbr/domain"
import type * as DateTime from "effect/DateTime"
import type { Messages } from "../messages/Messages.ts"

/** What a format may need beside the response. */
export interface Surroundings {
  /** The present, against which an expiry is past or to come. */
  readonly now: DateTime.Utc
  /** Whether a terminal shows the text; then no control character may be in it. */
  readonly isTerminal: boolean
  readonly messages: Messages
}

/** One way to print a response; the text has no newline at its end. */
export type Format = (response: ShowBackupResponse, surroundings: Surroundings) => string
