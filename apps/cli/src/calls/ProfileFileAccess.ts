import { type NoCredentials, ProfileFile, ProfileStore } from "@cbr/client"
import * as Effect from "effect/Effect"
import type { PlatformError } from "effect/PlatformError"
import { Failure } from "../failures/Failure.ts"
import type { Messages } from "../messages/Messages.ts"

/** Reads the profiles and the path of their file; an absent file has none. */
export const readProfiles = Effect.gen(function* () {
  const file = yield* ProfileFile.location
  if (file === undefined) {
    return yield* notSaved("profiles.json", ({ profiles }) => [profiles.noHome, profiles.giveFolder])
  }
  const found = yield* Effect.mapError(ProfileFile.read(file), unreadable(file))
  return { file, found: found ?? { profiles: {} } }
})

/** Changes the profiles in their file, as it is at that moment. */
export const changeProfiles = (
  file: string,
  change: (found: ProfileFile.ProfileFile) => Effect.Effect<ProfileFile.ProfileFile, Failure>
) =>
  ProfileStore.update(file, change).pipe(
    Effect.catchTags({
      NoCredentials: (error) => Effect.fail(unreadable(file)(error)),
      PlatformError: (error) => Effect.fail(unwritable(file, error))
    })
  )

const unreadable =
  (file: string) =>
  (error: NoCredentials): Failure =>
    Failure.of("NoCredentials", file, ({ detail, profiles }) => [
      profiles.unreadable,
      detail(error.detail),
      profiles.mendFile
    ])

/** The failure to save the profiles. */
const unwritable = (file: string, { reason }: PlatformError): Failure =>
  notSaved(file, ({ profiles, saved }) =>
    reason._tag === "AlreadyExists"
      ? [profiles.locked, profiles.removeLock(`${reason.pathOrDescriptor}`)]
      : [
          reason._tag === "NotFound" ? profiles.noFolder : (saved.reasons[reason._tag] ?? reason._tag),
          profiles.giveFolder
        ]
  )

const notSaved = (what: string, said: (messages: Messages) => readonly [why: string, next: string]): Failure =>
  Failure.of("NoCredentials", what, (messages) => [messages.profiles.unwritable, ...said(messages)])
