import { CredentialChain, type Credential, Endpoint, Environment, ProfileFile } from "@cbr/client"
import type { JsonValue } from "@cbr/client/jmespath"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { withHelp } from "../../args/CommandHelp.ts"
import { connectionFlags } from "../../args/ConnectionFlags.ts"
import * as Flags from "../../args/Flags.ts"
import { resolveAddresses } from "../../calls/CallTarget.ts"
import { resolveSettings } from "../../calls/CommandSettings.ts"
import { within } from "../../calls/CommandTimeout.ts"
import { verifyCredential } from "../../calls/CredentialCheck.ts"
import { maskedCredential } from "../../calls/maskedCredential.ts"
import { orFailure } from "../../failures/ClientFailure.ts"
import { en } from "../../messages/en.ts"
import type { Messages } from "../../messages/Messages.ts"
import { compileQuery, printFindings } from "../../output/Printer.ts"
import { withSlowNotice } from "../../terminal/Progress.ts"
import { redactUrl } from "../../text/redactUrl.ts"
import type { Piece } from "../../text/Style.ts"
import { layOutTable } from "../../text/TableLayout.ts"
import type { SettingSource } from "../../values/SettingSource.ts"
import { identityRows } from "./Identity.ts"
import { texts } from "./texts.ts"

/** `cbr whoami`: shows the credential, the place and the settings of a call. */
export const whoami = (messages: Messages) =>
  Command.make(
    "whoami",
    { verify: Flags.switchFlag("verify", messages.flags.verify), ...connectionFlags(messages) },
    Effect.fn("whoami")(function* ({ verify, ...given }) {
      yield* compileQuery
      const settings = yield* resolveSettings(given)
      const { debug, endpoint, project, region } = settings
      const slow = withSlowNotice({ what: "cbr whoami", debug })
      const addresses = yield* Effect.option(resolveAddresses(settings))
      const found = yield* CredentialChain.sourcesInOrder.pipe(
        Effect.flatMap(CredentialChain.find),
        Effect.provideService(
          Endpoint,
          Option.getOrElse(addresses, () => Endpoint.of({ cbr: "http://endpoint.invalid" }))
        ),
        Effect.flatMap(({ credentials, place }) =>
          Effect.map(credentials.current, (credential) => ({ credential, place }))
        ),
        Effect.scoped,
        orFailure({ what: "cbr whoami" }),
        within(settings.timeout, "cbr whoami"),
        slow
      )
      const who = yield* credentialRow(found)
      if (verify) yield* slow(verifyCredential(settings))
      const identity = verify
        ? yield* identityRows(settings, Option.getOrUndefined(addresses), found.credential, messages).pipe(
            within(settings.timeout, "cbr whoami"),
            slow
          )
        : undefined

      const all: Readonly<Record<keyof typeof texts.en.labels, Row | undefined>> = {
        credential: who,
        region,
        endpoint: shown(endpoint ?? defaultAddress(Option.getOrUndefined(addresses)?.cbr, settings.shadowed)),
        project: project ?? homeRow(found, who.from)
      }
      const rows = Object.entries(all) as Array<[keyof typeof all, Row | undefined]>
      const value: JsonValue = Object.fromEntries(
        rows.map(([name, each]) => [
          name,
          each === undefined ? null : { ...placed(each), overrides: each.overrides.map(placed) }
        ])
      )
      const said = identity === undefined ? {} : { user: identity.user ?? null, account: identity.account ?? null }
      yield* printFindings({ ...value, ...said, verified: verify }, (where) =>
        layOutTable(
          [
            ...rows.flatMap(([name, each]): ReadonlyArray<ReadonlyArray<Piece>> => [
              [
                { text: messages.pick(texts).labels[name], tone: "strong" },
                each?.value ?? messages.pick(texts).unset,
                { text: each === undefined ? "" : messages.pick(texts).from(messages.source(each.from)), tone: "faint" }
              ],
              ...(each?.overrides ?? []).map(({ from, value }): ReadonlyArray<Piece> => [
                "",
                { text: value, tone: "faint" },
                { text: messages.pick(texts).overridden(messages.source(from)), tone: "faint" }
              ])
            ]),
            ...(identity === undefined
              ? []
              : [
                  [{ text: messages.pick(texts).user, tone: "strong" } as const, identity.userText],
                  [{ text: messages.pick(texts).account, tone: "strong" } as const, identity.accountText]
                ]),
            ...(verify ? [["", { text: messages.pick(texts).verified, tone: "good" } as const]] : [])
          ],
          where
        )
      )
    })
  ).pipe(withHelp(messages.pick(texts)))

/** The project of the credential, if no setting names one. */
const homeRow = (
  { credential: { project } }: { readonly credential: Credential },
  from: SettingSource
): Row | undefined =>
  project === undefined ? undefined : { value: "id" in project ? project.id : project.name, from, overrides: [] }

/** A value and its place. */
interface Placed {
  readonly value: string
  readonly from: SettingSource
}

interface Row extends Placed {
  readonly overrides: ReadonlyArray<Placed>
}

/** The JSON, in English. */
const placed = ({ from, value }: Placed) => ({ value, from: en.source(from) })

/** The credential in use, and those that it overrides, of the sources that need no network. */
const credentialRow = Effect.fnUntraced(function* ({
  credential,
  place
}: {
  readonly credential: Credential
  readonly place: string
}): Effect.fn.Return<Row, never, Effect.Services<typeof ProfileFile.chosen>> {
  const inEnvironment = yield* Effect.option(Environment.fromEnvironment)
  const chosen = yield* Effect.orElseSucceed(ProfileFile.chosen, () => undefined)
  const profile = chosen === undefined ? undefined : maskedCredential(chosen.profile)
  const known: ReadonlyArray<Placed & { readonly place: string }> = [
    ...(Option.isSome(inEnvironment)
      ? [{ value: masked(inEnvironment.value), from: { place: "environment" }, place: "environment" }]
      : []),
    ...(chosen === undefined || profile === undefined
      ? []
      : [{ value: profile, from: { profile: chosen.name }, place: "profile" }])
  ]
  const from = place === "profile" && chosen !== undefined ? { profile: chosen.name } : { place }
  return { value: masked(credential), from, overrides: known.filter((other) => other.place !== place) }
})

const defaultAddress = (cbr: string | undefined, overrides: ReadonlyArray<Placed>): Row | undefined =>
  cbr === undefined ? undefined : { value: cbr, from: { follows: "region" }, overrides }

const shown = (address: Row | undefined): Row | undefined => {
  const withoutPassword = ({ from, value }: Placed) => ({ from, value: redactUrl(value) })
  return address && { ...withoutPassword(address), overrides: address.overrides.map(withoutPassword) }
}

const masked = (credential: Credential): string =>
  credential._tag === "Token" ? "token ***" : `AK ${credential.accessKey.ak.slice(0, 4)}***`
