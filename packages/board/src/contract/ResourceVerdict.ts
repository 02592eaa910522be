import { gravityOfVerdict, type Verdict } from "@cbr/domain"
import type { MarkState, ResourceDigest } from "./FleetDigest.ts"
import { type StripMark, markAt, wholeFrom } from "./StripMark.ts"

/** The reason for a resource's verdict. */
export type ResourceReason =
  /** It must have a backup, and has none. */
  | "no-backup"
  /** None of its backups is whole. */
  | "none-whole"
  /** Its newest whole backup is older than it may be. */
  | "too-old"
  /** Its newest whole backup names no time, or one that lies ahead. */
  | "age-unknown"
  | "expired"
  | "not-clear"
  | "copy-failed"
  /** Its newest whole backup is being copied or restored from, and the one before it is not well. */
  | "busy"
  | "whole"

/** The verdict on a resource by its strip. */
export interface ResourceVerdict {
  readonly verdict: Verdict
  readonly reason: ResourceReason
  /** The newest whole backup. */
  readonly whole: StripMark | undefined
  /** Newer ones that failed or are being made, newest first: they are named and decide nothing. */
  readonly newer: ReadonlyArray<StripMark>
}

/** Clocks of the service and of this machine may differ by so many seconds. */
const clockDifference = 120

/**
 * Judges a resource as `cbr check --all --healthy --max-age` does: by its newest whole backup.
 *
 * @param now seconds since 1970
 * @param maxAge seconds
 */
export const resourceVerdict = ({ strip }: ResourceDigest, now: number, maxAge: number): ResourceVerdict => {
  const place = wholeFrom(strip, 0)
  const whole = markAt(strip, place)
  const newer = Array.from({ length: place < 0 ? strip.ids.length : place }, (_, index) => markAt(strip, index))
    .filter((mark) => mark !== undefined)
    .filter(({ state }) => state !== "l")
  if (whole === undefined) {
    const [judged = markAt(strip, 0)] = newer
    if (judged === undefined) return { verdict: "critical", reason: "no-backup", whole, newer }
    const { verdict } = graver(ofState[judged.state], ofAge(judged, now, maxAge))
    return { verdict, reason: "none-whole", whole, newer }
  }
  const before = markAt(strip, wholeFrom(strip, place + 1))
  const isAnswered = whole.state === "b" && before?.state === "w"
  return { ...graver(ofState[isAnswered ? "w" : whole.state], ofAge(whole, now, maxAge)), whole, newer }
}

type Judged = Pick<ResourceVerdict, "reason" | "verdict">

const graver = (one: Judged, other: Judged): Judged =>
  gravityOfVerdict(other.verdict) > gravityOfVerdict(one.verdict) ? other : one

const ofAge = ({ at }: StripMark, now: number, maxAge: number): Judged => {
  if (at === 0 || at - now > clockDifference) return { verdict: "unknown", reason: "age-unknown" }
  return now - at > maxAge ? { verdict: "critical", reason: "too-old" } : { verdict: "ok", reason: "whole" }
}

const ofState: Readonly<Record<MarkState, Judged>> = {
  w: { verdict: "ok", reason: "whole" },
  b: { verdict: "warning", reason: "busy" },
  d: { verdict: "warning", reason: "copy-failed" },
  n: { verdict: "unknown", reason: "not-clear" },
  x: { verdict: "critical", reason: "expired" },
  u: { verdict: "warning", reason: "none-whole" },
  q: { verdict: "unknown", reason: "none-whole" },
  f: { verdict: "critical", reason: "none-whole" },
  l: { verdict: "critical", reason: "none-whole" }
}
