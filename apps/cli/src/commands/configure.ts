import { Endpoint, ProfileFile, RegionsFile } from "@cbr/client"
import { ProjectId } from "@cbr/domain"
import * as ByteSize from "effect/ByteSize"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Prompt from "effect/cli/Prompt"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import * as Struct from "effect/Struct"
import { Failure, failureOf } from "../Failure.ts"
import { Messages } from "../messages/Messages.ts"
import { paint } from "../output/Paint.ts"
import { Presentation } from "../Presentation.ts"
import * as Settings from "../Settings.ts"
import { nameOfProfile, tellSetAside } from "../SettingsInUse.ts"
import { wrongUse } from "../WrongUse.ts"
import { readProfiles, unwritable } from "./profiles.ts"

/** `cbr configure`: saves a way to call as a profile; a secret comes by prompt or standard input, never as a flag. */
export const configure = (messages: Messages) =>
  Command.make(
    "configure",
    {
      name: Argument.String("NAME").pipe(Argument.withDescription(messages.args.newProfile), Argument.optional),
      region: Settings.ownFlag("region", "REGION", messages.flags.region),
      projectId: Settings.ownFlag("project-id", "ID", messages.flags.projectId),
      endpoint: Settings.ownFlag("endpoint", "URL", messages.flags.endpoint),
      ak: Settings.textFlag("ak", "AK", messages.flags.ak).pipe(Flag.optional),
      secretStdin: Settings.switchFlag("secret-stdin", messages.flags.secretStdin),
      tokenStdin: Settings.switchFlag("token-stdin", messages.flags.tokenStdin)
    },
    Effect.fn("configure")(function* (input) {
      const { file, found } = yield* readProfiles
      const name = yield* nameOf(input)
      const { credential, place } = yield* answers(input, messages)
      if (place === undefined && credential === undefined) {
        return yield* refused("cbr configure", ({ configure }) => [configure.nothing, configure.giveSomething])
      }
      const names = Object.keys(found.profiles)
      const before = Object.hasOwn(found.profiles, name) ? (found.profiles[name] ?? {}) : {}
      yield* ProfileFile.write(file, {
        // The only one is in use without a word, and stays so.
        default: found.default ?? (names.length === 1 ? names[0] : undefined) ?? name,
        profiles: { ...found.profiles, [name]: changed(before, { credential, place }) }
      }).pipe(Effect.mapError(unwritable(file)))
      yield* Console.error(paint([messages.profiles.saved(name, file)], false))
    })
  ).pipe(
    Command.validate(isOneCredential),
    Command.withDescription(messages.commands.configure.long),
    Command.withShortDescription(messages.commands.configure.short),
    Command.withExamples(messages.commands.configure.examples)
  )

interface Input {
  readonly name: Option.Option<string>
  readonly region: Option.Option<string>
  readonly projectId: Option.Option<string>
  readonly endpoint: Option.Option<string>
  readonly ak: Option.Option<string>
  readonly secretStdin: boolean
  readonly tokenStdin: boolean
}

/** Standard input holds one secret, and a profile one credential. */
const isOneCredential = ({ ak, secretStdin, tokenStdin }: Input) => {
  if (tokenStdin && secretStdin) return wrongUse("oneSecret")
  if (tokenStdin && Option.isSome(ak)) return wrongUse("oneCredential")
  return secretStdin && Option.isNone(ak) ? wrongUse("secretNeedsKey") : Effect.void
}

const refused = (what: string, said: (messages: Messages) => readonly [why: string, next: string]): Failure =>
  new Failure({
    kind: "InvalidRequest",
    tell: (messages) => {
      const [why, next] = said(messages)
      return { title: messages.wrongUse.title, what, why, next: [next] }
    }
  })

/** The profile that is meant: by its name, else by `--profile` or `CBR_PROFILE`, as for every other command. */
const nameOf = Effect.fnUntraced(function* ({ name }: Input) {
  const flag = (yield* ProfileFile.NamedProfile)?.name
  if (Option.isSome(name) && flag !== undefined && flag !== name.value) {
    return yield* refused(`${name.value}, --profile ${flag}`, ({ configure }) => [
      configure.twoNames,
      configure.giveOne
    ])
  }
  const meant = Option.getOrUndefined(name) ?? (yield* nameOfProfile) ?? "default"
  if (meant.trim() === "") return yield* refused("NAME", ({ configure }) => [configure.noName, configure.giveOne])
  return meant
})

type Place = Pick<ProfileFile.Profile, "region" | "project_id" | "endpoint">
type OwnCredential = Pick<ProfileFile.Profile, "token" | "ak" | "sk">

interface Answers {
  readonly place: Place | undefined
  readonly credential: OwnCredential | undefined
}

/**
 * A profile has two halves, where and as whom; what is given of one takes the
 * place of all of it, and the other stays: a new key keeps its region, and no
 * project of another region is left. An agency is assumed with any key.
 */
const changed = (before: ProfileFile.Profile, { credential, place }: Answers): ProfileFile.Profile => ({
  ...Struct.omit(before, [...(place === undefined ? [] : where), ...(credential === undefined ? [] : asWhom)]),
  ...place,
  ...credential
})

