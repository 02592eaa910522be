import * as Equal from "effect/Equal"
import type { BackupExtendInfo } from "./BackupExtendInfo.ts"
import type { BackupResp } from "./BackupResp.ts"
import type { ImageData } from "./ImageData.ts"
import { textLiteral } from "./JmesPathLiteral.ts"
import { latestReplications } from "./LatestReplication.ts"
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
   * `children[?id=='5d82…'].status`. A part without an id goes by its index. Between two backups a child goes by its
   * disk, `children[?resource_id=='eccb…']`, and a replication by its region.
   */
  readonly path: string
  /** The earlier value; `undefined` when there was none. */
  readonly before: FieldValue | undefined
  /** The later value; `undefined` when there is none any more. */
  readonly after: FieldValue | undefined
}

/**
 * The changes from one backup to another, field by field.
 *
 * Children, replication records and images are matched by their ids, so their
 * order does not matter; one that came or went is one change with the whole of
 * it. Of two backups with two ids no part has one id: there children are matched
 * by the disks that they are of, and replications by their regions, the newest
 * to a region with the newest. Two
 * spellings of one instant are no change. The result is empty exactly when the
 * two say the same.
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
  const areTwo = before.id !== undefined && after.id !== undefined && before.id !== after.id
  return new Comparison(areTwo ? subjectOf : idOf).of(before, after)
}

/** Makes the filter's condition that selects one part of its list; empty if no field identifies the part. */
type Identify = (part: Part) => string

class Comparison {
  readonly #changes: Array<Change> = []
  readonly #identify: Identify

  constructor(identify: Identify) {
    this.#identify = identify
  }

  of(before: BackupResp, after: BackupResp): ReadonlyArray<Change> {
    this.#fields(before, after, "")
    return this.#changes
  }

  #values(before: FieldValue | undefined, after: FieldValue | undefined, path: string): void {
    if (isParts(before) && isParts(after)) this.#parts(before, after, path)
    else if (isFields(before) && isFields(after)) this.#fields(before, after, `${path}.`)
    else if (!Equal.equals(before, after)) this.#changes.push({ path, before, after })
  }

  #fields(before: object, after: object, prefix: string): void {
    const earlier = new Map<string, FieldValue | undefined>(Object.entries(before))
    const later = new Map<string, FieldValue | undefined>(Object.entries(after))
    for (const key of new Set([...earlier.keys(), ...later.keys()])) {
      this.#values(earlier.get(key), later.get(key), prefix + key)
    }
  }

  #parts(before: ReadonlyArray<Part>, after: ReadonlyArray<Part>, path: string): void {
    const earlier = this.#byIdentity(before, path)
    const later = this.#byIdentity(after, path)
    for (const identity of new Set([...earlier.keys(), ...later.keys()])) {
      const from = earlier.get(identity)
      const to = later.get(identity)
      this.#values(from?.part, to?.part, (to ?? from)?.path ?? path)
    }
  }

  /**
   * Parts under what tells them apart; where several have the same or nothing does, by their order. Of several
   * replications to one region the newest comes first, since it tells the state there.
   */
  #byIdentity(parts: ReadonlyArray<Part>, path: string) {
    const seen = new Map<string, number>()
    const table = new Map<string, { readonly part: Part; readonly path: string }>()
    const newest = new Set<Part>(latestReplications({ replication_records: parts.filter(isReplication) }))
    const places = parts.map((part, index) => ({ part, index, isNewest: newest.has(part) }))
    places.sort((one, other) => Number(other.isNewest) - Number(one.isNewest))
    for (const { index, part } of places) {
      const selector = this.#identify(part)
      const occurrence = seen.get(selector) ?? 0
      seen.set(selector, occurrence + 1)
      table.set(`${selector}#${occurrence}`, { part, path: `${path}[${selector === "" ? index : selector}]` })
    }
    return table
  }
}

const idOf: Identify = (part) => {
  if ("image_id" in part && part.image_id !== undefined) return `?image_id==${textLiteral(part.image_id)}`
  if ("id" in part && part.id !== undefined) return `?id==${textLiteral(part.id)}`
  return ""
}

/** The disk that a child is of, or the region that a copy is in; its id where it says neither. */
const subjectOf: Identify = (part) => {
  if ("resource_id" in part && part.resource_id !== undefined) return `?resource_id==${textLiteral(part.resource_id)}`
  if ("destination_region" in part && part.destination_region !== undefined) {
    return `?destination_region==${textLiteral(part.destination_region)}`
  }
  return idOf(part)
}

const isReplication = (part: Part): part is ReplicationRecordGet => "destination_region" in part

const isParts = (value: FieldValue | undefined): value is ReadonlyArray<Part> => Array.isArray(value)

const isFields = (value: FieldValue | undefined): value is BackupExtendInfo | ReplicationRecordsExtraInfo | Part =>
  typeof value === "object" && !isParts(value) && !(value instanceof Timestamp)
