import { age, type BackupResp } from "@cbr/domain"
import * as Duration from "effect/Duration"
import type { Surroundings } from "./Format.ts"
import { columns } from "./Layout.ts"
import { paint, type Piece } from "./Paint.ts"
import { absolute } from "./Time.ts"
import { verdictOn } from "./Verdict.ts"
import { clipped, textOf } from "./Wrapping.ts"

type Line = ReadonlyArray<Piece>

/** Lines that are aligned with each other: more than these begin anew, so that the first are shown at last. */
const mostAligned = 500

/** Columns of a terminal that a resource's name takes at most. */
const longestName = 28

/** Several backups, a line each under one header, aligned. */
export interface BackupList {
  /** Takes one more; gives lines as soon as there are enough. */
  readonly add: (backup: BackupResp, id: string | undefined) => string | undefined
  /** The lines that are left. */
  readonly end: () => string | undefined
}

/**
 * Makes a list of backups: verdict, age, id, resource, and why the verdict is
 * what it is. On a terminal a line is as wide as that; elsewhere, where it may
 * be read at another time, it has the moment in the place of the age.
 */
export const make = (surroundings: Surroundings): BackupList => {
  const { colour, isTerminal, messages, width } = surroundings
  const words = messages.show.list
  const header: Line = [words.verdict, isTerminal ? words.age : words.time, words.id, words.resource, words.why].map(
    (text) => ({ text, tone: "strong" })
  )
  let rows: Array<Line> = [header]
  const flush = () => {
    if (rows.length === 0) return undefined
    const lines = columns(rows).map((line) => paint(clipped(line, width), colour))
    rows = []
    return lines.join("\n")
  }
  return {
    add: (backup, id) => {
      rows.push(rowOf(backup, id, surroundings))
      return rows.length > mostAligned ? flush() : undefined
    },
    end: () => (rows.length === 1 && rows[0] === header ? undefined : flush())
  }
}

const rowOf = (backup: BackupResp, id: string | undefined, surroundings: Surroundings): Line => {
  const { isTerminal, now } = surroundings
  const [level = "", why = ""] = verdictOn(backup, surroundings).line
  const name = backup.resource_name ?? backup.name ?? ""
  const old = age(backup, now)
  const time = backup.protected_at ?? backup.created_at
  return [
    level,
    isTerminal ? (old === undefined ? "" : shortAge(old)) : time === undefined ? "" : absolute(time),
    backup.id ?? id ?? "",
    isTerminal ? clipped([name], longestName).map(textOf).join("") : name,
    textOf(why).replace(/^[:：]\s*/, "")
  ]
}

const units = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
  ["s", 1]
] as const

/** `331d`, `5h`: the largest unit that it fills. */
const shortAge = (old: Duration.Duration): string => {
  const seconds = Math.trunc(Duration.toSeconds(old))
  const [unit, length] = units.find(([, each]) => Math.abs(seconds) >= each) ?? (["s", 1] as const)
  return `${Math.trunc(seconds / length)}${unit}`
}
