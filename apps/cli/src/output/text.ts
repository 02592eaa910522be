import {
  type BackupResp,
  BackupStatus,
  type Bilingual,
  failureReasons,
  ImageType,
  type OpenEnum,
  type ReplicationRecordGet,
  ResourceType,
  RestoreMode,
  type Timestamp
} from "@cbr/domain"
import * as DateTime from "effect/DateTime"
import { inert } from "../TerminalText.ts"
import type { Format, Surroundings } from "./Format.ts"

type Words = Surroundings["messages"]

/**
 * What a person reads at a glance: a line for each thing that is known, a line
 * for each child and each replication. Plain text, inert on any terminal.
 */
export const text: Format = (response, surroundings) => {
  const { labels } = surroundings.messages.show
  const width = Math.max(...Object.values(labels).map(({ length }) => length)) + 2
  return rowsOf(response.backup, surroundings)
    .flatMap(({ label, lines }) =>
      lines.map((line, index) => `${(index === 0 ? labels[label] : "").padEnd(width)}${line}`)
    )
    .map(inert)
    .join("\n")
}

interface Row {
  readonly label: keyof Words["show"]["labels"]
  /** None leaves the row out. */
  readonly lines: ReadonlyArray<string>
}

const rowsOf = (backup: BackupResp, { messages, now }: Surroundings): ReadonlyArray<Row> => {
  const words = messages.show
  const info = backup.extend_info
  return [
    { label: "backup", lines: [backup.name ?? words.absent] },
    { label: "id", lines: [backup.id ?? words.absent] },
    {
      label: "status",
      lines: [backup.status === undefined ? words.absent : explained(BackupStatus, backup.status, messages)]
    },
    { label: "description", lines: told(backup.description) },
    { label: "resource", lines: resource(backup, messages) },
    { label: "kind", lines: told(kind(backup, messages)) },
    { label: "created", lines: told(time(backup.created_at)) },
    { label: "protected", lines: told(time(backup.protected_at)) },
    { label: "updated", lines: told(time(backup.updated_at)) },
    { label: "expires", lines: told(expiry(backup.expired_at, now, messages)) },
    // The page: absent means `na`.
    { label: "restore", lines: [explained(RestoreMode, info?.supported_restore_mode ?? "na", messages)] },
    { label: "encrypted", lines: info?.encrypted === undefined ? [] : [info.encrypted ? words.yes : words.no] },
    { label: "images", lines: told(listed(info?.os_images_data?.map(({ image_id }) => image_id))) },
    { label: "vault", lines: told(backup.vault_id) },
    { label: "project", lines: told(project(backup, messages)) },
    { label: "parent", lines: told(backup.parent_id) },
    { label: "children", lines: children(backup.children ?? [], messages) },
    { label: "replications", lines: replications(backup.replication_records ?? [], messages) }
  ]
}

const told = (line: string | undefined): ReadonlyArray<string> => (line === undefined || line === "" ? [] : [line])

const listed = (parts: ReadonlyArray<string | undefined> | undefined): string =>
  (parts ?? []).filter((part) => part !== undefined && part !== "").join(", ")

const explained = <Member extends string>(members: OpenEnum<Member>, value: string, messages: Words): string =>
  `${value} (${members.isDocumented(value) ? messages.pick(members.meanings[value]) : messages.show.undocumented})`

const resource = (backup: BackupResp, messages: Words): ReadonlyArray<string> => {
  const { resource_az, resource_size, resource_type } = backup
  const described = listed([
    resource_type === undefined ? undefined : nameThenCode(ResourceType, resource_type, messages),
    resource_size === undefined ? undefined : messages.show.size(resource_size),
    resource_az === undefined ? undefined : messages.show.zone(resource_az)
  ])
  return [...told(backup.resource_name), ...told(described), ...told(backup.resource_id)]
}

const nameThenCode = <Member extends string>(members: OpenEnum<Member>, value: string, messages: Words): string => {
  const meaning: Bilingual | undefined = members.isDocumented(value) ? members.meanings[value] : undefined
  return meaning === undefined ? value : `${messages.pick(meaning)} (${value})`
}

const kind = (backup: BackupResp, messages: Words): string => {
  const words = messages.show
  const info = backup.extend_info
  return listed([
    flag(backup.incremental, words.incremental, words.full),
    flag(info?.auto_trigger, words.scheduled, words.byHand),
    // A backup is what one expects; a copy is worth a word.
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

/** `2026-01-02 03:04:05 UTC`: a time that came without a zone is UTC, and the text says so. */
const time = (timestamp: Timestamp | undefined): string | undefined =>
  timestamp === undefined
    ? undefined
    : DateTime.formatIso(timestamp.utc)
        .replace("T", " ")
        .replace(/\.\d+Z$/, " UTC")

const expiry = (timestamp: Timestamp | undefined, now: DateTime.Utc, messages: Words): string | undefined => {
  const at = time(timestamp)
  if (timestamp === undefined || at === undefined) return undefined
  return DateTime.isLessThan(timestamp.utc, now) ? `${at} (${messages.show.past})` : at
}

const project = ({ enterprise_project_id, project_id }: BackupResp, messages: Words): string =>
  listed([
    project_id,
    enterprise_project_id === undefined ? undefined : messages.show.enterpriseProject(enterprise_project_id)
  ])

const children = (all: ReadonlyArray<BackupResp>, messages: Words): ReadonlyArray<string> =>
  table(
    all.map((child) => [
      child.status ?? messages.show.absent,
      child.resource_size === undefined ? "" : messages.show.size(child.resource_size),
      child.id ?? "",
      listed([child.resource_name ?? child.name, flag(child.extend_info?.encrypted, messages.show.encryptedChild)])
    ])
  )

const replications = (all: ReadonlyArray<ReplicationRecordGet>, messages: Words): ReadonlyArray<string> =>
  table(
    all.map((record) => [
      record.status ?? messages.show.absent,
      record.extra_info?.progress === undefined ? "" : `${record.extra_info.progress}%`,
      record.destination_region ?? messages.show.absent,
      failureReasons(record.extra_info).join(": ")
    ])
  )

/** A summary of the first column, then the cells in columns; text of any width stands in the last one. */
const table = (cells: ReadonlyArray<readonly [string, ...ReadonlyArray<string>]>): ReadonlyArray<string> => {
  if (cells.length === 0) return []
  const counts = new Map<string, number>()
  for (const [status] of cells) counts.set(status, (counts.get(status) ?? 0) + 1)
  const summary = Array.from(counts, ([status, count]) => `${count} ${status}`).join(", ")
  const widths = cells.reduce<ReadonlyArray<number>>(
    (widest, row) => row.map((cell, column) => Math.max(cell.length, widest[column] ?? 0)),
    []
  )
  return [
    `${cells.length}: ${summary}`,
    ...cells.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()
    )
  ]
}
