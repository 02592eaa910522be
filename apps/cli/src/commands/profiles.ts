import { nearest, type NoCredentials, ProfileFile, ProfileStore } from "@cbr/client"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { PlatformError } from "effect/PlatformError"
import * as Struct from "effect/Struct"
import { Failure } from "../Failure.ts"
import type { Messages } from "../messages/Messages.ts"
import type { JsonValue } from "../output/JsonValue.ts"
import { laidOut } from "../output/Layout.ts"
import { paint } from "../output/Paint.ts"
import { printFindings } from "../Printing.ts"
import { shownAddress } from "../ShownAddress.ts"
import { wrongUse } from "../WrongUse.ts"

/** `cbr profiles`: list, choose and remove what `cbr configure` saved. */
export const profiles = (messages: Messages) =>
  Command.make(
    "profiles",
    {
      action: Argument.Literals("ACTION", ["ls", "use", "rm", "list"]).pipe(
        Argument.map((action) => (action === "list" ? "ls" : action)),
        Argument.withDescription(messages.args.profilesAction),
        Argument.withDefault("ls" as const)
      ),
      name: Argument.String("NAME").pipe(Argument.withDescription(messages.args.profile), Argument.optional)
    },
    Effect.fn("profiles")(function* ({ action, name }) {
      const { file, found } = yield* readProfiles
      if (action === "ls") return yield* list(found, messages)
      const which = Option.getOrElse(name, () => "")
      const change = (found: ProfileFile.ProfileFile) =>
        Object.hasOwn(found.profiles, which)
          ? Effect.succeed(action === "rm" ? without(found, which) : { ...found, default: which })
          : Effect.fail(unknown(which, found))
      // Before as well: to save makes a folder, and may have to wait.
      yield* change(found)
      yield* changeProfiles(file, change)
      yield* Console.error(paint([messages.profiles.done[action](which)], false))
    })
  ).pipe(
    Command.validate(({ action, name }) =>
      Option.isSome(name) === (action !== "ls")
        ? Effect.void
        : wrongUse(Option.isSome(name) ? "listsAll" : "noProfileName")
    ),
    Command.withDescription(messages.commands.profiles.long),
    Command.withShortDescription(messages.commands.profiles.short),
    Command.withExamples(messages.commands.profiles.examples)
  )

const unknown = (name: string, { profiles: has }: ProfileFile.ProfileFile) => {
  const near = nearest(name, Object.keys(has))
  return new Failure({
    kind: "InvalidRequest",
    tell: ({ meant, profiles }) => ({
      title: profiles.unknown,
      what: name,
      why: profiles.has(Object.keys(has)),
      next: [...(near === undefined ? [] : [meant(near)]), profiles.configure]
    })
  })
}

const without = ({ default: usual, profiles }: ProfileFile.ProfileFile, name: string): ProfileFile.ProfileFile => ({
  ...(usual === undefined || usual === name ? {} : { default: usual }),
  profiles: Struct.omit(profiles, [name])
})

/** The profiles as they are saved, and where; none where there is no file yet. */
export const readProfiles = Effect.gen(function* () {
  const file = yield* ProfileFile.location
  if (file === undefined) {
    return yield* notSaved("profiles.json", ({ profiles }) => [profiles.noHome, profiles.giveFolder])
  }
  const found = yield* Effect.mapError(ProfileFile.read(file), unreadable(file))
  return { file, found: found ?? { profiles: {} } }
})

/** Saves the profiles as they are then, changed. */
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
    new Failure({
      kind: "NoCredentials",
      tell: (messages) => ({
        title: messages.profiles.unreadable,
        what: file,
        why: messages.detail(error.detail),
        next: [messages.profiles.mendFile]
      })
    })

/** That the platform does not let the profiles be saved. */
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
  new Failure({
    kind: "NoCredentials",
    tell: (messages) => {
      const [why, next] = said(messages)
      return { title: messages.profiles.unwritable, what, why, next: [next] }
    }
  })

const list = (found: ProfileFile.ProfileFile, { profiles: words }: Messages) => {
  const rows = Object.entries(found.profiles).map(([name, profile]) => ({
    name,
    default: name === found.default,
    region: profile.region ?? null,
    project_id: profile.project_id ?? null,
    endpoint: profile.endpoint === undefined ? null : shownAddress(profile.endpoint),
    credential: credentialOf(profile) ?? null
  }))
  return printFindings(rows satisfies JsonValue, (where) =>
    rows.length === 0
      ? words.none
      : laidOut(
          rows.map(({ credential, default: isDefault, endpoint, name, region }) => [
            isDefault ? "*" : " ",
            { text: name, tone: "strong" },
            region ?? "",
            credential ?? "",
            endpoint ?? ""
          ]),
          where
        )
  )
}

/** The credential of a profile in a word that shows no secret. */
export const credentialOf = (profile: ProfileFile.Profile): string | undefined => {
  const own = ownCredentialOf(profile)
  if (profile.agency === undefined) return own
  return [...(own === undefined ? [] : [own]), `agency ${profile.agency}`].join(", ")
}

const ownCredentialOf = ({ ak, token, user }: ProfileFile.Profile): string | undefined => {
  if (token !== undefined) return "token ***"
  if (ak !== undefined) return `AK ${ak.slice(0, 4)}***`
  return user === undefined ? undefined : `user ${user}`
}
