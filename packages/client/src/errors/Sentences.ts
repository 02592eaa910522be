import type { FailureDetail } from "./FailureDetails.ts"

/**
 * A sentence for each code: of its facts, and of a way to say the details among them.
 * @category Errors
 * @since 0.2.0
 */
export type Sentences<Details> = {
  readonly [Code in keyof Details]: (facts: Readonly<Details[Code]>, say: (detail: FailureDetail) => string) => string
}
