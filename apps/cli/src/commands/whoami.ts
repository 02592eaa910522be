import { Chain, type Credential, Endpoint, ProfileFile } from "@cbr/client"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as BackupRef from "../BackupRef.ts"
import { fetch } from "../Connection.ts"
import { Failure, failureOf } from "../Failure.ts"
import type { Messages } from "../messages/Messages.ts"
import type { JsonValue } from "../output/JsonValue.ts"
import { laidOut } from "../output/Layout.ts"
import type { Piece } from "../output/Paint.ts"
import { printFindings } from "../Printing.ts"
import * as Settings from "../Settings.ts"
import { settingsInUse } from "../SettingsInUse.ts"

/** An id that no backup has: asking for it proves the credential and nothing else. */
export const nobody = Option.getOrThrow(BackupRef.parse("00000000-0000-4000-8000-000000000000"))

/** `cbr whoami`: as whom, where and by what settings a call would be made. */
export const whoami = (messages: Messages) =>
  Command.make(
    "whoami",
    { verify: Settings.switchFlag("verify", messages.flags.verify), ...Settings.connectionFlags(messages) },
    Effect.fn("whoami")(function* ({ verify, ...given }) {
      const settings = yield* settingsInUse(given)
      const chosen = yield* orFailure(ProfileFile.chosen)
      const profile = chosen === undefined ? {} : chosen.profile
      const from = chosen === undefined ? "" : `profile ${chosen.name}`
      const inProfile = (value: string | undefined): Settings.Found | undefined =>
        value === undefined ? undefined : { value, from, overrides: [] }
      const region = settings.region ?? inProfile(profile.region)
      const endpoint = settings.endpoint ?? inProfile(settings.region === undefined ? profile.endpoint : undefined)
      const project = settings.project_id ?? inProfile(profile.project_id)
      const addresses = yield* Effect.option(Endpoint.make({ region: region?.value, endpoint: endpoint?.value }))
      const found = yield* orFailure(
        Effect.scoped(
          Effect.flatMap(
            Effect.provideService(
              Chain.find(Chain.links),
              Endpoint,
              Option.getOrElse(addresses, () => Endpoint.of({ cbr: "http://endpoint.invalid" }))
            ),
            ({ credentials, place }) => Effect.map(credentials.current, (credential) => ({ credential, place }))
          )
        )
      )
      const who = { value: masked(found.credential), from: found.place, overrides: [] }
      if (verify) yield* proved(settings)

      const all: Readonly<Record<keyof Messages["whoami"]["labels"], Settings.Found | undefined>> = {
        credential: who,
        region,
        endpoint: endpoint ?? defaultAddress(Option.getOrUndefined(addresses)?.cbr, settings.setAside),
        project
      }
      const rows = Object.entries(all) as Array<[keyof typeof all, Settings.Found | undefined]>
      const value: JsonValue = Object.fromEntries(
        rows.map(([name, each]) => [
          name,
          each === undefined ? null : { ...each, overrides: each.overrides.map((other) => ({ ...other })) }
        ])
      )
      yield* printFindings({ ...value, verified: verify }, (where) =>
        laidOut(
          [
            ...rows.flatMap(([name, each]): ReadonlyArray<ReadonlyArray<Piece>> => [
              [
                { text: messages.whoami.labels[name], tone: "strong" },
                each?.value ?? messages.whoami.unset,
                { text: each === undefined ? "" : messages.whoami.from(messages.sentence(each.from)), tone: "faint" }
              ],
              ...(each?.overrides ?? []).map(({ from, value }): ReadonlyArray<Piece> => [
                "",
                { text: value, tone: "faint" },
                { text: messages.whoami.overridden(messages.sentence(from)), tone: "faint" }
              ])
            ]),
            ...(verify ? [["", { text: messages.whoami.verified, tone: "good" } as const]] : [])
          ],
          where
        )
      )
    })
  ).pipe(
    Command.withDescription(messages.commands.whoami.long),
    Command.withShortDescription(messages.commands.whoami.short),
    Command.withExamples(messages.commands.whoami.examples)
  )

const orFailure = <A, E extends Parameters<typeof failureOf>[0], R>(self: Effect.Effect<A, E, R>) =>
  self.pipe(Effect.catch((error) => Effect.flatMap(failureOf(error, { what: "cbr whoami" }), Effect.fail)))

const defaultAddress = (
  cbr: string | undefined,
  overrides: ReadonlyArray<Settings.Overridden>
): Settings.Found | undefined => (cbr === undefined ? undefined : { value: cbr, from: "region", overrides })

const masked = (credential: Credential): string =>
  credential._tag === "Token" ? "token ***" : `AK ${credential.accessKey.ak.slice(0, 4)}***`

/** That the service knows the caller: a backup that is not there is then all that it finds wrong. */
export const proved = (settings: Settings.Settings) =>
  fetch(nobody, settings).pipe(
    Effect.asVoid,
    Effect.catchIf(
      (error): error is Failure => error instanceof Failure && error.kind === "BackupNotFound",
      () => Effect.void
    )
  )
