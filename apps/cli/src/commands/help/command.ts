import { CredentialChain } from "@cbr/client"
import type { JsonValue } from "@cbr/client/jmespath"
import { HealthLevel, levelMeanings, levelText, levelVerdicts } from "@cbr/domain"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { withHelp } from "../../args/CommandHelp.ts"
import { globalFlagsDescriptor } from "../../args/FlagDescriptors.ts"
import { FullCommandTree } from "../../args/FullCommandTree.ts"
import { exitCodeMeanings, monitoringStates } from "../../exit/ExitCodes.ts"
import { en } from "../../messages/en.ts"
import type { Messages } from "../../messages/Messages.ts"
import { printFindings } from "../../output/Printer.ts"
import type { Piece } from "../../text/Style.ts"
import { layOutTable } from "../../text/TableLayout.ts"
import { formatNames } from "../../values/FormatName.ts"
import { texts } from "./texts.ts"

/** A topic: rows of text, or objects with these keys as data. */
interface Topic {
  readonly keys: ReadonlyArray<string>
  readonly before?: string
  readonly header?: ReadonlyArray<string>
  readonly entries: ReadonlyArray<ReadonlyArray<string>>
  readonly after?: string
}

/** `cbr help`: the topics of every command. */
export const help = (messages: Messages) =>
  Command.make(
    "help",
    {
      topic: Argument.Literals("TOPIC", ["exit-codes", "environment", "output", "auth", "verdict"]).pipe(
        Argument.withDescription(messages.pick(texts).args.topic),
        Argument.optional
      )
    },
    Effect.fn("help")(function* ({ topic }) {
      const told = (messages: Messages) =>
        Option.isNone(topic) ? Effect.succeed(overview(messages)) : topics[topic.value](messages)
      const shown = yield* told(messages)
      yield* printFindings(toJson(yield* told(en)), (where) => layOutTable(rowsOf(shown), where))
    })
  ).pipe(withHelp(messages.pick(texts)))

const rowsOf = ({ after, before, entries, header }: Topic): ReadonlyArray<ReadonlyArray<Piece>> => [
  ...(before === undefined ? [] : [[before], [""]]),
  ...(header === undefined ? [] : [header.map(strong)]),
  ...entries.map(([first = "", ...rest]) => [strong(first), ...rest]),
  ...(after === undefined ? [] : [[""], [after]])
]

const strong = (text: string): Piece => ({ text, tone: "strong" })

/** The JSON, in English. */
const toJson = ({ entries, keys }: Topic): JsonValue =>
  entries.map((entry) => Object.fromEntries(keys.map((key, index) => [key, entry[index] || null])))

const overview = ({ pick }: Messages): Topic => ({
  keys: ["topic", "about"],
  entries: Object.entries(pick(texts).about)
})

const topics = {
  "exit-codes": (messages: Messages) => {
    const words = messages.pick(texts).exitCodes
    const codes = [...new Set(exitCodeMeanings.map(({ code }) => code))]
    return Effect.succeed<Topic>({
      keys: ["code", "meaning", "retry"],
      header: words.header,
      entries: codes.map((code) => {
        const same = exitCodeMeanings.filter((each) => each.code === code)
        return [
          String(code),
          [...new Set(same.map(({ meaning }) => messages.pick(meaning)))].join(words.or),
          words.retry[same.some(({ retry }) => retry === "later") ? "later" : (same[0]?.retry ?? "no")]
        ]
      }),
      after: words.check
    })
  },

  environment: Effect.fnUntraced(function* (messages: Messages) {
    const tree = Completions.fromCommand(yield* Effect.flatten(FullCommandTree))
    const all = globalFlagsDescriptor(messages)
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
    visit(all)
    return { keys: ["variable", "meaning"], entries: [...found, ...messages.pick(texts).environment] } satisfies Topic
  }),

  output: ({ pick }: Messages) =>
    Effect.succeed<Topic>({
      keys: ["format", "meaning"],
      entries: formatNames.map((name) => [name, pick(texts).output[name]])
    }),

  verdict: ({ locale, pick }: Messages) => {
    const { verdict } = pick(texts)
    return Effect.succeed<Topic>({
      keys: ["verdict", "meaning", "check"],
      before: verdict.before,
      header: verdict.header,
      entries: HealthLevel.literals.map((level) => [
        levelText(level, locale),
        pick(levelMeanings[level]),
        monitoringStates[levelVerdicts[level]].word
      ]),
      after: verdict.after
    })
  },

  auth: ({ pick, place: placeName }: Messages) => {
    const { auth } = pick(texts)
    return Effect.succeed<Topic>({
      keys: ["order", "place"],
      before: auth.order,
      entries: CredentialChain.sources.map(({ name: place }, index) => [
        String(index + 1),
        auth.place(placeName(place), auth.places[place])
      ]),
      after: auth.never
    })
  }
}
