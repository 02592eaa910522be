import { defaultResiliencePolicy, PlaceVariables, ProfileFile } from "@cbr/client"
import { omitUndefined } from "@cbr/domain"
import * as ByteSize from "effect/ByteSize"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import * as Struct from "effect/Struct"
import { withHelp } from "../../args/CommandHelp.ts"
import { noConnectionFlags } from "../../args/ConnectionFlags.ts"
import * as Environment from "../../args/Environment.ts"
import * as Flags from "../../args/Flags.ts"
import { usageError } from "../../args/UsageError.ts"
import { profileName } from "../../calls/CommandSettings.ts"
import { verifyCredential } from "../../calls/CredentialCheck.ts"
import { changeProfiles, maskedCredential, readProfiles } from "../../calls/SavedProfiles.ts"
import { mergeSettings } from "../../calls/SettingResolution.ts"
import type { Failure } from "../../failures/Failure.ts"
import { decodeText } from "../../input/TextDecoding.ts"
import { Messages } from "../../messages/Messages.ts"
import { withSlowNotice } from "../../terminal/Progress.ts"
import { promptSecret, promptText, promptYesNo, isInteractive } from "../../terminal/Prompt.ts"
import { paint } from "../../text/Style.ts"
import { Timeout } from "../../values/durations.ts"
import {
  validatePlace,
  validateAccessKeyId,
  validateProjectId,
  invalidProfile,
  parseSecret
} from "./ProfileValidation.ts"
import { texts } from "./texts.ts"

/**
 * `cbr configure`: saves settings and a credential as a profile. A secret comes by prompt or standard input, never as a
 * flag.
 */
