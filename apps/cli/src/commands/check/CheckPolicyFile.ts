import { nearestName } from "@cbr/client"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { parse as parseYaml } from "yaml"
import { Failure } from "../../failures/Failure.ts"
import * as SavedResponseFile from "../../input/SavedResponseFile.ts"
import type { Messages } from "../../messages/Messages.ts"
import { type Expectation, mismatchesOf, withSuggestion } from "../../values/Expectation.ts"
import { CheckPolicy } from "./CheckPolicy.ts"
import { texts } from "./texts.ts"

/** Reads the rules of `cbr check` from a file of YAML or JSON, or from standard input for `-`. */
export const readCheckPolicy = Effect.fnUntraced(function* (
  path: string
): Effect.fn.Return<CheckPolicy, Failure, SavedResponseFile.Requirements> {
  const invalidPolicy = (why: (messages: Messages) => string) =>
    Failure.of("InvalidRequest", path, (messages) => [
      messages.pick(texts).policy,
      why(messages),
      messages.pick(texts).policyNext
    ])
  const text = yield* SavedResponseFile.readText(path, invalidPolicy, {
    title: ({ pick }) => pick(texts).policy
  })
  const value = yield* Effect.try({
    try: () => parseYaml(text) as unknown,
    catch: (error) =>
      invalidPolicy(({ pick }) => pick(texts).notYaml(error instanceof Error ? error.message : String(error)))
  })
  return yield* Schema.decodeUnknownEffect(CheckPolicy)(value, { onExcessProperty: "error", errors: "all" }).pipe(
    Effect.mapError(({ issue }) =>
      invalidPolicy(({ between, expected, named }) =>
        mismatchesOf(issue)
          .map(({ expectation, path: at }) => [...at, expected(suggestAt(value, at, expectation))].reduce(named))
          .join(between)
      )
    )
  )
})

/** Adds the nearest rule or value as a suggestion to the expectation at a path of the rules. */
const suggestAt = (rules: unknown, path: ReadonlyArray<string>, expectation: Expectation): Expectation => {
  if (expectation.code === "unexpected") {
    const near = nearestName(path.at(-1) ?? "", Object.keys(CheckPolicy.fields))
    return near === undefined ? expectation : { ...expectation, near }
  }
  const found = path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined),
    rules
  )
  return withSuggestion(expectation, found)
}
