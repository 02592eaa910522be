import * as Schema from "effect/Schema"
import type { LocalizedText } from "./LocalizedText.ts"

/**
 * The documented content of a place:
 *
 * - `type`: a value of one of these types of JSON;
 * - `time`: a text that is a time;
 * - `one-of`: one of these members;
 * - `no-field`: nothing, since it lists no such field.
 * @category Requests and responses
 * @since 0.2.0
 */
export const DriftExpected = Schema.Union([
  Schema.Struct({
    code: Schema.Literal("type"),
    types: Schema.Array(Schema.Literals(["string", "integer", "boolean", "object", "array"]))
  }),
  Schema.Struct({ code: Schema.Literal("one-of"), members: Schema.Array(Schema.String) }),
  Schema.Struct({ code: Schema.Literals(["time", "no-field"]) })
])

/**
 * The documented content of a place.
 * @category Requests and responses
 * @since 0.2.0
 */
export type DriftExpected = typeof DriftExpected.Type

/**
 * The received content of a place:
 *
 * - `value`: a text, a number, true or false, as JSON; `text` is cut after 60 characters;
 * - `array`: so many elements;
 * - `object`, `null`;
 * - `large-number`: one beyond 2^53, whose digits stand in the raw text alone.
 * @category Requests and responses
 * @since 0.2.0
 */
export const DriftActual = Schema.Union([
  Schema.Struct({
    code: Schema.Literal("value"),
    type: Schema.Literals(["string", "number", "boolean"]),
    text: Schema.String
  }),
  Schema.Struct({ code: Schema.Literal("array"), length: Schema.Int }),
  Schema.Struct({ code: Schema.Literals(["object", "null", "large-number"]) })
])

/**
 * The received content of a place.
 * @category Requests and responses
 * @since 0.2.0
 */
export type DriftActual = typeof DriftActual.Type

/**
 * One place where the service's answer departs from the API's page; `driftText` says it in words.
 *
 * @example
 * ```ts
 * {
 *   kind: "WrongType",
 *   path: "backup.resource_size",
 *   expected: { code: "type", types: ["integer"] },
 *   actual: { code: "value", type: "string", text: "\"40\"" }
 * }
 * ```
 * @category Requests and responses
 * @since 0.1.0
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
  expected: DriftExpected,
  actual: DriftActual
}).annotate({ identifier: "Drift" })

/**
 * One place where the service's answer departs from the API's page.
 * @category Requests and responses
 * @since 0.1.0
 */
export type Drift = typeof Drift.Type

/**
 * Strict reading found drift.
 * @category Requests and responses
 * @since 0.1.0
 */
export class DriftFound extends Schema.TaggedError<DriftFound>()("DriftFound", {
  drift: Schema.Array(Drift)
}) {
  override get message(): string {
    const [first] = this.drift
    if (first === undefined) return "the answer departs from the API's page"
    const more = this.drift.length > 1 ? ` (and ${this.drift.length - 1} more)` : ""
    const { actual, expected } = driftText(first)
    return `the answer departs from the API's page: ${first.path}: expected ${expected.en}, got ${actual.en}${more}`
  }
}

/**
 * The expected and the received content of a place, in a few words each.
 * @category Requests and responses
 * @since 0.2.0
 */
export const driftText = ({ actual, expected }: Pick<Drift, "actual" | "expected">) => ({
  expected: expectedText(expected),
  actual: actualText(actual)
})

const expectedText = (expected: DriftExpected): LocalizedText => {
  switch (expected.code) {
    case "type":
      return { en: expected.types.join(" or "), zh: expected.types.join(" 或 ") }
    case "one-of":
      return { en: `one of ${expected.members.join(", ")}`, zh: `${expected.members.join(", ")} 之一` }
    case "time":
      return { en: `string: a time such as ${example}`, zh: `string：${example} 这样的时间` }
    case "no-field":
      return { en: "no such field", zh: "没有此字段" }
  }
}

const example = "2020-02-05T10:38:34.209782"

const actualText = (actual: DriftActual): LocalizedText => {
  switch (actual.code) {
    case "value":
      return same(`${actual.type} ${actual.text}`)
    case "array":
      return { en: `array of ${actual.length}`, zh: `有 ${actual.length} 项的 array` }
    case "large-number":
      return { en: "number beyond 2^53", zh: "超过 2^53 的 number" }
    default:
      return same(actual.code)
  }
}

/** A text that is the same in both languages. */
const same = (text: string): LocalizedText => ({ en: text, zh: text })
