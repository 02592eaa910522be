import { isRegionId } from "@cbr/client"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { Messages } from "./messages/Messages.ts"
import { paint } from "./output/Paint.ts"
import { Presentation } from "./Presentation.ts"
import * as Settings from "./Settings.ts"
import { openTrace } from "./Trace.ts"

/**
 * The settings of a command that calls the service. Says on stderr what they
 * set aside, and fails where the file for the attempts cannot be written.
 */
export const settingsInUse = Effect.fnUntraced(function* (given: Settings.Given) {
  const settings = yield* Settings.resolve(given)
  const { errorColour, errorFormat } = yield* Presentation
  // One that is no region is refused in a moment, and goes before nothing.
  const isRegion = settings.region !== undefined && isRegionId(settings.region.value)
  if (isRegion && settings.setAside.length > 0 && errorFormat === "text") {
    const { setAside } = yield* Messages
    yield* Console.error(paint([setAside(settings.setAside.map(({ from }) => from))], errorColour))
  }
  if (settings.traceFile !== undefined) yield* openTrace(settings.traceFile)
  return settings
})
