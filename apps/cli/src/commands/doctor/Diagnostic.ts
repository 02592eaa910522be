import type { Messages } from "../../messages/Messages.ts"
import type { en } from "./en.ts"

/** A text in any language. */
export type Localized = (messages: Messages) => string

/** What one look of `cbr doctor` found. */
export interface Diagnostic {
  readonly step: keyof typeof en.steps
  readonly state: "pass" | "fail" | "skip"
  readonly message: Localized
  /** What to do about it. */
  readonly remedy?: Localized
  readonly exitCode?: number
}
