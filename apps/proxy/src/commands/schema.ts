import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { jsonSchemaText } from "../configuration/JsonSchema.ts"

/** `cbr-proxy schema`: the JSON Schema of the configuration, for editors. */
export const schema = Command.make(
  "schema",
  {},
  Effect.fn("schema")(function* () {
    const stdio = yield* Stdio.Stdio
    yield* Stream.run(Stream.succeed(jsonSchemaText), stdio.stdout()).pipe(Effect.orDie)
  })
).pipe(
  Command.withDescription("Print the JSON Schema of the configuration, for editors."),
  Command.withShortDescription("Print the configuration's JSON Schema")
)
