import type { MarkState, Strip } from "../../contract/FleetDigest.ts"
import { stripLength } from "../../contract/FleetDigestBuilder.ts"
import { now } from "../Clock.ts"
import { words } from "../Language.ts"

/** The size of the picture, in its own units: a day is ten wide. */
const width = 306
const height = 24
const dayWidth = 10

/** The path of each mark from its left edge: each state has a shape of its own. */
const shapes: Readonly<Record<MarkState, string>> = {
  w: "v16h6v-16z",
  b: "v16h6v-16zm1.5 9v5.5h3v-5.5z",
  d: "v7h6v-7zm0 9v7h6v-7z",
  n: "v16h6v-16zm2 2v4h2v-4zm0 6v6h2v-6z",
  x: "m2 0v16h2v-16z",
  u: "v16h6v-16zm1 1h4v14h-4z",
  q: "m0 6v4h6v-4z",
  f: "m0 1 2 7-2 7h2l1-4 1 4h2l-2-7 2-7h-2l-1 4-1-4z",
  l: "m0 13v3h6v-3z"
}

/** The classes that colour the states. */
const colours: Readonly<Record<MarkState, string>> = {
  w: "ok",
  b: "ok",
  d: "warning",
  n: "unknown",
  x: "critical",
  u: "going",
  q: "unknown",
  f: "critical",
  l: "going"
}

/** One mark alone, for the legend. */
export const MarkPicture = ({ state }: { readonly state: MarkState }) => (
  <svg class="mark" viewBox="-1 -1 8 18" width="8" height="18" aria-hidden="true" focusable="false">
    <path class={colours[state]} fill-rule="evenodd" d={`M0 0${shapes[state]}`} />
  </svg>
)

/** The left edge of a mark in the picture; `undefined` beyond the 30 days. */
const leftOf = (at: number, until: number): number | undefined => {
  const ago = until - at
  if (at === 0 || ago > stripLength) return undefined
  return Math.round((1 - Math.max(ago, 0) / stripLength) * (width - dayWidth) * 10) / 10
}

const pathsOf = (strip: Strip, until: number): ReadonlyArray<readonly [string, string]> => {
  const paths = new Map<string, string>()
  let dots = ""
  for (let index = strip.ids.length - 1; index >= 0; index--) {
    const left = leftOf(strip.at[index] ?? 0, until)
    if (left === undefined) continue
    const state = (strip.states[index] ?? "q") as MarkState
    paths.set(colours[state], `${paths.get(colours[state]) ?? ""}M${left} 1${shapes[state]}`)
    if (strip.replicated[index] === "1") dots += `M${left + 1.5} 20h3v2h-3z`
  }
  if (dots !== "") paths.set("copy", dots)
  return [...paths]
}

/** The state of each backup of a strip in words, counted. */
const stripText = (strip: Strip): string => {
  const counts = new Map<string, number>()
  for (const state of strip.states) counts.set(state, (counts.get(state) ?? 0) + 1)
  const { fleet, marks } = words.value
  const text = Array.from(counts, ([state, count]) => `${count} ${marks[state as MarkState]}`).join("; ")
  return fleet.stripText(text === "" ? "0" : text)
}

/** The last 30 days of a resource, today on the right: a mark a backup, a dot below one that was copied. */
export const BackupTimeline = ({ strip }: { readonly strip: Strip }) => (
  <svg
    class="strip"
    viewBox={`0 0 ${width} ${height}`}
    preserveAspectRatio="none"
    role="img"
    aria-label={stripText(strip)}
    focusable="false"
  >
    <path class="axis" d={`M0 17.5H${width}`} />
    {pathsOf(strip, now.value).map(([colour, d]) => (
      <path key={colour} class={colour} fill-rule="evenodd" d={d} />
    ))}
  </svg>
)

/** The mark that stands nearest to a point of the picture, as its place in the strip. */
export const nearestMark = (strip: Strip, share: number): number | undefined => {
  const point = share * width
  let nearest: number | undefined
  let least = dayWidth
  for (let index = 0; index < strip.ids.length; index++) {
    const left = leftOf(strip.at[index] ?? 0, now.value)
    if (left === undefined) continue
    const distance = Math.abs(left + 3 - point)
    if (distance < least) {
      least = distance
      nearest = index
    }
  }
  return nearest
}
