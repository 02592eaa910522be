import {
  type BackupResp,
  BackupStatus,
  type LocalizedText,
  failureReasons,
  hasExpired,
  ImageType,
  type OpenEnum,
  type ReplicationRecordGet,
  ResourceType,
  RestoreMode,
  type Timestamp
} from "@cbr/domain"
import { relativeTime } from "../text/RelativeTime.ts"
import { padded, paint, type Piece, toneOfReplication, toneOfStatus, displayWidth } from "../text/Style.ts"
import { columns } from "../text/TableLayout.ts"
import { wrap } from "../text/wrap.ts"
import type { RenderContext } from "./Format.ts"
import { utcTime } from "./utcTime.ts"
import { verdictOn } from "./Verdict.ts"

type Words = RenderContext["messages"]
type Line = ReadonlyArray<Piece>

/** One backup: its verdict, and a line for each field, child and replication. */
export const backupCard = (backup: BackupResp, surroundings: RenderContext): string => {
  const { labels } = surroundings.messages.backup
  const width = Math.max(...Object.values(labels).map(displayWidth)) + 2
  return [
    ...wrap(verdictOn(backup, surroundings).line, 2, surroundings.width),
    ...rowsOf(backup, surroundings).flatMap(({ label, lines }) =>
      lines.flatMap((line, index) =>
        wrap(
          [...padded({ text: index === 0 ? labels[label] : "", tone: "strong" }, width), ...line],
          // A continuation is indented.
          width + 2,
          surroundings.width
        )
      )
    )
  ]
    .map((line) => paint(line, surroundings.colour))
    .join("\n")
}

interface Row {
  readonly label: keyof Words["backup"]["labels"]
  /** None leaves the row out. */
  readonly lines: ReadonlyArray<Line>
}

const rowsOf = (backup: BackupResp, surroundings: RenderContext): ReadonlyArray<Row> => {
  const { messages } = surroundings
  const words = messages.backup
  const info = backup.extend_info
  return [
    { label: "backup", lines: [[backup.name ?? words.absent]] },
    { label: "id", lines: [[backup.id ?? words.absent]] },
    { label: "status", lines: [status(backup, surroundings)] },
    { label: "description", lines: told(backup.description) },
    { label: "resource", lines: resource(backup, messages) },
    { label: "kind", lines: told(kind(backup, messages)) },
    { label: "created", lines: time(backup.created_at, surroundings) },
    { label: "protected", lines: time(backup.protected_at, surroundings) },
    { label: "updated", lines: time(backup.updated_at, surroundings) },
    { label: "expires", lines: expiry(backup, surroundings) },
    { label: "restore", lines: [[restoreMode(info?.supported_restore_mode, messages)]] },
    { label: "encrypted", lines: info?.encrypted === undefined ? [] : [[info.encrypted ? words.yes : words.no]] },
    {
      label: "images",
      lines: told(
        listed(
          messages,
          info?.os_images_data?.map(({ image_id }) => image_id)
        )
      )
    },
    { label: "vault", lines: told(backup.vault_id) },
    { label: "project", lines: told(project(backup, messages)) },
    { label: "parent", lines: told(backup.parent_id) },
    { label: "children", lines: children(backup.children ?? [], messages) },
    { label: "replications", lines: replications(backup.replication_records ?? [], messages) }
  ]
}

const told = (text: string | undefined): ReadonlyArray<Line> => (text === undefined || text === "" ? [] : [[text]])

const listed = (messages: Words, parts: ReadonlyArray<string | undefined> = []): string =>
  messages.listed(parts.filter((part): part is string => part !== undefined && part !== ""))

/** The meaning of the status, except `available` for a backup that is not well: it would contradict the verdict. */
const status = (backup: BackupResp, surroundings: RenderContext): Line => {
  const { messages } = surroundings
  const value = backup.status
  if (value === undefined) return [messages.backup.absent]
  if (value === "available" && verdictOn(backup, surroundings).level !== "healthy") return [value]
  const meaning = explained(BackupStatus, value, messages).slice(value.length)
  return [{ text: value, tone: toneOfStatus(value) }, meaning]
}

const restoreMode = (mode: RestoreMode | undefined, messages: Words): string =>
  mode === undefined ? messages.backup.restoreUnsaid : explained(RestoreMode, mode, messages)

