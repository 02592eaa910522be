import type { Observation } from "@cbr/client"
import { type BackupResp, diff, failureReasons, type ReplicationRecordGet } from "@cbr/domain"
import type { RenderContext } from "../output/Format.ts"
import { verdictOn } from "../output/Verdict.ts"
import { padded, type Piece, toneOfReplication, toneOfStatus } from "../text/Style.ts"

type Line = ReadonlyArray<Piece>

/** The state of a watched backup. */
export interface WatchState {
  /** The argument on the command line, or the id of the resource's backup. */
  readonly id: string
  /** The resource that the command line names in place of an id. */
  readonly resource?: string | undefined
  /** The newest observation. */
  readonly newest: Observation | undefined
  /** The backup as last seen. */
  readonly backup: BackupResp | undefined
  /** The title of the failure that ended its watch. */
  readonly failed?: string
  /** Whether a missing backup is expected to appear. */
  readonly untilExists?: boolean
}

/** The state after an observation. */
export const nextState = (watched: WatchState, observation: Observation): WatchState => ({
  ...watched,
  newest: observation,
  backup: observation._tag === "Seen" ? observation.response.backup : watched.backup
})

/** A change in one line: the status, the verdict, and which fields changed. */
export const changeLine = (before: WatchState, now: WatchState, time: string, where: RenderContext): Line => {
  const { messages } = where
  const words = messages.watch
  const head = [time, ...(now.resource === undefined ? [] : [now.resource]), now.id].join("  ")
  if (now.newest?._tag === "Gone") {
    return [
      `${head}  `,
      isNotThereYet(now) ? { text: words.notThereYet, tone: "busy" } : { text: words.gone, tone: "bad" }
    ]
  }
  const { backup } = now
  if (backup === undefined) return [head]
  const changed = before.backup === undefined ? [] : diff(before.backup, backup).map(({ path }) => path)
  const shown = changed.filter((path) => path !== "updated_at")
  return [
    `${head}  `,
    backup.status ?? messages.backup.absent,
    "  ",
    ...verdictOn(backup, where).line,
    shown.length === 0 ? "" : `  (${shown.slice(0, 3).join(", ")}${shown.length > 3 ? ", …" : ""})`
  ]
}

const isNotThereYet = ({ backup, newest, untilExists = false }: WatchState): boolean =>
  untilExists && newest?._tag === "Gone" && backup === undefined

/** The lines of a backup in a live view. */
export const liveLines = (watched: WatchState, mark: string, where: RenderContext): ReadonlyArray<Line> => {
  const { messages } = where
  const words = messages.watch
  const { backup, failed, id, newest, resource } = watched
  const name = [...(resource === undefined ? [] : [resource]), backup?.name ?? id].join("  ")
  if (failed !== undefined) return [[{ text: "✗ ", tone: "bad" }, `${name}  `, failed]]
  if (isNotThereYet(watched)) return [[`${mark} ${name}  `, { text: words.notThereYet, tone: "busy" }]]
  if (newest?._tag === "Gone") return [[{ text: "✗ ", tone: "bad" }, `${name}  `, words.gone]]
  if (backup === undefined) {
    return [[`${mark} ${name}  `, { text: newest === undefined ? words.asking : words.missed, tone: "busy" }]]
  }
  const { level, line, mark: still, tone } = verdictOn(backup, where)
  return [
    [
      // A wheel turns while something goes on.
      { text: `${level === "in-progress" ? mark : still} `, tone },
      { text: name, tone: "strong" },
      "  ",
      backup.status ?? messages.backup.absent,
      "  ",
      ...line
    ],
    ...(backup.children ?? []).map((child): Line => [
      "    ",
      ...padded(child.resource_name ?? child.name ?? child.id ?? "", 32),
      { text: child.status ?? messages.backup.absent, tone: toneOfStatus(child.status) }
    ]),
    ...(backup.replication_records ?? []).map((record) => replicationLine(record, messages.backup.absent)),
    ...(newest?._tag === "Missed"
      ? [
          [
            {
              text: `  ! ${messages.named(words.missedInARow(newest.inARow), messages.detail(newest.error.detail))}`,
              tone: "busy"
            } as const
          ]
        ]
      : [])
  ]
}

const barWidth = 20

/** A replication with a progress bar, full after success; the figure is the service's, if any. */
const replicationLine = ({ destination_region, extra_info, status }: ReplicationRecordGet, unsaid: string): Line => {
  const tone = toneOfReplication(status)
  const said = extra_info?.progress
  const progress = status === "success" ? 100 : Math.min(100, Math.max(0, said ?? 0))
  const reasons = failureReasons(extra_info).join(": ")
  const filled = Math.round((progress * barWidth) / 100)
  return [
    "  → ",
    ...padded(destination_region ?? unsaid, 20),
    { text: "█".repeat(filled), tone },
    { text: "░".repeat(barWidth - filled), tone: "faint" },
    ` ${said === undefined ? "    " : `${String(said).padStart(3)}%`}  `,
    { text: status ?? unsaid, tone },
    reasons === "" ? "" : `  ${reasons}`
  ]
}
