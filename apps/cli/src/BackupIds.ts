import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import * as BackupRef from "./BackupRef.ts"
import { Failure } from "./Failure.ts"
import { isObject, type JsonValue, stringify } from "./output/JsonValue.ts"

/** A word that should mean a backup: what it means, or why it means none. */
export const refOf = (text: string): Effect.Effect<BackupRef.BackupRef, Failure> =>
  Option.match(BackupRef.parse(text), {
    onSome: Effect.succeed,
    onNone: () =>
      Effect.fail(
        new Failure({
          kind: "InvalidRequest",
          tell: ({ wrongId }) => ({ title: wrongId.title, what: text, why: wrongId.why, next: [wrongId.next] })
        })
      )
  })

/** The words themselves, with what standard input holds in the place of `-`. */
export const wordsOf = (words: ReadonlyArray<string>): Stream.Stream<string, Failure, Stdio.Stdio> =>
  words.includes("-")
    ? Stream.flatMap(Stream.fromIterable(words), (word) => (word === "-" ? fromStandardInput : Stream.succeed(word)))
    : Stream.fromIterable(words)

/** A word a line; JSON of one line or of many gives the ids in it. */
const fromStandardInput: Stream.Stream<string, Failure, Stdio.Stdio> = Stream.unwrap(
  Effect.map(Stdio.Stdio, ({ stdin }) =>
    stdin.pipe(
      Stream.orDie,
      Stream.decodeText(),
      Stream.splitLines,
      Stream.mapAccum(() => "", readLine, { onHalt: (open) => (open === "" ? [] : [unended(open)]) }),
      Stream.mapEffect((word) => (typeof word === "string" ? Effect.succeed(word) : Effect.fail(word))),
      Stream.filter((word) => word !== "")
    )
  )
)

/** Longest JSON that is read as one value, in characters. */
const longest = 16 * 1024 * 1024

/** Reads a line, given the lines before it that are JSON which has not ended. */
const readLine = (open: string, line: string): readonly [open: string, words: ReadonlyArray<string | Failure>] => {
  if (open === "") {
    const text = line.trim()
    if (!/^[[{"]/.test(text)) return ["", [text]]
    const ids = idsOfText(text)
    return ids === undefined ? [text, []] : ["", ids]
  }
  const text = `${open}\n${line}`
  if (text.length > longest) return ["", [unended(text)]]
  // Only there can it end as programs lay it out: it is not read anew for each line.
  const ids = /^\s*[\]}]/.test(line) ? idsOfText(text) : undefined
  return ids === undefined ? [text, []] : ["", ids]
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

const unended = (text: string): Failure =>
  new Failure({
    kind: "InvalidRequest",
    tell: ({ saved, wrongId }) => ({
      title: wrongId.title,
      what: saved.standardInput,
      why: wrongId.notJson(text.slice(0, 40)),
      next: [wrongId.lines]
    })
  })
