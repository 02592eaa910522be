import * as Schema from "effect/Schema"
import { count, defaulted, section } from "../policy/SettingSchema.ts"

const QuotaClass = Schema.Struct({
  requests_per_second: count(1, 100_000, "Requests a second of one caller, on the average"),
  burst: count(1, 1_000_000, "Maximum requests at once, after a pause"),
  priority: Schema.optionalKey(
    Schema.Literals(["normal", "low"]).annotate({
      description:
        "`low`: when the proxy has too much to do, it does not call the cloud for this class. `normal` by default"
    })
  )
})

/** The quotas of callers and projects. */
export const QuotasSection = section(
  {
    classes: defaulted(
      Schema.Record(Schema.String, QuotaClass).annotate({
        description: "Quotas of callers, by class"
      }),
      { default: { requests_per_second: 50, burst: 100 } }
    ),
    upstream_per_project_per_second: defaulted(
      count(1, 200, "Maximum calls a second to the cloud for one project"),
      10
    ),
    failed_sign_ins_per_minute: defaulted(
      count(1, 10_000, "Maximum wrong credentials a minute from one address; more are answered 429"),
      20
    )
  },
  "How much a caller and a project may use"
)
