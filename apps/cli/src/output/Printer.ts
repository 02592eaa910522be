import type { ShowBackupResponse } from "@cbr/domain"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { OutputOptions } from "../args/OutputOptions.ts"
import { Failure, report as reportFailure, toJson } from "../failures/Failure.ts"
import { Messages } from "../messages/Messages.ts"
import type { JsonValue } from "../text/JsonValue.ts"
import * as JsonValues from "../text/JsonValue.ts"
import type { FormatName } from "../values/FormatName.ts"
import type { Item, RenderContext } from "./Format.ts"
import { formats } from "./formats.ts"
import * as Query from "./Query.ts"

/** What every format is given of the moment and the place. */
export const renderContext: Effect.Effect<RenderContext> = Effect.gen(function* () {
  const { colour, stdoutIsTerminal, stdoutWidth } = yield* OutputOptions
  return {
    now: yield* DateTime.now,
    isTerminal: stdoutIsTerminal,
    width: stdoutWidth,
    colour,
    messages: yield* Messages
  }
})

const print = (text: string | undefined) => (text === undefined ? Effect.void : Console.log(text))

/**
 * What the query that was asked for makes of findings; nothing where none was.
 * Wrong use where it is none, and where they are to be gauges, which are of
 * whole backups: a command that sends something asks for this before.
 */
export const compileQuery: Effect.Effect<Query.Query | undefined, Failure> = Effect.gen(function* () {
  const { output, query } = yield* OutputOptions
  if (output === "openmetrics") {
    return yield* new Failure({
      kind: "InvalidRequest",
      render: ({ gauges, wrongUse }) => ({
        title: wrongUse.title,
        what: "-o openmetrics",
        why: gauges.none,
        next: [gauges.next]
      })
    })
  }
  return query === undefined ? undefined : yield* Query.compile(query)
})

/** Prints one backup after the other. */
export type BackupPrinter = Effect.Success<ReturnType<typeof backupPrinter>>

/**
 * Prints backups on stdout as they come, in the format and through the query
 * that were asked for: unless told otherwise a table for a reader, JSON for a
 * pipe or with a query. Those that failed go to stderr where the format has no
 * form for them.
 */
export const backupPrinter = Effect.fnUntraced(function* (many: boolean, preferred?: FormatName) {
  const { colour, output, query, stdoutIsTerminal } = yield* OutputOptions
  const usual = query === undefined && (stdoutIsTerminal || colour) ? "table" : "json"
  const name = output ?? preferred ?? usual
  const select = query === undefined ? undefined : yield* compileQuery
  const format = yield* Effect.promise(formats[name])
  const writer = format(yield* renderContext, many)
  const next = (item: Item) => print(writer.next(item))

  return {
    format: name,
    /** One backup, and the word that it was asked for by. */
    printBackup: (response: ShowBackupResponse, id?: string): Effect.Effect<void, Failure> =>
      select === undefined
        ? next({ _tag: "Backup", response, id })
        : Effect.flatMap(select(JsonValues.parse(response.raw)), (value) => next({ _tag: "Value", value })),
    printFailure: (id: string, failure: Failure): Effect.Effect<void> => {
      const text = writer.next({ _tag: "Failed", id, error: toJson(failure) })
      return text === undefined ? reportFailure(failure) : Console.log(text)
    },
    end: Effect.suspend(() => print(writer.end()))
  }
})

/** What a command found, on stdout: its text for a reader, or its value in the format and through the query that were asked for. */
export const printFindings = (value: JsonValue, text: (where: RenderContext) => string) =>
  Effect.flatten(findingsPrinter(value, text))

/** {@link printFindings} in two steps, for who has something to say before: what can fail, and the printing. */
export const findingsPrinter = Effect.fnUntraced(function* (
  value: JsonValue,
  text: (where: RenderContext) => string
): Effect.fn.Return<Effect.Effect<void>, Failure> {
  const { output } = yield* OutputOptions
  const select = yield* compileQuery
  const where = yield* renderContext
  if (select === undefined && (output ?? "table") === "table") return Console.log(text(where))
  const selected = select === undefined ? value : yield* select(value)
  const name = output ?? "json"
  const format = yield* Effect.promise(formats[name])
  // Its lines are those of a list, where there is one.
  const values = name === "ndjson" && Array.isArray(selected) ? (selected as ReadonlyArray<JsonValue>) : [selected]
  const writer = format(where, false)
  return Effect.andThen(
    Effect.forEach(values, (each) => print(writer.next({ _tag: "Value", value: each })), { discard: true }),
    Effect.suspend(() => print(writer.end()))
  )
})
