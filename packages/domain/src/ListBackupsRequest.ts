import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { BackupStatus } from "./BackupStatus.ts"
import { ImageType } from "./ImageType.ts"
import { parseTimestamp } from "./parseTimestamp.ts"
import { ResourceType } from "./ResourceType.ts"
import { BackupId, ProjectId } from "./ShowBackupRequest.ts"

const text = (maxLength: number) =>
  Schema.String.check(
    Schema.isPattern(new RegExp(`^[^\\p{Cc}]{1,${maxLength}}$`, "u"), {
      expected: `1 to ${maxLength} characters, none of them a control character`
    })
  )

const flag = Schema.Literals(["true", "false"]).pipe(
  Schema.decodeTo(
    Schema.Boolean,
    SchemaTransformation.transform({ decode: (word) => word === "true", encode: (on) => (on ? "true" : "false") })
  )
)

/** The canonical decimal form alone: a number has one spelling in a query. */
const decimal = Schema.String.check(Schema.isPattern(/^(?:0|[1-9][0-9]{0,9})$/, { expected: "a whole number" })).pipe(
  Schema.decodeTo(Schema.Int, SchemaTransformation.transform({ decode: Number, encode: String }))
)

const number = (minimum: number, maximum: number) =>
  decimal.check(Schema.isBetween({ minimum, maximum }, { expected: `a whole number from ${minimum} to ${maximum}` }))

/** `2018-02-01T12:00:00Z`: UTC in whole seconds, on a day that the calendar has. */
const time = Schema.String.check(
  Schema.makeFilter(
    (value: string) => /^.{19}Z$/.test(value) && value[10] === "T" && parseTimestamp(value) !== undefined,
    {
      expected: "a time in UTC such as 2018-02-01T12:00:00Z"
    }
  )
)

const sortKeys = ["created_at", "updated_at", "name", "status", "protected_at", "id"] as const

const sort = Schema.String.check(
  Schema.isPattern(new RegExp(`^(?:(?:^|,)(?:${sortKeys.join("|")})(?::(?:asc|desc))?)+$`), {
    expected: `keys of ${sortKeys.join(", ")}, each with :asc or :desc if needed, separated by commas`
  }),
  Schema.isMaxLength(255)
)

const fields = {
  /** Id of the server or disk that was backed up. */
  resource_id: Schema.optionalKey(text(255)),
  /** Name of the server or disk that was backed up. The service may compare it whole or in part. */
  resource_name: Schema.optionalKey(text(255)),
  resource_type: Schema.optionalKey(Schema.Literals(ResourceType.members)),
  /** Availability zone of the resource. */
  resource_az: Schema.optionalKey(text(255)),
  /** Name of the backup. The service may compare it whole or in part. */
  name: Schema.optionalKey(text(255)),
  /** Id of the restore point. */
  checkpoint_id: Schema.optionalKey(text(64)),
  parent_id: Schema.optionalKey(BackupId),
  vault_id: Schema.optionalKey(text(64)),
  /** Any of these. */
  status: Schema.optionalKey(Schema.NonEmptyArray(Schema.Literals(BackupStatus.members))),
  image_type: Schema.optionalKey(Schema.Literals(ImageType.members)),
  /** Sent only if it is here: to send `false` and to send nothing may differ. */
  incremental: Schema.optionalKey(flag),
  /** Backups made at this time or later: `2018-02-01T12:00:00Z`. */
  start_time: Schema.optionalKey(time),
  /** Backups made at this time or earlier: `2018-02-01T12:00:00Z`. */
  end_time: Schema.optionalKey(time),
  /** Keys with `:asc` or `:desc`, separated by commas; the service takes a key alone as descending. */
  sort: Schema.optionalKey(sort),
  /** Backups a page, 1 to 1,000; the service's default is 1,000. */
  limit: Schema.optionalKey(number(1, 1000)),
  /** Backups to leave out before the page. */
  offset: Schema.optionalKey(number(0, 2_147_483_647)),
  /** Id of the last backup of the page before. */
  marker: Schema.optionalKey(BackupId),
  /** Whether `replication_records` come; without it the service leaves them empty. */
  show_replication: Schema.optionalKey(flag),
  /** An id, or `all_granted_eps`. */
  enterprise_project_id: Schema.optionalKey(text(64)),
  /** The owner of the backups: the project, another project that shares them, or both. */
  own_type: Schema.optionalKey(Schema.Literals(["private", "shared", "all_granted"])),
  /** Of shared backups: whether this project took them. */
  member_status: Schema.optionalKey(Schema.Literals(["pending", "accepted", "rejected"])),
  /** Backups whose vault is at least so full, in percent. */
  used_percent: Schema.optionalKey(number(1, 100)),
  /** Whether backups of a dedicated cloud are asked for. */
  dec: Schema.optionalKey(flag)
}

