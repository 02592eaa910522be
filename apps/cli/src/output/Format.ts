import type { JsonValue } from "@cbr/client/jmespath"
import type { ShowBackupResponse } from "@cbr/domain"
import type * as DateTime from "effect/DateTime"
import type { Messages } from "../messages/Messages.ts"

/** The context of rendering, beside the item itself. */
export interface RenderContext {
  /** The present, against which an expiry is past or to come. */
  readonly now: DateTime.Utc
  /** Whether a terminal shows the text; then no control character may be in it, and times are relative too. */
  readonly isTerminal: boolean
  /** Columns of the terminal; none in a pipe, where lines stay whole. */
  readonly width: number | undefined
  /** Whether colour is wanted. */
  readonly colour: boolean
  readonly messages: Messages
}

/** One item to print: a backup, the result of a query, or a failure. */
export type Item =
  | {
      readonly _tag: "Backup"
      readonly response: ShowBackupResponse
      /** The id that it was asked for by, where there was one. */
      readonly id?: string | undefined
    }
  | { readonly _tag: "Value"; readonly value: JsonValue }
  | { readonly _tag: "Failed"; readonly id: string; readonly error: JsonValue }

/**
 * Prints items in order. No text ends in a newline; `undefined` is nothing to
 * print yet.
 */
export interface Writer {
  readonly next: (item: Item) => string | undefined
  /** The text to print after the last item. */
  readonly end: () => string | undefined
}

/** One output format. `many` is whether more than one item may follow. */
export type Format = (surroundings: RenderContext, many: boolean) => Writer

/** A format that prints each item independently, with an optional line between items. */
export const independentItems =
  (print: {
    readonly backup: (response: ShowBackupResponse, surroundings: RenderContext) => string | undefined
    readonly value: (value: JsonValue, surroundings: RenderContext) => string | undefined
    readonly failed?: (id: string, error: JsonValue, surroundings: RenderContext) => string
    readonly between?: string
  }): Format =>
  (surroundings) => {
    let count = 0
    const text = (item: Item): string | undefined => {
      switch (item._tag) {
        case "Backup":
          return print.backup(item.response, surroundings)
        case "Value":
          return print.value(item.value, surroundings)
        case "Failed":
          return print.failed?.(item.id, item.error, surroundings)
      }
    }
    return {
      next: (item) => {
        const printed = text(item)
        if (printed === undefined) return undefined
        const separator = count++ > 0 && print.between !== undefined ? `${print.between}\n` : ""
        return separator + printed
      },
      end: () => undefined
    }
  }
