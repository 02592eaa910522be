import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import * as BackupRef from "./BackupRef.ts"
import { Failure } from "./Failure.ts"
import { isObject, type JsonValue } from "./output/JsonValue.ts"

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

/** The words themselves, with every line of standard input in the place of `-`. */
export const wordsOf = (words: ReadonlyArray<string>): Stream.Stream<string, never, Stdio.Stdio> =>
  words.includes("-")
    ? Stream.flatMap(Stream.fromIterable(words), (word) => (word === "-" ? fromStandardInput : Stream.succeed(word)))
    : Stream.fromIterable(words)

const fromStandardInput: Stream.Stream<string, never, Stdio.Stdio> = Stream.unwrap(
  Effect.map(Stdio.Stdio, ({ stdin }) =>
    stdin.pipe(
      Stream.orDie,
      Stream.decodeText(),
      Stream.splitLines,
      Stream.map((line) => idOfLine(line.trim())),
      Stream.filter((word) => word !== "")
    )
  )
)

/** A line is an id, or JSON: a string, or an object with `backup_id`, `id` or a whole `backup`. */
const idOfLine = (line: string): string => {
  if (!/^[{"]/.test(line)) return line
  try {
    return idOfJson(JSON.parse(line) as JsonValue) ?? line
  } catch {
    return line
  }
}

const idOfJson = (value: JsonValue | undefined): string | undefined => {
  if (typeof value === "string") return value
  if (!isObject(value)) return undefined
  return [value["backup_id"], value["id"]].find((id) => typeof id === "string") ?? idOfJson(value["backup"])
}
