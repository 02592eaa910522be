import { nearestName, type ProfileFile } from "@cbr/client"
import type { JsonValue } from "@cbr/client/jmespath"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Struct from "effect/Struct"
import { withHelp } from "../../args/CommandHelp.ts"
import { usageError } from "../../args/UsageError.ts"
import { maskedCredential } from "../../calls/maskedCredential.ts"
import { changeProfiles, readProfiles } from "../../calls/ProfileFileAccess.ts"
import { Failure } from "../../failures/Failure.ts"
import { printDone } from "../../failures/StderrNote.ts"
import type { Messages } from "../../messages/Messages.ts"
import { printFindings } from "../../output/Printer.ts"
import { redactUrl } from "../../text/redactUrl.ts"
import { layOutTable } from "../../text/TableLayout.ts"
import { texts } from "./texts.ts"

/** `cbr profiles`: list, choose and remove the profiles of `cbr configure`. */
export const profiles = (messages: Messages) =>
  Command.make(
    "profiles",
    {
      action: Argument.Literals("ACTION", ["ls", "use", "rm", "list"]).pipe(
        Argument.map((action) => (action === "list" ? "ls" : action)),
        Argument.withDescription(messages.pick(texts).args.profilesAction),
        Argument.withDefault("ls" as const)
      ),
      name: Argument.String("NAME").pipe(Argument.withDescription(messages.pick(texts).args.profile), Argument.optional)
    },
    Effect.fn("profiles")(function* ({ action, name }) {
      const { file, found } = yield* readProfiles
      if (action === "ls") return yield* list(found, messages)
      const which = Option.getOrElse(name, () => "")
      const change = (found: ProfileFile.ProfileFile) =>
        Object.hasOwn(found.profiles, which)
          ? Effect.succeed(action === "rm" ? without(found, which) : { ...found, default: which })
          : Effect.fail(unknown(which, found))
      // Checked first too: saving makes a folder, and may wait for a lock.
      yield* change(found)
      yield* changeProfiles(file, change)
      yield* printDone(({ pick }) => pick(texts).done[action](which))
    })
  ).pipe(
    Command.validate(({ action, name }) =>
      Option.isSome(name) === (action !== "ls")
        ? Effect.void
        : usageError(({ pick }) => pick(texts)[Option.isSome(name) ? "listsAll" : "noProfileName"])
    ),
    withHelp(messages.pick(texts))
  )

const unknown = (name: string, { profiles: has }: ProfileFile.ProfileFile) => {
  const near = nearestName(name, Object.keys(has))
  return Failure.of("InvalidRequest", name, ({ meant, pick }) => [
    pick(texts).unknown,
    pick(texts).has(Object.keys(has)),
    ...(near === undefined ? [] : [meant(near)]),
    pick(texts).configure
  ])
}

const without = ({ default: usual, profiles }: ProfileFile.ProfileFile, name: string): ProfileFile.ProfileFile => ({
  ...(usual === undefined || usual === name ? {} : { default: usual }),
  profiles: Struct.omit(profiles, [name])
})

const list = (found: ProfileFile.ProfileFile, { pick }: Messages) => {
  const words = pick(texts)
  const rows = Object.entries(found.profiles).map(([name, profile]) => ({
    name,
    default: name === found.default,
    region: profile.region ?? null,
    project_id: profile.project_id ?? null,
    endpoint: profile.endpoint === undefined ? null : redactUrl(profile.endpoint),
    credential: maskedCredential(profile) ?? null
  }))
  return printFindings(rows satisfies JsonValue, (where) =>
    rows.length === 0
      ? words.none
      : layOutTable(
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
