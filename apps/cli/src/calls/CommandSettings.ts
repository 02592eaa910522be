import { CloudsFile, isRegionId, type NoCredentials, ProfileFile } from "@cbr/client"
import * as Effect from "effect/Effect"
import { type ConnectionFlags } from "../args/ConnectionFlags.ts"
import * as Environment from "../args/Environment.ts"
import { OutputOptions } from "../args/OutputOptions.ts"
import { Failure } from "../failures/Failure.ts"
import { printNote } from "../failures/StderrNote.ts"
import type { SettingSource } from "../values/SettingSource.ts"
import { type ChosenProfile, precedence, mergeSettings } from "./SettingResolution.ts"
import { openTraceFile } from "./TraceFile.ts"

/**
 * Resolves the settings of a command that calls the service. Notes on stderr
 * which of them are not used. Fails if a named profile cannot be used, or if
 * the trace file cannot be written.
 */
export const resolveSettings = Effect.fnUntraced(function* (given: ConnectionFlags) {
  // The search for a credential reports a cloud that cannot be read.
  const cloud = yield* Effect.orElseSucceed(CloudsFile.chosen, () => undefined)
  const settings = yield* mergeSettings(given, { ...(yield* chosenProfile), cloud })
  const { region } = settings
  // An invalid region overrides nothing: it is refused later.
  if (region !== undefined && region.precedence > precedence.environment && isRegionId(region.value)) {
    yield* noteShadowed(
      region.precedence === precedence.flag ? "--region" : "--profile",
      settings.shadowed.map(({ from }) => from)
    )
  }
  if (settings.traceFile !== undefined) yield* openTraceFile(settings.traceFile)
  return settings
})

/** Notes which settings a region given by a flag leaves unused. */
const noteShadowed = Effect.fnUntraced(function* (flag: string, places: ReadonlyArray<SettingSource>) {
  const { errorFormat } = yield* OutputOptions
  if (places.length > 0 && errorFormat === "text") yield* printNote(({ setAside }) => setAside(flag, places))
})

/** The chosen profile. An unreadable one is an error if it is named; else it is reported once a setting is missing. */
const chosenProfile = ProfileFile.chosen.pipe(
  Effect.map((chosen): ChosenProfile => ({ chosen })),
  Effect.catch((error) =>
    Effect.flatMap(profileName, (name) =>
      name === undefined
        ? Effect.succeed<ChosenProfile>({ chosen: undefined, error })
        : Effect.fail(unusableProfile(name, error))
    )
  )
)

/** The name of the profile that the command line or the environment asks for. */
export const profileName = Effect.gen(function* () {
  return (yield* ProfileFile.NamedProfile)?.name ?? (yield* Environment.variable("CBR_PROFILE"))
})

const unusableProfile = (name: string, error: NoCredentials): Failure =>
  Failure.of("NoCredentials", name, ({ detail, missing, profiles }) => [
    profiles.unusable,
    detail(error.detail),
    missing.giveProfile
  ])
