import type { Messages } from "./messages/Messages.ts"

/** What there is to say, in the language of whoever is told. */
export type Say = (messages: Messages) => string

/** What one look of `cbr doctor` found. */
export interface Examined {
  readonly step: keyof Messages["doctor"]["steps"]
  readonly state: "pass" | "fail" | "skip"
  readonly says: Say
  /** What to do about it. */
  readonly fix?: Say
  readonly exitCode?: number
}
