import * as Equal from "effect/Equal"
import type { BackupExtendInfo } from "./BackupExtendInfo.ts"
import type { BackupResp } from "./BackupResp.ts"
import type { ImageData } from "./ImageData.ts"
import { textLiteral } from "./JmesPath.ts"
import type { ReplicationRecordGet } from "./ReplicationRecordGet.ts"
import type { ReplicationRecordsExtraInfo } from "./ReplicationRecordsExtraInfo.ts"
import { Timestamp } from "./Timestamp.ts"

/**
 * One part of a list: a child, a replication record or an image.
 * @category Questions
 * @since 0.1.0
 */
export type Part = BackupResp | ReplicationRecordGet | ImageData

/**
 * Whatever a field of a backup can hold.
 * @category Questions
 * @since 0.1.0
 */
export type FieldValue =
  | string
  | number
  | boolean
  | Timestamp
  | BackupExtendInfo
  | ReplicationRecordsExtraInfo
  | Part
  | ReadonlyArray<Part>

/**
 * One difference between two backups.
 * @category Questions
 * @since 0.1.0
 */
export interface Change {
  /**
   * Where, from the backup down, in the form that JMESPath reads: `status`,
   * `children[?id=='5d82…'].status`. A part without an id goes by its index.
   */
  readonly path: string
  /** What was there; `undefined` when there was nothing. */
  readonly before: FieldValue | undefined
  /** What is there now; `undefined` when there is nothing any more. */
  readonly after: FieldValue | undefined
}

/**
 * What changed from one backup to another, field by field.
 *
 * Children, replication records and images are matched by their ids, so their
 * order does not matter; one that came or went is one change with the whole of
 * it. Two spellings of one instant are no change. The result is empty exactly
 * when the two say the same.
 *
 * @example
 * ```ts
 * diff(earlier, later)
 * // [{ path: "status", before: "protecting", after: "available" }]
 * ```
 * @category Questions
 * @since 0.1.0
 */
export const diff = (before: BackupResp, after: BackupResp): ReadonlyArray<Change> => {
  const changes: Array<Change> = []
  compareFields(before, after, "", changes)
  return changes
}

const compare = (
  before: FieldValue | undefined,
  after: FieldValue | undefined,
  path: string,
  changes: Array<Change>
): void => {
  if (isParts(before) && isParts(after)) compareParts(before, after, path, changes)
  else if (isFields(before) && isFields(after)) compareFields(before, after, `${path}.`, changes)
  else if (!Equal.equals(before, after)) changes.push({ path, before, after })
}

const compareFields = (before: object, after: object, prefix: string, changes: Array<Change>): void => {
  const earlier = new Map<string, FieldValue | undefined>(Object.entries(before))
  const later = new Map<string, FieldValue | undefined>(Object.entries(after))
  for (const key of new Set([...earlier.keys(), ...later.keys()])) {
    compare(earlier.get(key), later.get(key), prefix + key, changes)
  }
}

const compareParts = (
  before: ReadonlyArray<Part>,
  after: ReadonlyArray<Part>,
  path: string,
  changes: Array<Change>
): void => {
  const earlier = byIdentity(before, path)
  const later = byIdentity(after, path)
  for (const identity of new Set([...earlier.keys(), ...later.keys()])) {
    const from = earlier.get(identity)
    const to = later.get(identity)
    compare(from?.part, to?.part, (to ?? from)?.path ?? path, changes)
  }
}

/** Parts under their ids; repeated and missing ids are told apart by their order. */
const byIdentity = (parts: ReadonlyArray<Part>, path: string) => {
  const seen = new Map<string, number>()
  const table = new Map<string, { readonly part: Part; readonly path: string }>()
  parts.forEach((part, index) => {
    const selector = selectorOf(part)
    const occurrence = seen.get(selector) ?? 0
    seen.set(selector, occurrence + 1)
    table.set(`${selector}#${occurrence}`, { part, path: `${path}[${selector === "" ? index : selector}]` })
  })
  return table
}

const selectorOf = (part: Part): string => {
  if ("image_id" in part && part.image_id !== undefined) return `?image_id==${textLiteral(part.image_id)}`
  if ("id" in part && part.id !== undefined) return `?id==${textLiteral(part.id)}`
  return ""
}

const isParts = (value: FieldValue | undefined): value is ReadonlyArray<Part> => Array.isArray(value)

const isFields = (value: FieldValue | undefined): value is BackupExtendInfo | ReplicationRecordsExtraInfo | Part =>
  typeof value === "object" && !isParts(value) && !(value instanceof Timestamp)
