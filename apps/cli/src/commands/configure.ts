import { ProfileFile } from "@cbr/client"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Prompt from "effect/cli/Prompt"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { Failure } from "../Failure.ts"
import type { Messages } from "../messages/Messages.ts"
import { paint } from "../output/Paint.ts"
import { Presentation } from "../Presentation.ts"
import * as Settings from "../Settings.ts"
import { readProfiles, unwritable } from "./profiles.ts"

/** `cbr configure`: saves a way to call as a profile; a secret comes by prompt or standard input, never as a flag. */
export const configure = (messages: Messages) =>
  Command.make(
    "configure",
    {
      name: Argument.String("NAME").pipe(
        Argument.withDescription(messages.args.profile),
        Argument.withDefault("default")
      ),
      region: Settings.textFlag("region", "REGION", messages.flags.region).pipe(Flag.optional),
      projectId: Settings.textFlag("project-id", "ID", messages.flags.projectId).pipe(Flag.optional),
      endpoint: Settings.textFlag("endpoint", "URL", messages.flags.endpoint).pipe(Flag.optional),
      ak: Settings.textFlag("ak", "AK", messages.flags.ak).pipe(Flag.optional),
      secretStdin: Settings.switchFlag("secret-stdin", messages.flags.secretStdin),
      tokenStdin: Settings.switchFlag("token-stdin", messages.flags.tokenStdin)
    },
    Effect.fn("configure")(function* (input) {
      const { file, found } = yield* readProfiles
      const profile = yield* profileOf(input, messages)
      yield* ProfileFile.write(file, {
        default: found.default ?? input.name,
        profiles: { ...found.profiles, [input.name]: profile }
      }).pipe(Effect.mapError(unwritable(file)))
      yield* Console.error(paint([messages.profiles.saved(input.name, file)], false))
    })
  ).pipe(
    Command.withDescription(messages.commands.configure.long),
    Command.withShortDescription(messages.commands.configure.short),
    Command.withExamples(messages.commands.configure.examples)
  )

interface Input {
  readonly region: Option.Option<string>
  readonly projectId: Option.Option<string>
  readonly endpoint: Option.Option<string>
  readonly ak: Option.Option<string>
  readonly secretStdin: boolean
  readonly tokenStdin: boolean
}

const profileOf = Effect.fnUntraced(function* (input: Input, messages: Messages) {
  const { stdinIsTerminal } = yield* Stdio.Stdio
  const { canAnimate } = yield* Presentation
  const canAsk = canAnimate && (yield* stdinIsTerminal)
  const { configure: words } = messages
  const asked = (given: Option.Option<string>, message: string) =>
    Option.isSome(given) || !canAsk
      ? Effect.succeed(Option.getOrUndefined(given))
      : Effect.map(Prompt.run(Prompt.String({ message })), (text) => text.trim() || undefined)

  const region = yield* asked(input.region, words.region)
  const project_id = yield* asked(input.projectId, words.projectId)
  const endpoint = Option.getOrUndefined(input.endpoint)
  const place = {
    ...(region === undefined ? {} : { region }),
    ...(project_id === undefined ? {} : { project_id }),
    ...(endpoint === undefined ? {} : { endpoint })
  } satisfies ProfileFile.Profile
  if (input.tokenStdin) return { ...place, token: yield* secretFromStdin }
  const ak = yield* asked(input.ak, words.ak)
  if (ak === undefined) return place
  if (input.secretStdin) return { ...place, ak, sk: yield* secretFromStdin }
  if (canAsk) return { ...place, ak, sk: yield* Prompt.run(Prompt.Password({ message: words.sk })) }
  return yield* new Failure({
    kind: "InvalidRequest",
    tell: ({ configure, wrongUse }) => ({
      title: wrongUse.title,
      what: "cbr configure",
      why: configure.noSecret,
      next: [configure.giveSecret]
    })
  })
})

const secretFromStdin = Effect.gen(function* () {
  const { stdin } = yield* Stdio.Stdio
  const text = yield* Effect.orDie(Stream.mkString(Stream.decodeText(stdin)))
  return Redacted.make(text.trim())
})
