import { CloudsFile, isRegionId, type NoCredentials, ProfileFile } from "@cbr/client"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { type ConnectionFlags } from "../args/ConnectionFlags.ts"
import * as Environment from "../args/Environment.ts"
import { OutputOptions } from "../args/OutputOptions.ts"
import { Failure } from "../failures/Failure.ts"
import { Messages } from "../messages/Messages.ts"
import { paint } from "../text/Style.ts"
import type { SettingSource } from "../values/SettingSource.ts"
import { openTraceFile } from "./AttemptTrace.ts"
import { type ChosenProfile, precedence, mergeSettings } from "./SettingResolution.ts"

/**
 * The settings of a command that calls the service. Says on stderr what they
 * set aside, and fails where a profile that was named cannot be used, or the
 * file for the attempts cannot be written.
 */
export const resolveSettings = Effect.fnUntraced(function* (given: ConnectionFlags) {
  // A cloud that cannot be read ends the search for a credential, which says so.
  const cloud = yield* Effect.orElseSucceed(CloudsFile.chosen, () => undefined)
  const settings = yield* mergeSettings(given, { ...(yield* chosenProfile), cloud })
  const { region } = settings
  // One that is no region is refused in a moment, and goes before nothing.
  if (region !== undefined && region.precedence > precedence.environment && isRegionId(region.value)) {
    yield* noteShadowed(
      region.precedence === precedence.flag ? "--region" : "--profile",
      settings.shadowed.map(({ from }) => from)
    )
  }
  if (settings.traceFile !== undefined) yield* openTraceFile(settings.traceFile)
  return settings
})

/** Says which places a region that a flag brought leaves unused. */
const noteShadowed = Effect.fnUntraced(function* (flag: string, places: ReadonlyArray<SettingSource>) {
  const { errorColour, errorFormat } = yield* OutputOptions
  const { setAside } = yield* Messages
  if (places.length > 0 && errorFormat === "text") {
    yield* Console.error(paint([setAside(flag, places)], errorColour))
  }
})

/** The profile that is chosen; whoever names one is told when there is none, and else it is missed when something is. */
const chosenProfile = ProfileFile.chosen.pipe(
  Effect.map((chosen): ChosenProfile => ({ chosen })),
  Effect.catch((unread) =>
    Effect.flatMap(profileName, (name) =>
      name === undefined ? Effect.succeed({ chosen: undefined, unread }) : Effect.fail(unusableProfile(name, unread))
    )
  )
)

/** The name by which a profile is asked for. */
export const profileName = Effect.gen(function* () {
  return (yield* ProfileFile.NamedProfile)?.name ?? (yield* Environment.variable("CBR_PROFILE"))
})

const unusableProfile = (name: string, error: NoCredentials): Failure =>
  new Failure({
    kind: "NoCredentials",
    render: ({ detail, missing, profiles }) => ({
      title: profiles.unusable,
      what: name,
      why: detail(error.detail),
      next: [missing.giveProfile]
    })
  })
