import { EndpointVariables, ProfileFile } from "@cbr/client"
import { omitUndefined } from "@cbr/domain"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { withHelp } from "../../args/CommandHelp.ts"
import { noConnectionFlags } from "../../args/ConnectionFlags.ts"
import { usageError } from "../../args/UsageError.ts"
import { profileName } from "../../calls/CommandSettings.ts"
import { verifyCredential } from "../../calls/CredentialCheck.ts"
import { maskedCredential } from "../../calls/maskedCredential.ts"
import { changeProfiles, readProfiles } from "../../calls/ProfileFileAccess.ts"
import { mergeSettings } from "../../calls/SettingResolution.ts"
import { invalidRequestFailure } from "../../failures/InvalidRequestFailure.ts"
import { printDone, printNote } from "../../failures/StderrNote.ts"
import type { Messages } from "../../messages/Messages.ts"
import { withSlowNotice } from "../../terminal/Progress.ts"
import { promptYesNo, isInteractive } from "../../terminal/Prompt.ts"
import { Timeout } from "../../values/durations.ts"
import { configureFlags, type ConfigureInput } from "./ConfigureFlags.ts"
import { type Answers, answers, isGiven } from "./ProfileAnswers.ts"
import { texts } from "./texts.ts"

/**
 * `cbr configure`: saves settings and a credential as a profile. A secret comes by prompt or standard input, never as a
 * flag.
 */
export const configure = (messages: Messages) =>
  Command.make(
    "configure",
    configureFlags(messages),
    Effect.fn("configure")(function* (input) {
      const { file } = yield* readProfiles
      const name = yield* nameOf(input)
      const { credential, place } = yield* answers(input, messages)
      if (place === undefined && credential === undefined && !isGiven(input)) {
        return yield* invalidRequestFailure("cbr configure", ({ pick }) => [
          pick(texts).nothing,
          pick(texts).giveSomething
        ])
      }
      let saved: Saved = { name, profile: {}, isDefault: false }
      yield* changeProfiles(file, ({ default: usual, profiles }) => {
        const names = Object.keys(profiles)
        const before = Object.hasOwn(profiles, name) ? (profiles[name] ?? {}) : {}
        const profile = { ...changed(before, { credential, place }), ...limitsOf(input) }
        // The only profile is the default already, and stays it.
        const chosen = usual ?? (names.length === 1 ? names[0] : undefined) ?? name
        saved = { name, profile, isDefault: chosen === name }
        return Effect.succeed({ default: chosen, profiles: { ...profiles, [name]: profile } })
      })
      yield* printDone(({ pick }) => pick(texts).saved(name, file))
      const isOffered = !input.verify && isWhole(saved) && (yield* isInteractive)
      const isVerified = input.verify || (isOffered && (yield* promptYesNo(messages.pick(texts).verify)))
      if (isVerified) yield* verified(name)
      yield* tellNext(saved, isVerified)
    })
  ).pipe(Command.validate(isOneCredential), withHelp(messages.pick(texts)))

/** A saved profile. */
interface Saved {
  readonly name: string
  readonly profile: ProfileFile.Profile
  readonly isDefault: boolean
}

/** Whether a profile is complete: it has a region or an endpoint, and a credential. */
const isWhole = ({ profile }: Saved): boolean => hasPlace(profile) && maskedCredential(profile) !== undefined

const hasPlace = ({ endpoint, region }: ProfileFile.Profile): boolean => (region ?? endpoint) !== undefined

/** Verifies a profile by a call, in which it overrides the environment. */
const verified = Effect.fnUntraced(
  function* (name: string) {
    const settings = yield* mergeSettings(noConnectionFlags, {
      chosen: yield* Effect.orElseSucceed(ProfileFile.chosen, () => undefined)
    })
    yield* verifyCredential(settings, ({ pick }) => [pick(texts).correct(name)]).pipe(
      withSlowNotice({ what: "cbr configure", debug: settings.debug })
    )
    yield* printDone(({ pick }) => pick(texts).verified(name))
  },
  (effect, name) => Effect.provideService(effect, ProfileFile.NamedProfile, { name, by: "cbr configure" })
)

/** Notes the variables that override the profile, and the next step. */
const tellNext = Effect.fnUntraced(function* (saved: Saved, isVerified: boolean) {
  const { endpoint, project, region } = EndpointVariables.variables
  const set = yield* Effect.orDie(EndpointVariables.setOf([...region, ...endpoint, ...project]))
  const before = set.map(({ name }) => name)
  if (before.length > 0) yield* printNote(({ pick }) => pick(texts).before(saved.name, before))
  const profile = saved.isDefault && before.length === 0 ? "" : ` --profile ${saved.name}`
  const next = !hasPlace(saved.profile)
    ? `cbr configure ${saved.name} --region REGION`
    : maskedCredential(saved.profile) === undefined
      ? `cbr configure ${saved.name} --ak AK --secret-stdin`
      : isVerified
        ? `cbr show ID${profile}`
        : `cbr whoami --verify${profile}`
  yield* printDone(({ pick }) => pick(texts).next(next))
})

const textOf = Schema.encodeSync(Timeout)

const limitsOf = ({ callTimeout, timeout }: ConfigureInput): Pick<ProfileFile.Profile, "timeout" | "call_timeout"> =>
  omitUndefined({
    timeout: Option.getOrUndefined(Option.map(timeout, ({ time }) => textOf(time))),
    call_timeout: Option.getOrUndefined(Option.map(callTimeout, ({ time }) => textOf(time)))
  })

/** Checks that one credential is given: standard input has one secret. */
const isOneCredential = ({ ak, secretStdin, tokenStdin }: ConfigureInput) => {
  if (tokenStdin && secretStdin) return usageError(({ pick }) => pick(texts).oneSecret)
  if (tokenStdin && Option.isSome(ak)) return usageError(({ pick }) => pick(texts).oneCredential)
  return secretStdin && Option.isNone(ak) ? usageError(({ pick }) => pick(texts).secretNeedsKey) : Effect.void
}

/** The name of the profile: the argument, else `--profile` or `CBR_PROFILE`. */
const nameOf = Effect.fnUntraced(function* ({ name }: ConfigureInput) {
  const flag = (yield* ProfileFile.NamedProfile)?.name
  if (Option.isSome(name) && flag !== undefined && flag !== name.value) {
    return yield* invalidRequestFailure(`${name.value}, --profile ${flag}`, ({ pick }) => [
      pick(texts).twoNames,
      pick(texts).giveOne
    ])
  }
  const meant = Option.getOrUndefined(name) ?? (yield* profileName) ?? "default"
  if (meant.trim() === "")
    return yield* invalidRequestFailure("NAME", ({ pick }) => [pick(texts).noName, pick(texts).giveOne])
  return meant
})

/**
 * Changes a profile. It has two halves, place and credential; a new value replaces its whole half and keeps the other.
 * So a new key keeps the region, and a new region keeps no project of the old one. An agency works with any key.
 */
const changed = (before: ProfileFile.Profile, { credential, place }: Answers): ProfileFile.Profile => ({
  ...Struct.omit(before, [...(place === undefined ? [] : where), ...(credential === undefined ? [] : asWhom)]),
  ...place,
  ...credential
})

const where = ["region", "project_id", "project_name", "project_domain", "endpoint", "iam_endpoint"] as const

const asWhom = ["token", "ak", "sk", "security_token", "user", "password", "domain"] as const
