import type { Drift } from "@cbr/domain"
import { exampleId } from "../../values/exampleId.ts"

/** The words of `cbr drift` in English. */
export const en = {
  short: "Show where an answer differs from the API's page",
  long: "Show where the service's answer differs from the API's page: wrong types, undocumented fields and values.",
  examples: [{ command: `cbr drift ${exampleId}`, description: "Is the page still right?" }],
  none: "no drift: the answer matches the API's page",
  kinds: {
    WrongType: "wrong type",
    UndocumentedField: "undocumented field",
    UndocumentedValue: "undocumented value"
  } satisfies Readonly<Record<Drift["kind"], string>>
}
