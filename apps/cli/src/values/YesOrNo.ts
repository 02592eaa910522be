import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

const yes = ["true", "yes", "on", "1", "y"] as const
const no = ["false", "no", "off", "0", "n"] as const

/** The values of a switch. */
export const yesAndNo = [...yes, ...no] as const

/** Reads the value of a switch, in any case. */
export const YesOrNo = Schema.String.pipe(
  Schema.decode(SchemaTransformation.toLowerCase()),
  Schema.decodeTo(Schema.Literals(yesAndNo)),
  Schema.decodeTo(
    Schema.Boolean,
    SchemaTransformation.transform({
      decode: (word) => yes.some((each) => each === word),
      encode: (value): "true" | "false" => (value ? "true" : "false")
    })
  )
)
