import { isObject, type JsonValue, stringifyJson } from "@cbr/client/jmespath"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { Failure } from "../failures/Failure.ts"
import type { Messages } from "../messages/Messages.ts"
import * as BackupRef from "../values/BackupRef.ts"
import { decodeText } from "./TextDecoding.ts"

/** Parses the reference of a backup. */
export const parseRef = (text: string): Effect.Effect<BackupRef.BackupRef, Failure> =>
  Option.match(BackupRef.parse(text), {
    onSome: Effect.succeed,
    onNone: () =>
      Effect.fail(
        Failure.of("InvalidRequest", text, ({ wrongId }) => [
          wrongId.title,
          wrongId.why,
          wrongId.next,
          isPartOfId(text) ? wrongId.byPart(text) : wrongId.byName(shorten(text))
        ])
      )
  })

/** Whether a text looks like the first digits of an id, as a terminal may cut them. */
const isPartOfId = (text: string): boolean =>
  /^(?=[a-f]*\d)[\da-f]{4,8}(?:-[\da-f]{0,4}){0,3}(?:-[\da-f]{0,11})?$/i.test(text)

/** Reads the ids of a command line; `-` stands for those on standard input. */
export const readIds = (words: ReadonlyArray<string>): Stream.Stream<string, Failure, Stdio.Stdio> =>
  words.includes("-")
    ? Stream.flatMap(Stream.fromIterable(words), (word) => (word === "-" ? fromStandardInput : Stream.succeed(word)))
    : Stream.fromIterable(words)

/** Reads an id from each line, or the ids in JSON of one or several lines. */
const fromStandardInput: Stream.Stream<string, Failure, Stdio.Stdio> = Stream.unwrap(
  Effect.map(Stdio.Stdio, ({ stdin }) =>
    stdin.pipe(
      Stream.orDie,
      decodeText,
      // Limited before lines are joined: an endless line would fill the memory.
      Stream.mapAccumEffect(() => 0, limitLine),
      Stream.splitLines,
      Stream.mapAccum(() => noJson, readLine, { onHalt: ({ text }) => (text === "" ? [] : [notJson(text)]) }),
      Stream.mapEffect((word) => (typeof word === "string" ? Effect.succeed(word) : Effect.fail(word))),
      Stream.filter((word) => word !== "")
    )
  )
)

/** Incomplete JSON: its lines so far, and the number of open brackets. */
interface PartialJson {
  readonly text: string
  readonly depth: number
}

const noJson: PartialJson = { text: "", depth: 0 }

/** Longest line, and longest JSON of several lines, in characters. */
const maxLength = 16 * 1024 * 1024

/** Longest reference, in characters; messages show only the start of a longer one. */
const maxWordLength = 4096

/** Passes text on while its last, open line is not too long; `length` is that of the line so far. */
const limitLine = (length: number, text: string): Effect.Effect<readonly [number, readonly [string]], Failure> => {
  const first = text.indexOf("\n")
  return length + (first < 0 ? text.length : first) > maxLength
    ? Effect.fail(invalidInput(({ wrongId }) => wrongId.endless(maxLength)))
    : Effect.succeed([first < 0 ? length + text.length : text.length - text.lastIndexOf("\n") - 1, [text]])
}

const readLine = (
  begun: PartialJson,
  line: string
): readonly [begun: PartialJson, words: ReadonlyArray<string | Failure>] => {
  const isFirst = begun.depth === 0
  const text = isFirst ? line.trim() : `${begun.text}\n${line}`
  if (isFirst && !/^[[{"]/.test(text)) return [noJson, [shorten(text)]]
  if (!isFirst && text.length > maxLength) return [noJson, [notJson(text)]]
  // Parsed once, at the last closing bracket: parsing after each line would take quadratic time.
  const depth = begun.depth + bracketDepth(line)
  if (depth > 0) return [{ text, depth }, []]
  // An invalid line is one wrong id; after an invalid value of several lines nothing more is read.
  return [noJson, idsOfText(text)?.map(shorten) ?? [isFirst ? shorten(text) : notJson(text)]]
}

const shorten = (word: string): string => (word.length > maxWordLength ? `${word.slice(0, 40)}…` : word)

/** The brackets that a line opens minus those that it closes, without those in strings. */
const bracketDepth = (line: string): number => {
  let depth = 0
  let isText = false
  for (let at = 0; at < line.length; at++) {
    const char = line[at]
    if (char === '"') isText = !isText
    else if (isText) at += char === "\\" ? 1 : 0
    else if (char === "[" || char === "{") depth++
    else if (char === "]" || char === "}") depth--
  }
  return depth
}

const idsOfText = (text: string): ReadonlyArray<string> | undefined => {
  try {
    return idsOf(JSON.parse(text) as JsonValue)
  } catch {
    return undefined
  }
}

/**
 * The ids in JSON: a string, the `backup_id` or `id` of an object or of its `backup` or `backups`, and those in arrays.
 */
const idsOf = (value: JsonValue): ReadonlyArray<string> => {
  if (typeof value === "string") return [value]
  if (Array.isArray(value)) return (value as ReadonlyArray<JsonValue>).flatMap(idsOf)
  if (isObject(value)) {
    const id = [value["backup_id"], value["id"]].find((id) => typeof id === "string")
    if (id !== undefined) return [id]
    const within = value["backup"] ?? value["backups"]
    if (within !== undefined) return idsOf(within)
  }
  return [stringifyJson(value, "line")]
}

const notJson = (text: string): Failure => invalidInput(({ wrongId }) => wrongId.notJson(text.slice(0, 40)))

const invalidInput = (why: (messages: Messages) => string): Failure =>
  new Failure({
    kind: "InvalidRequest",
    render: (messages) => ({
      title: messages.wrongId.title,
      what: messages.saved.standardInput,
      why: why(messages),
      next: [messages.wrongId.lines]
    })
  })
