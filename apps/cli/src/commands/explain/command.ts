import { type ErrorKind, ErrorTable, nearestName, serviceCodes } from "@cbr/client"
import type { JsonValue } from "@cbr/client/jmespath"
import {
  type LocalizedText,
  type DocumentedField,
  documentedFields,
  HealthLevel,
  levelMeanings,
  levelText
} from "@cbr/domain"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { withHelp } from "../../args/CommandHelp.ts"
import { Failure } from "../../failures/Failure.ts"
import type { Messages } from "../../messages/Messages.ts"
import type { RenderContext } from "../../output/Format.ts"
import { printFindings } from "../../output/Printer.ts"
import type { Piece } from "../../text/Style.ts"
import { layOutTable } from "../../text/TableLayout.ts"
import { texts } from "./texts.ts"

/** A topic of explanation. */
interface Topic {
  readonly name: string
  /** Other names of it. */
  readonly aliases?: ReadonlyArray<string>
  /** The type of a field, or the kind of another word. */
  readonly type: DocumentedField["type"] | "value" | "verdict" | "error"
  readonly meaning: LocalizedText
  readonly values?: Readonly<Record<string, LocalizedText>> | undefined
}

/** `cbr explain`: the meaning of a field, a status or a kind of error; offline. */
export const explain = (messages: Messages) =>
  Command.make(
    "explain",
    {
      word: Argument.String("FIELD").pipe(
        Argument.withDescription(messages.pick(texts).args.explain),
        Argument.optional
      )
    },
    Effect.fn("explain")(function* ({ word }) {
      const found = Option.match(word, {
        onNone: () => topics.filter(({ type }) => type !== "value"),
        onSome: matching
      })
      if (found.length === 0) {
        const asked = Option.getOrElse(word, () => "")
        const near = nearestName(asked, wordsOfTopics)
        return yield* Failure.of("InvalidRequest", asked, ({ meant, pick }) => [
          pick(texts).unknown,
          pick(texts).unknownWhy,
          ...(near === undefined ? [] : [meant(near)]),
          pick(texts).unknownNext
        ])
      }
      yield* printFindings(found.map(toJson), (where) => text(found, where, Option.isSome(word)))
    })
  ).pipe(withHelp(messages.pick(texts)))

const fields: ReadonlyArray<Topic> = documentedFields().map(({ meaning, path, type, values }) => ({
  name: path,
  type,
  meaning,
  values
}))

const ofError = ({ exitCode, title }: ErrorKind, hint: LocalizedText): LocalizedText => ({
  en: `${title.en} (exit ${exitCode}): ${hint.en}`,
  zh: `${title.zh}（退出码 ${exitCode}）：${hint.zh}`
})

const topics: ReadonlyArray<Topic> = [
  ...fields,
  ...fields.flatMap(({ name, values = {} }) =>
    Object.entries(values).map(([value, meaning]): Topic => ({ name: `${name}=${value}`, type: "value", meaning }))
  ),
  ...HealthLevel.literals.map((level): Topic => ({
    name: level,
    aliases: [levelText(level, "en"), levelText(level, "zh")],
    type: "verdict",
    meaning: levelMeanings[level]
  })),
  ...Object.entries(ErrorTable).map(([tag, kind]): Topic => ({
    name: kind.slug,
    aliases: [tag, kind.title.en, kind.title.zh],
    type: "error",
    meaning: ofError(kind, kind.hint)
  }))
]

/** Every explained word: the whole name, and its last part. */
const wordsOfTopics: ReadonlyArray<string> = [
  ...new Set(topics.flatMap(({ aliases = [], name }) => [name.replace(/^.*[.=]/s, ""), name, ...aliases]))
]

/** The meanings of a code of the service. */
const ofCode = (code: string): ReadonlyArray<Topic> =>
  serviceCodes(code).map(({ hint, kind }) => ({
    name: code,
    type: "error",
    meaning: ofError(ErrorTable[kind], hint ?? ErrorTable[kind].hint)
  }))

/** Finds topics by their path or its end, with or without `backup.`, `children[]` and indexes. */
const matching = (word: string): ReadonlyArray<Topic> => {
  const plain = (text: string) => text.toLowerCase().replaceAll(/\[[^\]]*\]/g, "")
  const asked = plain(word)
    .replace(/^backup\./, "")
    .replaceAll("children.", "")
  const exact = topics.filter(({ aliases = [], name }) => [name, ...aliases].some((each) => plain(each) === asked))
  if (exact.length > 0) return exact
  const codes = ofCode(word)
  if (codes.length > 0) return codes
  return topics.filter(({ name }) => plain(name).endsWith(`.${asked}`) || plain(name).endsWith(`=${asked}`))
}

const toJson = ({ meaning, name, type, values }: Topic): JsonValue => ({
  name,
  type,
  en: meaning.en,
  zh: meaning.zh,
  values:
    values === undefined ? null : Object.fromEntries(Object.entries(values).map(([key, each]) => [key, { ...each }]))
})

const text = (found: ReadonlyArray<Topic>, where: RenderContext, withValues: boolean): string => {
  const { messages } = where
  const line = ({ meaning, name, type }: Topic): ReadonlyArray<Piece> => [
    { text: name, tone: "strong" },
    { text: messages.pick(texts).types[type], tone: "faint" },
    messages.pick(meaning)
  ]
  if (!withValues) return layOutTable(found.map(line), where)
  return found
    .flatMap((topic) => [
      layOutTable([line(topic)], where),
      ...(Object.entries(topic.values ?? {}).length === 0
        ? []
        : [
            layOutTable(
              Object.entries(topic.values ?? {}).map(([value, meaning]) => [`  ${value}`, messages.pick(meaning)]),
              where
            )
          ])
    ])
    .join("\n")
}
