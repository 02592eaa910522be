import { BackupStatus, type Expectations, omitUndefined } from "@cbr/domain"
import * as Schema from "effect/Schema"
import { Span } from "../../values/durations.ts"
import { WholeNumber } from "../../values/WholeNumber.ts"

/** The rules of `cbr check`, as flags and as a policy file name them. */
export const CheckPolicy = Schema.Struct({
  healthy: Schema.optionalKey(Schema.Literal(true)),
  degraded: Schema.optionalKey(Schema.Literals(["warning", "critical"])),
  status: Schema.optionalKey(Schema.Literals(BackupStatus.members)),
  "max-age": Schema.optionalKey(Span),
  "warn-age": Schema.optionalKey(Span),
  replicated: Schema.optionalKey(Schema.Array(Schema.String)),
  "replicated-within": Schema.optionalKey(Span),
  restorable: Schema.optionalKey(Schema.Literals(["any", "backup", "snapshot"])),
  encrypted: Schema.optionalKey(Schema.Boolean),
  "multi-az": Schema.optionalKey(Schema.Boolean),
  "not-expiring-within": Schema.optionalKey(Span),
  "min-children": Schema.optionalKey(WholeNumber(0)),
  "children-whole": Schema.optionalKey(Schema.Literal(true)),
  "of-resource": Schema.optionalKey(Schema.String)
})

export type CheckPolicy = typeof CheckPolicy.Type

/** The expectations of a backup that the rules make. */
export const expectationsOf = (rules: CheckPolicy): Expectations => {
  const { degraded, encrypted, healthy, replicated = [], restorable, status } = rules
  const age = omitUndefined({ max: rules["max-age"], warn: rules["warn-age"] })
  return omitUndefined({
    healthy: healthy === undefined ? undefined : omitUndefined({ degraded }),
    status,
    age: Object.keys(age).length === 0 ? undefined : age,
    not_expiring_within: rules["not-expiring-within"],
    replicated:
      replicated.length === 0 ? undefined : omitUndefined({ regions: replicated, within: rules["replicated-within"] }),
    restorable: restorable === "any" ? (true as const) : restorable,
    encrypted,
    multi_az: rules["multi-az"],
    min_children: rules["min-children"],
    children_whole: rules["children-whole"],
    resource: rules["of-resource"]
  })
}
