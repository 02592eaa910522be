import type { Bilingual } from "./Bilingual.ts"
import type { Drift, DriftActual, DriftExpected } from "./Drift.ts"

/** What was expected in a place, and what came, in a few words each. */
export const driftText = ({ actual, expected }: Pick<Drift, "actual" | "expected">) => ({
  expected: expectedText(expected),
  actual: actualText(actual)
})

const expectedText = (expected: DriftExpected): Bilingual => {
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

const actualText = (actual: DriftActual): Bilingual => {
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

/** What is the same in both languages. */
const same = (text: string): Bilingual => ({ en: text, zh: text })
