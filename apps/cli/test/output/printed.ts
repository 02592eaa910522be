import { ShowBackupResponse } from "@cbr/domain"
import { DateTime, Result } from "effect"
import { en } from "../../src/messages/en.ts"
import type { Format, Item, RenderContext } from "../../src/output/Format.ts"

/** What a format makes of these bodies or other items, in the middle of 2026, plain and in English unless told otherwise. */
export const printed = (
  format: Format,
  items: ReadonlyArray<string | Item>,
  surroundings: Partial<RenderContext> = {}
): string => {
  const now = DateTime.makeUnsafe("2026-06-01T00:00:00Z")
  const writer = format(
    { now, isTerminal: false, width: undefined, colour: false, messages: en, ...surroundings },
    items.length !== 1
  )
  const texts = items.map((item) =>
    writer.next(
      typeof item === "string" ? { _tag: "Backup", response: Result.getOrThrow(ShowBackupResponse.read(item)) } : item
    )
  )
  return [...texts, writer.end()].filter((text) => text !== undefined).join("\n")
}