export const configure = (messages: Messages) =>
  Command.make(
    "configure",
    {
      name: Argument.String("NAME").pipe(
        Argument.withDescription(messages.pick(texts).args.newProfile),
        Argument.optional
      ),
      region: Flags.explicitFlag("region", "REGION", messages.flags.region),
      projectId: Flags.explicitFlag("project-id", "ID", messages.flags.projectId),
      endpoint: Flags.flagWithoutVariable("endpoint", "URL", messages.flags.endpoint),
      timeout: Flags.timeSettingFlag("timeout", messages.flags.timeout),
      callTimeout: Flags.timeSettingFlag(
        "call-timeout",
        messages.flags.callTimeout(Duration.format(defaultResiliencePolicy.callTimeout))
      ),
      ak: Flags.textFlag("ak", "AK", messages.pick(texts).flags.ak).pipe(Flag.optional),
      secretStdin: Flags.switchFlag("secret-stdin", messages.pick(texts).flags.secretStdin),
      tokenStdin: Flags.switchFlag("token-stdin", messages.pick(texts).flags.tokenStdin),
      verify: Flags.switchFlag("verify", messages.flags.verify)
    },
    Effect.fn("configure")(function* (input) {
      const { file } = yield* readProfiles
      const name = yield* nameOf(input)
      const { credential, place } = yield* answers(input, messages)
      if (place === undefined && credential === undefined && !isGiven(input)) {
        return yield* invalidProfile("cbr configure", ({ pick }) => [pick(texts).nothing, pick(texts).giveSomething])
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
      yield* tell(messages.pick(texts).saved(name, file))
      const isOffered = !input.verify && isWhole(saved) && (yield* isInteractive)
      const isVerified = input.verify || (isOffered && (yield* promptYesNo(messages.pick(texts).verify)))
      if (isVerified) yield* verified(name, messages)
      yield* tellNext(saved, isVerified, messages)
    })
  ).pipe(Command.validate(isOneCredential), withHelp(messages.pick(texts)))

interface Input {
  readonly name: Option.Option<string>
  readonly region: Option.Option<string>
  readonly projectId: Option.Option<string>
  readonly endpoint: Option.Option<string>
  readonly timeout: Option.Option<Flags.TimeSetting>
  readonly callTimeout: Option.Option<Flags.TimeSetting>
  readonly ak: Option.Option<string>
  readonly secretStdin: boolean
  readonly tokenStdin: boolean
  readonly verify: boolean
}

/** A saved profile. */
interface Saved {
  readonly name: string
  readonly profile: ProfileFile.Profile
  readonly isDefault: boolean
}

/** Whether a profile is complete: it has a region or an endpoint, and a credential. */
const isWhole = ({ profile }: Saved): boolean => hasPlace(profile) && maskedCredential(profile) !== undefined

const hasPlace = ({ endpoint, region }: ProfileFile.Profile): boolean => (region ?? endpoint) !== undefined

const tell = (text: string) => Console.error(paint([text], false))

/** Verifies a profile by a call, in which it overrides the environment. */
const verified = Effect.fnUntraced(
  function* (name: string, { pick }: Messages) {
    const settings = yield* mergeSettings(noConnectionFlags, {
      chosen: yield* Effect.orElseSucceed(ProfileFile.chosen, () => undefined)
    })
    yield* verifyCredential(settings, ({ pick }) => [pick(texts).correct(name)]).pipe(
      withSlowNotice({ what: "cbr configure", debug: settings.debug })
    )
    yield* tell(pick(texts).verified(name))
  },
  (effect, name) => Effect.provideService(effect, ProfileFile.NamedProfile, { name, by: "cbr configure" })
)

/** Notes the variables that override the profile, and the next step. */
const tellNext = Effect.fnUntraced(function* (saved: Saved, isVerified: boolean, { pick }: Messages) {
  const words = pick(texts)
  const { endpoint, project, region } = PlaceVariables.variables
  const set = yield* Effect.orDie(PlaceVariables.setOf([...region, ...endpoint, ...project]))
  const before = set.map(({ name }) => name)
  if (before.length > 0) yield* tell(words.before(saved.name, before))
  const profile = saved.isDefault && before.length === 0 ? "" : ` --profile ${saved.name}`
  yield* tell(
    words.next(
      !hasPlace(saved.profile)
        ? `cbr configure ${saved.name} --region REGION`
        : maskedCredential(saved.profile) === undefined
          ? `cbr configure ${saved.name} --ak AK --secret-stdin`
          : isVerified
            ? `cbr show ID${profile}`
            : `cbr whoami --verify${profile}`
    )
  )
})

const textOf = Schema.encodeSync(Timeout)

const limitsOf = ({ callTimeout, timeout }: Input): Pick<ProfileFile.Profile, "timeout" | "call_timeout"> =>
  omitUndefined({
    timeout: Option.getOrUndefined(Option.map(timeout, ({ time }) => textOf(time))),
    call_timeout: Option.getOrUndefined(Option.map(callTimeout, ({ time }) => textOf(time)))
  })

/** Checks that one credential is given: standard input has one secret. */
const isOneCredential = ({ ak, secretStdin, tokenStdin }: Input) => {
  if (tokenStdin && secretStdin) return usageError(({ pick }) => pick(texts).oneSecret)
  if (tokenStdin && Option.isSome(ak)) return usageError(({ pick }) => pick(texts).oneCredential)
  return secretStdin && Option.isNone(ak) ? usageError(({ pick }) => pick(texts).secretNeedsKey) : Effect.void
}

/** The name of the profile: the argument, else `--profile` or `CBR_PROFILE`. */
const nameOf = Effect.fnUntraced(function* ({ name }: Input) {
  const flag = (yield* ProfileFile.NamedProfile)?.name
  if (Option.isSome(name) && flag !== undefined && flag !== name.value) {
    return yield* invalidProfile(`${name.value}, --profile ${flag}`, ({ pick }) => [
      pick(texts).twoNames,
      pick(texts).giveOne
    ])
  }
  const meant = Option.getOrUndefined(name) ?? (yield* profileName) ?? "default"
  if (meant.trim() === "") return yield* invalidProfile("NAME", ({ pick }) => [pick(texts).noName, pick(texts).giveOne])
  return meant
})

type Place = Pick<ProfileFile.Profile, "region" | "project_id" | "endpoint">
type OwnCredential = Pick<ProfileFile.Profile, "token" | "ak" | "sk">

interface Answers {
  readonly place: Place | undefined
  readonly credential: OwnCredential | undefined
}

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

const answers = Effect.fnUntraced(function* (input: Input, messages: Messages) {
  const words = messages.pick(texts)
  const isAttended = yield* isInteractive
  /** The given value, else the answer to a prompt, checked before the next prompt. */
  const given = <R>(
    text: string | undefined,
    message: string,
    check: (text: string) => Effect.Effect<unknown, Failure, R>
  ) => {
    if (text !== undefined) return Effect.as(check(text), text)
    return isAttended ? promptText(message, check) : Effect.undefined
  }

  // The environment completes what is given; without flags it applies already, and is not saved.
  if (!isAttended && !isGiven(input)) return { place: undefined, credential: undefined }
  // An address of the environment applies already; saved, that of a simulated cloud would outlive it.
  const endpoint = Option.getOrUndefined(input.endpoint)
  if (endpoint !== undefined) yield* validatePlace({ endpoint })
  const region = yield* given(yield* valueOf("region", input.region), words.region, (region) =>
    validatePlace({ region, endpoint })
  )
  const project_id = yield* given(yield* valueOf("project-id", input.projectId), words.projectId, validateProjectId)
  const known: Place = omitUndefined({ region, project_id, endpoint })
  const place = Object.keys(known).length === 0 ? undefined : known
  if (input.tokenStdin) return { place, credential: { token: yield* secretFromStdin } }
  const ak = yield* given(Option.getOrUndefined(input.ak), words.ak, validateAccessKeyId)
  if (ak === undefined) return { place, credential: undefined }
  if (input.secretStdin) return { place, credential: { ak, sk: yield* secretFromStdin } }
  if (!isAttended)
    return yield* invalidProfile("cbr configure", ({ pick }) => [pick(texts).noSecret, pick(texts).giveSecret])
  const sk = yield* promptSecret(words.sk, (text) => parseSecret(text, words.sk))
  return { place, credential: { ak, sk } }
})

const isGiven = ({ ak, callTimeout, endpoint, projectId, region, timeout, tokenStdin }: Input): boolean =>
  tokenStdin ||
  [ak, endpoint, projectId, region].some(Option.isSome) ||
  [timeout, callTimeout].some((limit) => Option.exists(limit, ({ from }) => "flag" in from))

const valueOf = (flag: string, given: Option.Option<string>) =>
  Option.isSome(given) ? Effect.succeed(given.value) : Environment.variable(Environment.variableOf(flag))

/** The longest secret that is read, in bytes: a token of IAM has some 16 kB. */
const longestSecret = 64 * 1024

const secretFromStdin = Effect.gen(function* () {
  const { stdin } = yield* Stdio.Stdio
  const { saved } = yield* Messages
  const text = yield* Stream.orDie(stdin).pipe(
    Stream.limitBytes<Failure, never>(ByteSize.bytes(longestSecret), () =>
      Stream.fail(
        invalidProfile(saved.standardInput, ({ pick }) => [pick(texts).endless(longestSecret), pick(texts).giveAlone])
      )
    ),
    decodeText,
    Stream.mkString
  )
  return yield* parseSecret(text, saved.standardInput)
})
