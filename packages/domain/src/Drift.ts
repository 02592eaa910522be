import * as Schema from "effect/Schema"

/**
 * One place where the service's answer departs from the API's page.
 *
 * @example
 * ```ts
 * { kind: "WrongType", path: "backup.resource_size", expected: "integer", actual: "string \"40\"" }
 * ```
 */
export const Drift = Schema.Struct({
  /**
   * `WrongType`: a documented field whose value has another type; it is left out of the typed backup.
   * `UndocumentedField`: a field that the page does not list; it is in the raw text only.
   * `UndocumentedValue`: a member that an enumeration does not list; it is kept.
   */
  kind: Schema.Literals(["WrongType", "UndocumentedField", "UndocumentedValue"]),
  /** Where, from the top of the body, in the form that JMESPath reads: `backup.children[0].status`. */
  path: Schema.String,
  /** What the page says. */
  expected: Schema.String,
  /** What came: its JSON type and, when it is short, its value. */
  actual: Schema.String
}).annotate({ identifier: "Drift" })

/** One place where the service's answer departs from the API's page. */
export type Drift = typeof Drift.Type

/**
 * Strict reading found drift.
 */
export class DriftFound extends Schema.TaggedError<DriftFound>()("DriftFound", {
  drift: Schema.Array(Drift)
}) {
  override get message(): string {
    const [first] = this.drift
    const more = this.drift.length > 1 ? ` (and ${this.drift.length - 1} more)` : ""
    return first === undefined
      ? "the answer departs from the API's page"
      : `the answer departs from the API's page: ${first.path}: expected ${first.expected}, got ${first.actual}${more}`
  }
}
