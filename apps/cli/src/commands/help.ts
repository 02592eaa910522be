import { Chain } from "@cbr/client"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { exitCodes } from "../ExitCodes.ts"
import { Messages } from "../messages/Messages.ts"
import { formatNames } from "../output/FormatName.ts"
import { laidOut } from "../output/Layout.ts"
import type { Piece } from "../output/Paint.ts"
import { Presentation } from "../Presentation.ts"
import { WholeTree } from "../WholeTree.ts"

type Rows = ReadonlyArray<ReadonlyArray<Piece>>

/** `cbr help`: what holds for every command. */
export const help = (messages: Messages) =>
  Command.make(
    "help",
    {
      topic: Argument.Literals("TOPIC", ["exit-codes", "environment", "output", "auth"]).pipe(
        Argument.withDescription(messages.args.topic),
        Argument.optional
      )
    },
    Effect.fn("help")(function* ({ topic }) {
      const { colour, stdoutWidth } = yield* Presentation
      const rows = Option.isNone(topic) ? overview(messages) : yield* topics[topic.value]
      yield* Console.log(laidOut(rows, { colour, width: stdoutWidth }))
    })
  ).pipe(
    Command.withDescription(messages.commands.help.long),
    Command.withShortDescription(messages.commands.help.short),
    Command.withExamples(messages.commands.help.examples)
  )

const strong = (text: string): Piece => ({ text, tone: "strong" })

const overview = ({ topics: words }: Messages): Rows =>
  Object.entries(words.about).map(([name, about]) => [strong(name), about])

const topics = {
  "exit-codes": Effect.map(Messages, (messages): Rows => {
    const words = messages.topics
    const codes = [...new Set(exitCodes.map(({ code }) => code))]
    return [
      words.exitCodes.header.map(strong),
      ...codes.map((code) => {
        const same = exitCodes.filter((each) => each.code === code)
        return [
          code,
          [...new Set(same.map(({ meaning }) => messages.pick(meaning)))].join("; "),
          words.exitCodes.retry[same.some(({ retry }) => retry === "later") ? "later" : (same[0]?.retry ?? "no")]
        ]
      }),
      [""],
      [words.exitCodes.check]
    ]
  }),

  environment: Effect.gen(function* () {
    const messages = yield* Messages
    const tree = Completions.fromCommand(yield* Effect.flatten(WholeTree))
    const found = new Map<string, string>()
    const visit = (command: Completions.CommandDescriptor): void => {
      for (const { description = "", name } of command.flags) {
        const [, variables = ""] = /\[env: ([^\]]*)\]/.exec(description) ?? []
        for (const variable of variables.split(", ").filter((each) => each !== "")) {
          if (!found.has(variable)) found.set(variable, `--${name}`)
        }
      }
      command.subcommands.forEach(visit)
    }
    visit(tree)
    return [
      ...[...found].map(([variable, flag]): ReadonlyArray<Piece> => [strong(variable), flag]),
      ...messages.topics.environment.map(([variable, meaning]): ReadonlyArray<Piece> => [strong(variable), meaning])
    ]
  }),

  output: Effect.map(Messages, ({ topics: { output } }): Rows =>
    formatNames.map((name) => [strong(name), output[name]])
  ),

  auth: Effect.map(Messages, ({ sentence, topics: { auth } }): Rows => [
    [auth.order],
    ...Chain.links.map(({ place }, index): ReadonlyArray<Piece> => [
      strong(String(index + 1)),
      `${sentence(place)}${auth.places[place] === undefined ? "" : `: ${auth.places[place]}`}`
    ]),
    [auth.never]
  ])
}
