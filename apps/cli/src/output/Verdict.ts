import { type BackupResp, health, type HealthLevel, healthText, levelText } from "@cbr/domain"
import type { Piece, Tone } from "../text/Style.ts"
import type { RenderContext } from "./Format.ts"

const tones: Readonly<Record<HealthLevel, Tone>> = {
  healthy: "good",
  "in-progress": "busy",
  degraded: "busy",
  unknown: "busy",
  failed: "bad"
}

const marks: Readonly<Record<HealthLevel, string>> = {
  healthy: "✓",
  "in-progress": "…",
  degraded: "!",
  unknown: "?",
  failed: "✗"
}

/** The verdict on a backup, the same in every view. */
export interface Verdict {
  readonly level: HealthLevel
  readonly tone: Tone
  /** One character for it. */
  readonly mark: string
  /** `failed: 1 of 3 disks is in error (data)`, the level in its tone. */
  readonly line: ReadonlyArray<Piece>
}

/** Judges a backup at the time of rendering. */
export const verdictOn = (backup: BackupResp, { messages, now }: Pick<RenderContext, "messages" | "now">): Verdict => {
  const judged = health(backup, now)
  const { level } = judged
  const tone = tones[level]
  const name = levelText(level, messages.locale)
  return {
    level,
    tone,
    mark: marks[level],
    line: [{ text: name, tone }, healthText(judged, messages.locale).slice(name.length)]
  }
}
