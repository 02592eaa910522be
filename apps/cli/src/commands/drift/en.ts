import type { Drift } from "@cbr/domain"
import { exampleId } from "../../values/exampleId.ts"

/** The words of `cbr drift` in English. */
export const en = {
  short: "Where the answer departs from the API's page",
  long: "Where the service's answer departs from the API's page: wrong types, undocumented fields and values.",
  examples: [{ command: `cbr drift ${exampleId}`, description: "Is the page still right?" }],
  none: "no drift: the answer is as the API's page has it",
  kinds: {
    WrongType: "wrong type",
    UndocumentedField: "undocumented field",
    UndocumentedValue: "undocumented value"
  } satisfies Readonly<Record<Drift["kind"], string>>
}
