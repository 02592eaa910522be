import { type ListBackupsRequest, matchesListBackups, ShowBackupResponse, type Timestamp } from "@cbr/domain"
import * as Result from "effect/Result"

/** Deviations of the list from the behaviour that a caller may hope for. */
export interface ListBehaviour {
  /** Parameters that the server accepts and does not heed. */
  readonly ignores?: ReadonlyArray<keyof ListBackupsRequest>
  /** Whether `show_replication` is answered by 400. */
  readonly refusesCopies?: boolean
  /** Whether a name matches whole, as unless given, or in part. */
  readonly names?: "whole" | "part"
  /** The backups that `count` counts: all that match, the default, or those of the page. */
  readonly counts?: "all" | "page"
  /** The change after each page: the newest backup is deleted, or a newer one of its resource is made. */
  readonly changes?: "deleted" | "made"
}

/** A page of the list. */
export interface BackupListPage {
  readonly body: string
  /** The backup that is listed first. */
  readonly newest: ShowBackupResponse | undefined
}

/** The most that a page holds, and what it holds without a limit. */
const maxPage = 1000

/**
 * A page of ListBackups.
 *
 * @param bodies the project's backups, each as ShowBackup answers; what is no such body is not listed
 * @source GET /v3/{project_id}/backups
 */
export const backupList = (
  bodies: Iterable<string>,
  request: ListBackupsRequest,
  { counts = "all", ignores = [], names = "whole" }: ListBehaviour
): BackupListPage => {
  const heeded = Object.fromEntries(
    Object.entries(request).filter(([name]) => !ignores.includes(name as keyof ListBackupsRequest))
  ) as ListBackupsRequest
  const { limit = maxPage, marker, offset = 0, show_replication = false } = heeded
  const all = Array.from(bodies, (body) => Result.getOrUndefined(ShowBackupResponse.read(body)))
    .filter((backup) => backup !== undefined)
    // A child is within its parent, and not listed beside it.
    .filter(({ backup }) => backup.parent_id === undefined && isAskedFor(heeded, names, backup))
    .sort(orderOf(heeded.sort ?? "created_at:desc"))
  const from = marker === undefined ? offset : all.findIndex(({ backup }) => backup.id === marker) + 1 + offset
  const page = all.slice(from, from + limit)
  const elements = page.map(({ raw }) => elementOf(raw, show_replication)).join(",")
  const count = counts === "all" ? all.length : page.length
  return { body: `{"backups":[${elements}],"count":${count},"offset":${offset},"limit":${limit}}`, newest: all[0] }
}

const isAskedFor = (
  { name, resource_name, ...request }: ListBackupsRequest,
  names: "whole" | "part",
  backup: ShowBackupResponse["backup"]
): boolean => {
  const fits = (asked: string | undefined, is: string | undefined) =>
    asked === undefined || (names === "whole" ? is === asked : is?.includes(asked) === true)
  const made = backup.created_at?.epochMilliseconds ?? Number.NaN
  const { dec = false, end_time, enterprise_project_id, own_type, start_time, used_percent = 0 } = request
  return (
    matchesListBackups(request, backup) &&
    fits(name, backup.name) &&
    fits(resource_name, backup.resource_name) &&
    (start_time === undefined || made >= Date.parse(start_time)) &&
    (end_time === undefined || made <= Date.parse(end_time)) &&
    (enterprise_project_id === undefined ||
      enterprise_project_id === "all_granted_eps" ||
      backup.enterprise_project_id === enterprise_project_id) &&
    // The account shares nothing, has no dedicated cloud, and fills every vault to the same degree.
    own_type !== "shared" &&
    !dec &&
    used_percent <= vaultFullness
  )
}

const vaultFullness = 40

/** By `sort`: a key alone is descending; a backup without the field comes last. */
const orderOf = (sort: string) => {
  const keys = sort.split(",").map((part) => part.split(":"))
  return (a: ShowBackupResponse, b: ShowBackupResponse): number => {
    for (const [key = "", direction = "desc"] of keys) {
      const order = compare(a.backup[key as Key], b.backup[key as Key])
      if (order !== 0) return direction === "asc" || Math.abs(order) === 2 ? order : -order
    }
    return 0
  }
}

type Key = "created_at" | "updated_at" | "name" | "status" | "protected_at" | "id"

const compare = (a: string | Timestamp | undefined, b: string | Timestamp | undefined): number => {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 2 : -2
  return a < b ? -1 : a > b ? 1 : 0
}

/** The backup out of its body, to the byte; without its replications unless they were asked for. */
const elementOf = (body: string, withReplication: boolean): string => {
  const element = body.slice(body.indexOf("{", body.indexOf("{") + 1), body.lastIndexOf("}"))
  if (withReplication || !element.includes(`"replication_records":[{`)) return element
  const spelt = JSON.parse(element, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === "number" && context?.source !== undefined ? rawJson(context.source) : value
  ) as object
  return JSON.stringify({ ...spelt, replication_records: [] })
}

/** A number in its own spelling, where the engine can keep it. */
const rawJson = (source: string): unknown =>
  (JSON as unknown as { readonly rawJSON?: (text: string) => unknown }).rawJSON?.(source) ?? Number(source)
