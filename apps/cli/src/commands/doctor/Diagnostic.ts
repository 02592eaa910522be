import type { Messages } from "../../messages/Messages.ts"
import type { en } from "./en.ts"

/** A text in any language. */
export type Localized = (messages: Messages) => string

/** The result of one step of `cbr doctor`. */
export interface Diagnostic {
  readonly step: keyof typeof en.steps
  readonly state: "pass" | "fail" | "skip"
  readonly message: Localized
  /** The advice for a step that fails. */
  readonly remedy?: Localized
  readonly exitCode?: number
}