/**
 * The query of ListBackups: each parameter from its text, as it stands in a URL once that is decoded.
 *
 * @source GET /v3/{project_id}/backups, query parameters
 * @category Requests and responses
 * @since 0.2.0
 */
export const ListBackupsQuery = Schema.Struct(fields)

/**
 * A request for a list: every parameter of the page, in its own words.
 * Each is checked before anything is sent.
 *
 * @example
 * ```ts
 * const request: ListBackupsRequest = { project_id: "4229d7a4…", resource_id: "5d1f…", status: ["available"], limit: 100 }
 * ```
 * @source GET /v3/{project_id}/backups, query parameters
 * @category Requests and responses
 * @since 0.2.0
 */
export const ListBackupsRequest = Schema.toType(Schema.Struct({ project_id: ProjectId, ...fields })).annotate({
  identifier: "ListBackupsRequest"
})

/**
 * A request for a list.
 * @category Requests and responses
 * @since 0.2.0
 */
export type ListBackupsRequest = typeof ListBackupsRequest.Type

const isParameter: Readonly<Record<string, (input: unknown) => boolean>> = Object.fromEntries(
  Object.entries({ project_id: ProjectId, ...fields }).map(([name, value]) => [
    name,
    Schema.is(Schema.toType(Schema.Struct({ value })))
  ])
)

/**
 * The parameters of a request that are not as the page has them, each with its value as JSON. A request that can be
 * sent has none.
 * @category Requests and responses
 * @since 0.2.0
 */
export const malformedListParameters = (
  request: ListBackupsRequest
): ReadonlyArray<{ readonly name: string; readonly value: string }> =>
  Object.entries(request)
    .filter(([name, value]) => isParameter[name]?.({ value }) !== true)
    .map(([name, value]) => ({ name, value: JSON.stringify(value) ?? String(value) }))

/**
 * The names of the query's parameters, in the page's order.
 * @category Requests and responses
 * @since 0.2.0
 */
export const listBackupsParameters: ReadonlyArray<string> = Object.keys(fields)

/**
 * Path of the call, without the endpoint.
 * @category Requests and responses
 * @since 0.2.0
 */
export const listBackupsPath = ({ project_id }: Pick<ListBackupsRequest, "project_id">): string =>
  `/v3/${project_id}/backups`

const encode = Schema.encodeSync(ListBackupsQuery)

/**
 * The call's query as names and values, not yet encoded for a URL. Sorted by
 * name, then value: two requests for the same have the same.
 * @category Requests and responses
 * @since 0.2.0
 */
export const listBackupsQuery = ({
  project_id: _,
  ...query
}: ListBackupsRequest): ReadonlyArray<readonly [name: string, value: string]> =>
  Object.entries(encode(query))
    .flatMap(([name, value]): ReadonlyArray<readonly [string, string]> =>
      typeof value === "string" ? [[name, value]] : [...new Set(value)].sort().map((one) => [name, one] as const)
    )
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))

const decode = Schema.decodeUnknownResult(ListBackupsQuery, { onExcessProperty: "error", errors: "all" })

/**
 * Reads a query strictly: names that the page lists alone, each of them once
 * but `status`, each value in its one form. Fails with what the schema refused.
 *
 * @param query names and values, decoded from the URL
 * @category Requests and responses
 * @since 0.2.0
 */
export const readListBackupsQuery = (
  project_id: string,
  query: Iterable<readonly [name: string, value: string]>
): Result.Result<ListBackupsRequest, Schema.SchemaError> => {
  const values = new Map<string, Array<string>>()
  for (const [name, value] of query) values.set(name, [...(values.get(name) ?? []), value])
  const encoded = Object.fromEntries(
    // A name that comes twice stays a list, which its schema refuses.
    [...values].map(([name, all]) => [name, name === "status" || all.length > 1 ? all : all[0]])
  )
  return Result.map(decode(encoded), (read) => ({ project_id, ...read }))
}
