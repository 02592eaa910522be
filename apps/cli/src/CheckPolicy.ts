import { nearest } from "@cbr/client"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { parse as parseYaml } from "yaml"
import { CheckRules } from "./CheckRules.ts"
import { type Expectation, unexpectedIn, withNear } from "./Expectation.ts"
import { Failure } from "./Failure.ts"
import type { Messages } from "./messages/Messages.ts"
import * as SavedResponse from "./SavedResponse.ts"

/** The rules of `cbr check` that a file of YAML or JSON holds, or standard input when the path is `-`. */
export const read = Effect.fnUntraced(function* (
  path: string
): Effect.fn.Return<CheckRules, Failure, SavedResponse.Reading> {
  const refused = (why: (messages: Messages) => string) =>
    new Failure({
      kind: "InvalidRequest",
      tell: (messages) => ({
        title: messages.check.policy,
        what: path,
        why: why(messages),
        next: [messages.check.policyNext]
      })
    })
  const text = yield* SavedResponse.readText(path, refused, ({ check }) => check.policy)
  const value = yield* Effect.try({
    try: () => parseYaml(text) as unknown,
    catch: (error) => refused(({ check }) => check.notYaml(error instanceof Error ? error.message : String(error)))
  })
  return yield* Schema.decodeUnknownEffect(CheckRules)(value, { onExcessProperty: "error", errors: "all" }).pipe(
    Effect.mapError(({ issue }) =>
      refused(({ between, expected, named }) =>
        unexpectedIn(issue)
          .map(({ expectation, path: at }) => [...at, expected(meantAt(value, at, expectation))].reduce(named))
          .join(between)
      )
    )
  )
})

/** What should stand at a place of the rules, with the rule or the value that may be meant by what stands there. */
const meantAt = (rules: unknown, path: ReadonlyArray<string>, expectation: Expectation): Expectation => {
  if (expectation.code === "unexpected") {
    const near = nearest(path.at(-1) ?? "", Object.keys(CheckRules.fields))
    return near === undefined ? expectation : { ...expectation, near }
  }
  const found = path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined),
    rules
  )
  return withNear(expectation, found)
}