const where = ["region", "project_id", "project_name", "project_domain", "endpoint", "iam_endpoint"] as const

const asWhom = ["token", "ak", "sk", "security_token", "user", "password", "domain"] as const

/** Ctrl-C ends the line that the question stands on. */
const answerTo = <A>(prompt: Prompt.Prompt<A>) => Effect.tapError(Prompt.run(prompt), () => Console.error(""))

const answers = Effect.fnUntraced(function* (input: Input, messages: Messages) {
  const { stdinIsTerminal } = yield* Stdio.Stdio
  const { canAnimate } = yield* Presentation
  const canAsk = canAnimate && (yield* stdinIsTerminal)
  const { configure: words } = messages
  const asked = (given: string | undefined, message: string) =>
    given !== undefined || !canAsk
      ? Effect.succeed(given)
      : Effect.map(answerTo(Prompt.String({ message })), (text) => text.trim() || undefined)

  // The environment completes what is given; alone it is in force already, and a profile of it would be no one's wish.
  if (!canAsk && !isGiven(input)) return { place: undefined, credential: undefined }
  const { endpoint, region: givenRegion } = yield* whereFrom(input)
  const region = yield* asked(givenRegion, words.region)
  const project_id = yield* asked(yield* valueOf("project-id", input.projectId), words.projectId)
  const place = yield* checkedPlace({
    ...(region === undefined ? {} : { region }),
    ...(project_id === undefined ? {} : { project_id }),
    ...(endpoint === undefined ? {} : { endpoint })
  })
  if (input.tokenStdin) return { place, credential: { token: yield* secretFromStdin } }
  const ak = yield* asked(Option.getOrUndefined(input.ak), words.ak)
  if (ak === undefined) return { place, credential: undefined }
  if (!/^[\x21-\x7e]+$/.test(ak)) return yield* refused("--ak", ({ configure }) => [configure.noKey, configure.giveKey])
  if (input.secretStdin) return { place, credential: { ak, sk: yield* secretFromStdin } }
  if (!canAsk) return yield* refused("cbr configure", ({ configure }) => [configure.noSecret, configure.giveSecret])
  const sk = yield* usable(Redacted.value(yield* answerTo(Prompt.Password({ message: words.sk }))), words.sk)
  return { place, credential: { ak, sk } }
})

const isGiven = ({ ak, endpoint, projectId, region, tokenStdin }: Input): boolean =>
  tokenStdin || [ak, endpoint, projectId, region].some(Option.isSome)

const valueOf = (flag: string, given: Option.Option<string>) =>
  Option.isSome(given) ? Effect.succeed(given.value) : Settings.variable(Settings.variableOf(flag))

/** A region that is given sets the variable's address aside: it is another region's, or a proxy's. */
const whereFrom = Effect.fnUntraced(function* (input: Input) {
  const region = yield* valueOf("region", input.region)
  const endpoint = yield* valueOf("endpoint", input.endpoint)
  if (Option.isNone(input.region) || Option.isSome(input.endpoint) || endpoint === undefined)
    return { region, endpoint }
  yield* tellSetAside("--region", [Settings.variableOf("endpoint")])
  return { region, endpoint: undefined }
})

/** What a call could use; `undefined` where nothing is said of it. */
const checkedPlace = Effect.fnUntraced(function* (place: Place) {
  const { endpoint, project_id, region } = place
  if (project_id !== undefined && !isProjectId(project_id)) {
    return yield* refused(`--project-id ${project_id}`, ({ configure }) => [configure.noProject, configure.giveProject])
  }
  if (region !== undefined || endpoint !== undefined) {
    const overrides = yield* Effect.catchTag(RegionsFile.overridesOf(region), "ConfigError", Effect.die)
    yield* Endpoint.make({ region, endpoint, overrides }).pipe(
      Effect.catch((error) => Effect.flatMap(failureOf(error, { what: "cbr configure" }), Effect.fail))
    )
  }
  return Object.keys(place).length === 0 ? undefined : place
})

const isProjectId: (text: unknown) => boolean = Schema.is(ProjectId)

/** More than any secret has, in bytes: a token of IAM has some 16 kB. */
const longestSecret = 64 * 1024

const secretFromStdin = Effect.gen(function* () {
  const { stdin } = yield* Stdio.Stdio
  const { saved } = yield* Messages
  const text = yield* Stream.orDie(stdin).pipe(
    Stream.limitBytes<Failure, never>(ByteSize.bytes(longestSecret), () =>
      Stream.fail(
        refused(saved.standardInput, ({ configure }) => [configure.endless(longestSecret), configure.giveAlone])
      )
    ),
    Stream.decodeText(),
    Stream.mkString
  )
  return yield* usable(text, saved.standardInput)
})

/** A secret without the line's end after it. */
const usable = (text: string, where: string): Effect.Effect<Redacted.Redacted<string>, Failure> => {
  const secret = text.trim()
  if (secret === "") return Effect.fail(refused(where, ({ configure }) => [configure.emptySecret, configure.giveAlone]))
  return /\s/.test(secret)
    ? Effect.fail(refused(where, ({ configure }) => [configure.notAlone, configure.giveAlone]))
    : Effect.succeed(Redacted.make(secret))
}
