import { CloudsFile, isRegionId, type NoCredentials, ProfileFile } from "@cbr/client"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { Failure } from "./Failure.ts"
import { Messages } from "./messages/Messages.ts"
import { paint } from "./output/Paint.ts"
import { type ProfileInUse, rank, resolve } from "./Precedence.ts"
import { Presentation } from "./Presentation.ts"
import * as Settings from "./Settings.ts"
import type { Source } from "./Source.ts"
import { openTrace } from "./Trace.ts"

/**
 * The settings of a command that calls the service. Says on stderr what they
 * set aside, and fails where a profile that was named cannot be used, or the
 * file for the attempts cannot be written.
 */
export const settingsInUse = Effect.fnUntraced(function* (given: Settings.Given) {
  // A cloud that cannot be read ends the search for a credential, which says so.
  const cloud = yield* Effect.orElseSucceed(CloudsFile.chosen, () => undefined)
  const settings = yield* resolve(given, { ...(yield* profileInUse), cloud })
  const { region } = settings
  // One that is no region is refused in a moment, and goes before nothing.
  if (region !== undefined && region.rank > rank.environment && isRegionId(region.value)) {
    yield* tellSetAside(
      region.rank === rank.flag ? "--region" : "--profile",
      settings.setAside.map(({ from }) => from)
    )
  }
  if (settings.traceFile !== undefined) yield* openTrace(settings.traceFile)
  return settings
})

/** Says which places a region that a flag brought leaves unused. */
const tellSetAside = Effect.fnUntraced(function* (flag: string, places: ReadonlyArray<Source>) {
  const { errorColour, errorFormat } = yield* Presentation
  const { setAside } = yield* Messages
  if (places.length > 0 && errorFormat === "text") {
    yield* Console.error(paint([setAside(flag, places)], errorColour))
  }
})

/** The profile that is chosen; whoever names one is told when there is none, and else it is missed when something is. */
const profileInUse = ProfileFile.chosen.pipe(
  Effect.map((chosen): ProfileInUse => ({ chosen })),
  Effect.catch((unread) =>
    Effect.flatMap(nameOfProfile, (name) =>
      name === undefined ? Effect.succeed({ chosen: undefined, unread }) : Effect.fail(unusable(name, unread))
    )
  )
)

/** The name by which a profile is asked for. */
export const nameOfProfile = Effect.gen(function* () {
  return (yield* ProfileFile.NamedProfile)?.name ?? (yield* Settings.variable("CBR_PROFILE"))
})

const unusable = (name: string, error: NoCredentials): Failure =>
  new Failure({
    kind: "NoCredentials",
    tell: ({ detail, missing, profiles }) => ({
      title: profiles.unusable,
      what: name,
      why: detail(error.detail),
      next: [missing.giveProfile]
    })
  })
