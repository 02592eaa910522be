import { age, type BackupResp, contentTime } from "@cbr/domain"
import * as Duration from "effect/Duration"
import { paint, type Piece } from "../text/Style.ts"
import { columns } from "../text/TableLayout.ts"
import { clip, textOf } from "../text/wrap.ts"
import type { RenderContext } from "./Format.ts"
import { utcTime } from "./utcTime.ts"
import { verdictOn } from "./Verdict.ts"

type Line = ReadonlyArray<Piece>

/** The most lines that are aligned together, so that the first lines are printed soon. */
const mostAligned = 500

/** Columns that verdict, age and id take with the gaps behind them. */
const fixed = 58

/** Columns of a terminal that a resource's name takes at most, and how few a reason needs to say anything. */
const longestName = 28
const shortestWhy = 16

/** Several backups, a line each under one header, aligned. */
export interface BackupList {
  /** Adds a backup; returns lines once there are enough. */
  readonly add: (backup: BackupResp, id: string | undefined) => string | undefined
  /** The lines that are left. */
  readonly end: () => string | undefined
}

/**
 * Makes a list of backups: verdict, age, id, resource, reason. On a terminal a line fits the width, and a narrow one
 * has no reason. In a pipe, which may be read later, a line is whole and has the time in place of the age.
 */
export const make = (surroundings: RenderContext): BackupList => {
  const { colour, isTerminal, messages, width } = surroundings
  const words = messages.backup.list
  const room = width === undefined ? Infinity : width - fixed
  const hasReasons = room >= longestName + 2 + shortestWhy
  const nameRoom = isTerminal ? (hasReasons ? longestName : Math.max(room, 8)) : Infinity
  const header: Line = [
    words.verdict,
    isTerminal ? words.age : words.time,
    words.id,
    words.resource,
    ...(hasReasons ? [words.why] : [])
  ].map((text) => ({ text, tone: "strong" }))
  let rows: Array<Line> = [header]
  const flush = () => {
    if (rows.length === 0) return undefined
    const lines = columns(rows).map((line) => paint(clip(line, width), colour))
    rows = []
    return lines.join("\n")
  }
  return {
    add: (backup, id) => {
      const [level, time, shownId, name, why] = cellsOf(backup, id, surroundings)
      rows.push([level, time, shownId, short(name, nameRoom), ...(hasReasons ? [why] : [])])
      return rows.length > mostAligned ? flush() : undefined
    },
    end: () => (rows.length === 1 && rows[0] === header ? undefined : flush())
  }
}

const cellsOf = (
  backup: BackupResp,
  id: string | undefined,
  surroundings: RenderContext
): readonly [level: Piece, time: string, id: string, name: string, why: string] => {
  const { isTerminal } = surroundings
  const [level = "", why = ""] = verdictOn(backup, surroundings).line
  const time = backup.protected_at ?? backup.created_at
  return [
    level,
    isTerminal ? ageText(backup, surroundings) : time === undefined ? "" : utcTime(time),
    backup.id ?? id ?? "",
    backup.resource_name ?? backup.name ?? "",
    textOf(why).replace(/^[:：]\s*/, "")
  ]
}

const short = (text: string, width: number): string =>
  clip([text], width === Infinity ? undefined : width)
    .map(textOf)
    .join("")

const units = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
  ["s", 1]
] as const

/** An age in its largest whole unit: `331d`, `5h`; a word where the time of the content lies in the future. */
const ageText = (backup: BackupResp, { messages, now }: RenderContext): string => {
  const old = age(backup, now)
  if (old === undefined) return contentTime(backup) === undefined ? "" : messages.backup.list.future
  const seconds = Math.trunc(Duration.toSeconds(old))
  const [unit, length] = units.find(([, each]) => seconds >= each) ?? (["s", 1] as const)
  return `${Math.trunc(seconds / length)}${unit}`
}
