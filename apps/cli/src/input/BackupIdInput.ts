import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { Failure } from "../failures/Failure.ts"
import type { Messages } from "../messages/Messages.ts"
import { isObject, type JsonValue, stringify } from "../text/JsonValue.ts"
import * as BackupRef from "../values/BackupRef.ts"
import { decodeText } from "./TextDecoding.ts"

/** A word that should mean a backup: what it means, or why it means none. */
export const parseRef = (text: string): Effect.Effect<BackupRef.BackupRef, Failure> =>
  Option.match(BackupRef.parse(text), {
    onSome: Effect.succeed,
    onNone: () =>
      Effect.fail(
        new Failure({
          kind: "InvalidRequest",
          render: ({ wrongId }) => ({ title: wrongId.title, what: text, why: wrongId.why, next: [wrongId.next] })
        })
      )
  })

/** The words themselves, with what standard input holds in the place of `-`. */
export const readIds = (words: ReadonlyArray<string>): Stream.Stream<string, Failure, Stdio.Stdio> =>
  words.includes("-")
    ? Stream.flatMap(Stream.fromIterable(words), (word) => (word === "-" ? fromStandardInput : Stream.succeed(word)))
    : Stream.fromIterable(words)

/** A word a line; JSON of one line or of many gives the ids in it. */
const fromStandardInput: Stream.Stream<string, Failure, Stdio.Stdio> = Stream.unwrap(
  Effect.map(Stdio.Stdio, ({ stdin }) =>
    stdin.pipe(
      Stream.orDie,
      decodeText,
      // Before the lines are put together: one without an end would be kept whole.
      Stream.mapAccumEffect(() => 0, limitLine),
      Stream.splitLines,
      Stream.mapAccum(() => noJson, readLine, { onHalt: ({ text }) => (text === "" ? [] : [notJson(text)]) }),
      Stream.mapEffect((word) => (typeof word === "string" ? Effect.succeed(word) : Effect.fail(word))),
      Stream.filter((word) => word !== "")
    )
  )
)

/** JSON that has begun and not ended: its lines so far, and how many brackets are open in them. */
interface PartialJson {
  readonly text: string
  readonly depth: number
}

const noJson: PartialJson = { text: "", depth: 0 }

/** Longest line, and longest JSON of many lines that is read as one value, in characters. */
const maxLength = 16 * 1024 * 1024

/** Longest word that may mean a backup, in characters; of a longer one no more is told than its start. */
const maxWordLength = 4096

/** Passes text on, while the line that it leaves open, of `length` so far, may still come to an end. */
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
  // Parsed where the last bracket closes and nowhere before it, or the time for many lines would be that of their square.
  const depth = begun.depth + bracketDepth(line)
  if (depth > 0) return [{ text, depth }, []]
  // A line that is no JSON is one wrong word; where a value of many lines went wrong, what follows it is not known.
  return [noJson, idsOfText(text)?.map(shorten) ?? [isFirst ? shorten(text) : notJson(text)]]
}

const shorten = (word: string): string => (word.length > maxWordLength ? `${word.slice(0, 40)}…` : word)

/** How many brackets a line opens more than it closes; those in a text do not count, and no text goes on in the next line. */
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

/** Of a text itself; of an object `backup_id`, `id`, or those of its `backup` or `backups`; of an array those of each. */
const idsOf = (value: JsonValue): ReadonlyArray<string> => {
  if (typeof value === "string") return [value]
  if (Array.isArray(value)) return (value as ReadonlyArray<JsonValue>).flatMap(idsOf)
  if (isObject(value)) {
    const id = [value["backup_id"], value["id"]].find((id) => typeof id === "string")
    if (id !== undefined) return [id]
    const within = value["backup"] ?? value["backups"]
    if (within !== undefined) return idsOf(within)
  }
  return [stringify(value, "line")]
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
