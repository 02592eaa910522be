import { ProfileFile } from "@cbr/client"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { PlatformError } from "effect/PlatformError"
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
      if (!Object.hasOwn(found.profiles, which)) {
        return yield* new Failure({
          kind: "InvalidRequest",
          tell: ({ profiles }) => ({
            title: profiles.unknown,
            what: which,
            why: profiles.has(Object.keys(found.profiles)),
            next: [profiles.configure]
          })
        })
      }
      const kept = Object.entries(found.profiles).filter(([each]) => action !== "rm" || each !== which)
      const isDefault = action === "use" ? which : found.default === which ? undefined : found.default
      yield* ProfileFile.write(file, {
        profiles: Object.fromEntries(kept),
        ...(isDefault === undefined ? {} : { default: isDefault })
      }).pipe(Effect.mapError(unwritable(file)))
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

/** The profiles as they are saved, and where; none where there is no file yet. */
export const readProfiles = Effect.gen(function* () {
  const file = yield* ProfileFile.location
  if (file === undefined) return yield* notSaved("profiles.json", ({ profiles }) => profiles.noHome)
  const found = yield* ProfileFile.read(file).pipe(
    Effect.catch((error) =>
      Effect.fail(
        new Failure({
          kind: "NoCredentials",
          tell: (messages) => ({
            title: messages.profiles.unreadable,
            what: file,
            why: messages.reason(error),
            next: [messages.profiles.mendFile]
          })
        })
      )
    )
  )
  return { file, found: found ?? { profiles: {} } }
})

/** That the platform does not let the profiles be saved. */
export const unwritable =
  (file: string) =>
  ({ reason }: PlatformError): Failure =>
    notSaved(file, ({ profiles, saved }) =>
      reason._tag === "NotFound" ? profiles.noFolder : (saved.reasons[reason._tag] ?? reason._tag)
    )

const notSaved = (what: string, why: (messages: Messages) => string): Failure =>
  new Failure({
    kind: "NoCredentials",
    tell: (messages) => ({
      title: messages.profiles.unwritable,
      what,
      why: why(messages),
      next: [messages.profiles.giveFolder]
    })
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
export const credentialOf = ({ ak, token, user }: ProfileFile.Profile): string | undefined => {
  if (token !== undefined) return "token ***"
  if (ak !== undefined) return `AK ${ak.slice(0, 4)}***`
  return user === undefined ? undefined : `user ${user}`
}