const explained = <Member extends string>(members: OpenEnum<Member>, value: string, messages: Words): string =>
  value +
  messages.aside(members.isDocumented(value) ? messages.pick(members.meanings[value]) : messages.backup.undocumented)

const resource = (backup: BackupResp, messages: Words): ReadonlyArray<Line> => {
  const { resource_az, resource_size, resource_type } = backup
  const described = listed(messages, [
    resource_type === undefined ? undefined : nameThenCode(ResourceType, resource_type, messages),
    resource_size === undefined ? undefined : messages.backup.size(resource_size),
    resource_az === undefined ? undefined : messages.backup.zone(resource_az)
  ])
  return [...told(backup.resource_name), ...told(described), ...told(backup.resource_id)]
}

const nameThenCode = <Member extends string>(members: OpenEnum<Member>, value: string, messages: Words): string => {
  const meaning: LocalizedText | undefined = members.isDocumented(value) ? members.meanings[value] : undefined
  return meaning === undefined ? value : messages.pick(meaning) + messages.aside(value)
}

const kind = (backup: BackupResp, messages: Words): string => {
  const words = messages.backup
  const info = backup.extend_info
  return listed(messages, [
    flag(backup.incremental, words.incremental, words.full),
    flag(info?.auto_trigger, words.scheduled, words.byHand),
    // A backup is expected; a copy is worth a word.
    backup.image_type === undefined || backup.image_type === "backup"
      ? undefined
      : nameThenCode(ImageType, backup.image_type, messages),
    flag(info?.system_disk, words.systemDisk),
    flag(info?.contain_system_disk, words.withSystemDisk),
    flag(info?.support_lld, words.lazyLoading),
    flag(info?.is_multi_az, words.multiAz)
  ])
}

const flag = (value: boolean | undefined, yes: string, no?: string): string | undefined => {
  if (value === undefined) return undefined
  return value ? yes : no
}

/** Relative times only on a terminal: a file is read later. */
const time = (timestamp: Timestamp | undefined, { isTerminal, messages, now }: RenderContext): ReadonlyArray<Line> => {
  if (timestamp === undefined) return []
  const line = utcTime(timestamp)
  return [
    isTerminal
      ? [line, { text: messages.aside(relativeTime(timestamp.utc, now, messages.fromNow)), tone: "faint" }]
      : [line]
  ]
}

const expiry = (backup: BackupResp, surroundings: RenderContext): ReadonlyArray<Line> =>
  time(backup.expired_at, surroundings).map((line) =>
    hasExpired(backup, surroundings.now)
      ? [...line, { text: surroundings.messages.aside(surroundings.messages.backup.past), tone: "bad" }]
      : line
  )

const project = ({ enterprise_project_id, project_id }: BackupResp, messages: Words): string =>
  listed(messages, [
    project_id,
    enterprise_project_id === undefined ? undefined : messages.backup.enterpriseProject(enterprise_project_id)
  ])

const children = (all: ReadonlyArray<BackupResp>, messages: Words): ReadonlyArray<Line> =>
  counted(
    all.map((child) => [
      { text: child.status ?? messages.backup.absent, tone: toneOfStatus(child.status) },
      child.resource_size === undefined ? "" : messages.backup.size(child.resource_size),
      child.id ?? "",
      listed(messages, [
        child.resource_name ?? child.name,
        flag(child.extend_info?.encrypted, messages.backup.encryptedChild)
      ])
    ])
  )

const replications = (all: ReadonlyArray<ReplicationRecordGet>, messages: Words): ReadonlyArray<Line> =>
  counted(
    all.map((record) => [
      { text: record.status ?? messages.backup.absent, tone: toneOfReplication(record.status) },
      record.extra_info?.progress === undefined ? "" : `${record.extra_info.progress}%`,
      record.destination_region ?? messages.backup.absent,
      failureReasons(record.extra_info).join(": ")
    ])
  )

/** The count of each status, then a line for each row. */
const counted = (
  rows: ReadonlyArray<readonly [Exclude<Piece, string>, ...ReadonlyArray<Piece>]>
): ReadonlyArray<Line> => {
  if (rows.length === 0) return []
  const counts = new Map<string, number>()
  for (const [{ text }] of rows) counts.set(text, (counts.get(text) ?? 0) + 1)
  const summary = Array.from(counts, ([text, count]) => `${count} ${text}`).join(", ")
  return [[`${rows.length}: ${summary}`], ...columns(rows)]
}
