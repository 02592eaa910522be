import { type JsonValue, parseJson } from "@cbr/client/jmespath"
import type { ShowBackupResponse } from "@cbr/domain"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { OutputOptions } from "../args/OutputOptions.ts"
import type { Failure } from "../failures/Failure.ts"
import { report as reportFailure, toJson } from "../failures/FailureReport.ts"
import { invalidRequestFailure } from "../failures/InvalidRequestFailure.ts"
import { Messages } from "../messages/Messages.ts"
import type { FormatName } from "../values/FormatName.ts"
import { untilRead } from "./Backpressure.ts"
import type { Item, RenderContext } from "./Format.ts"
import { formats } from "./formats.ts"
import * as Query from "./Query.ts"

/** The context of rendering: time, terminal, colour, language. */
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

/** Prints one of many texts on stdout, and waits for the reader. */
export const printNext = (text: string | undefined): Effect.Effect<void> => Effect.andThen(print(text), untilRead)

/**
 * Compiles `--query` for findings; undefined without one. Fails if the query
 * is invalid, and for `-o openmetrics`, which works on whole backups only. A
 * command compiles it before it sends anything.
 */
export const compileQuery: Effect.Effect<Query.Query | undefined, Failure> = Effect.gen(function* () {
  const { output, query } = yield* OutputOptions
  if (output === "openmetrics") {
    return yield* invalidRequestFailure("-o openmetrics", ({ gauges }) => [gauges.none, gauges.next])
  }
  return query === undefined ? undefined : yield* Query.compile(query)
})

/** Prints backups in order. */
export type BackupPrinter = Effect.Success<ReturnType<typeof backupPrinter>>

/**
 * Prints backups on stdout in the format of `-o` and through `--query`. The
 * default is a table on a terminal, and JSON in a pipe or with a query. A
 * failure goes to stderr if the format has no form for it.
 */
export const backupPrinter = Effect.fnUntraced(function* (many: boolean, preferred?: FormatName) {
  const { colour, output, query, stdoutIsTerminal } = yield* OutputOptions
  const usual = query === undefined && (stdoutIsTerminal || colour) ? "table" : "json"
  const name = output ?? preferred ?? usual
  const select = query === undefined ? undefined : yield* compileQuery
  const format = yield* Effect.promise(formats[name])
  const writer = format(yield* renderContext, many)
  const next = (item: Item) => printNext(writer.next(item))

  return {
    format: name,
    /** Prints one backup; `id` is its argument on the command line. */
    printBackup: (response: ShowBackupResponse, id?: string): Effect.Effect<void, Failure> =>
      select === undefined
        ? next({ _tag: "Backup", response, id })
        : Effect.flatMap(select(parseJson(response.raw)), (value) => next({ _tag: "Value", value })),
    printFailure: (id: string, failure: Failure): Effect.Effect<void> => {
      const text = writer.next({ _tag: "Failed", id, error: toJson(failure) })
      return text === undefined ? reportFailure(failure) : printNext(text)
    },
    end: Effect.suspend(() => print(writer.end()))
  }
})

/** Prints the findings of a command on stdout: as text, or as data in the format of `-o` and through `--query`. */
export const printFindings = (value: JsonValue, text: (where: RenderContext) => string) =>
  Effect.flatten(findingsPrinter(value, text))

/** {@link printFindings} in two steps: the step that can fail, and the printing. A command can print before the second. */
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
  // NDJSON has a line for each element of a list.
  const values = name === "ndjson" && Array.isArray(selected) ? (selected as ReadonlyArray<JsonValue>) : [selected]
  const writer = format(where, false)
  return Effect.andThen(
    Effect.forEach(values, (each) => print(writer.next({ _tag: "Value", value: each })), { discard: true }),
    Effect.suspend(() => print(writer.end()))
  )
})
