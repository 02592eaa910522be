import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { jsonSchemaText } from "../configuration/JsonSchema.ts"
import { settingsPage } from "../configuration/SettingFacts.ts"

/** `cbr-proxy schema`: the settings of the configuration, as a JSON Schema for editors or as a table for people. */
export const schema = Command.make(
  "schema",
  {
    page: Flag.Boolean("page").pipe(
      Flag.withDescription(
        "Print a page of Markdown instead: each setting, its default, its variable, and when a change applies"
      ),
      Flag.withDefault(false)
    )
  },
  Effect.fn("schema")(function* ({ page }) {
    const stdio = yield* Stdio.Stdio
    yield* Stream.run(Stream.succeed(page ? settingsPage : jsonSchemaText), stdio.stdout()).pipe(Effect.orDie)
  })
).pipe(
  Command.withDescription("Print the JSON Schema of the configuration, for editors."),
  Command.withShortDescription("Print the configuration's JSON Schema")
)
